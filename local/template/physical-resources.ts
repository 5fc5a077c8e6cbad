import { createHash } from 'node:crypto';
import { type LocalAccount, localArn } from './account';
import type { JsonObject } from './json';
import { text } from './json';

/** What a resource is called once it exists. */
export interface PhysicalResource {
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What naming a resource may need. */
export interface NamingContext {
  readonly account: LocalAccount;
  readonly stackName: string;
  readonly logicalId: string;
  /** Resolved properties. */
  readonly properties: JsonObject;
  /** Origin of the local AWS endpoint; queue URLs start with it. */
  readonly endpoint: string;
}

type Namer = (context: NamingContext) => PhysicalResource;

/** Longest stack and logical id that CloudFormation keeps in a generated name, in characters. */
const LONGEST_NAME = 60;

/** Every resource type whose name or attributes a template may ask for. */
const NAMERS: Readonly<Record<string, Namer>> = {
  'AWS::ApiGateway::RestApi': (context) => {
    const id = shortId(context);
    return { ref: id, attributes: { RootResourceId: `${id}root`, RestApiId: id } };
  },
  'AWS::ApiGateway::Resource': (context) => ({ ref: shortId(context), attributes: { ResourceId: shortId(context) } }),
  'AWS::ApiGateway::Deployment': (context) => ({ ref: shortId(context), attributes: { DeploymentId: shortId(context) } }),
  'AWS::ApiGateway::Stage': ({ properties }) => ({ ref: text(properties.StageName) ?? 'prod', attributes: {} }),
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Events::EventBus': (context) => {
    const name = named(context, 'Name');
    return { ref: name, attributes: { Arn: localArn(context.account, 'events', `event-bus/${name}`), Name: name } };
  },
  'AWS::Events::Rule': (context) => {
    const name = named(context, 'Name');
    return { ref: name, attributes: { Arn: localArn(context.account, 'events', `rule/${name}`) } };
  },
  'AWS::IAM::Role': (context) => {
    const name = named(context, 'RoleName');
    const { partition, accountId } = context.account;
    return { ref: name, attributes: { Arn: `arn:${partition}:iam::${accountId}:role/${name}`, RoleId: shortId(context).toUpperCase() } };
  },
  'AWS::KMS::Key': (context) => {
    const id = shortId(context);
    return { ref: id, attributes: { Arn: localArn(context.account, 'kms', `key/${id}`), KeyId: id } };
  },
  'AWS::Lambda::Function': (context) => {
    const name = named(context, 'FunctionName');
    return { ref: name, attributes: { Arn: localArn(context.account, 'lambda', `function:${name}`) } };
  },
  'AWS::Lambda::LayerVersion': (context) => {
    const arn = localArn(context.account, 'lambda', `layer:${named(context, 'LayerName')}:1`);
    return { ref: arn, attributes: { LayerVersionArn: arn } };
  },
  'AWS::Lambda::Version': (context) => {
    const arn = `${qualified(context)}:1`;
    return { ref: arn, attributes: { FunctionArn: arn, Version: '1' } };
  },
  'AWS::Lambda::Alias': (context) => {
    const arn = `${qualified(context)}:${text(context.properties.Name) ?? 'alias'}`;
    return { ref: arn, attributes: { AliasArn: arn } };
  },
  'AWS::Logs::LogGroup': (context) => {
    const name = named(context, 'LogGroupName');
    return { ref: name, attributes: { Arn: `${localArn(context.account, 'logs', `log-group:${name}`)}:*` } };
  },
  'AWS::S3::Bucket': (context) => {
    const name = text(context.properties.BucketName) ?? generatedName(context).toLowerCase();
    const { partition, urlSuffix, region } = context.account;
    return {
      ref: name,
      attributes: {
        Arn: `arn:${partition}:s3:::${name}`,
        DomainName: `${name}.s3.${urlSuffix}`,
        RegionalDomainName: `${name}.s3.${region}.${urlSuffix}`,
      },
    };
  },
  'AWS::SecretsManager::Secret': (context) => {
    const arn = localArn(context.account, 'secretsmanager', `secret:${secretName(context)}-${shortId(context).slice(0, 6)}`);
    return { ref: arn, attributes: { Id: arn } };
  },
  'AWS::SNS::Topic': (context) => {
    const name = named(context, 'TopicName');
    const arn = localArn(context.account, 'sns', name);
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
  },
  'AWS::SQS::Queue': (context) => {
    const name = named(context, 'QueueName');
    const url = `${context.endpoint}/${context.account.accountId}/${name}`;
    return { ref: url, attributes: { Arn: localArn(context.account, 'sqs', name), QueueName: name, QueueUrl: url } };
  },
};

/** @returns undefined for a type whose names the local run does not know */
export function physicalResource(type: string, context: NamingContext): PhysicalResource | undefined {
  return NAMERS[type]?.(context);
}

/** The name of a secret, as `GetSecretValue` and `--secrets` use it. */
export function secretName(context: Pick<NamingContext, 'stackName' | 'logicalId' | 'properties'>): string {
  return named(context, 'Name');
}

function table(context: NamingContext): PhysicalResource {
  const name = named(context, 'TableName');
  const arn = localArn(context.account, 'dynamodb', `table/${name}`);
  return { ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/2026-01-01T00:00:00.000`, TableId: shortId(context) } };
}

function qualified(context: NamingContext): string {
  const name = text(context.properties.FunctionName) ?? context.logicalId;
  return name.startsWith('arn:') ? name : localArn(context.account, 'lambda', `function:${name}`);
}

function named(context: Pick<NamingContext, 'stackName' | 'logicalId' | 'properties'>, property: string): string {
  return text(context.properties[property]) ?? generatedName(context);
}

/** Stable from one start to the next, so that data survives. */
function generatedName({ stackName, logicalId }: Pick<NamingContext, 'stackName' | 'logicalId'>): string {
  const name = `${stackName}-${logicalId}`;
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 9)}-${hash(name).slice(0, 8)}`;
}

/** Ten lower-case letters and digits, as API Gateway names things. */
function shortId({ stackName, logicalId }: Pick<NamingContext, 'stackName' | 'logicalId'>): string {
  return hash(`${stackName}/${logicalId}`).slice(0, 10);
}

function hash(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
