import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';

/** Resolved properties of one resource. */
type Properties = Record<string, unknown>;

/** Checks at synth what no override may take away: privacy of logs, safety of tables and of the stream, no second way in. */
export function addInvariants(gateway: Construct, removalPolicy: RemovalPolicy): void {
  gateway.node.addValidation({
    validate: () =>
      resourcesUnder(gateway)
        .flatMap((resource) => problems(resource, removalPolicy))
        .concat(publicFunctionUrls(gateway)),
  });
}

function problems(resource: CfnResource, removalPolicy: RemovalPolicy): string[] {
  const properties = propertiesOf(resource);
  const path = resource.node.path;
  switch (resource.cfnResourceType) {
    case 'AWS::ApiGateway::RestApi':
      return tlsProblems(path, properties);
    case 'AWS::ApiGateway::Stage':
      return stageProblems(path, properties);
    case 'AWS::DynamoDB::Table':
      return tableProblems(path, properties, removalPolicy);
    case 'AWS::SQS::Queue':
      return properties['SqsManagedSseEnabled'] === true || properties['KmsMasterKeyId'] !== undefined
        ? []
        : [`${path} is not encrypted; settlements tell what calls cost, so leave its encryption on`];
    case 'AWS::Lambda::EventSourceMapping':
      return sourceProblems(path, properties);
    default:
      return [];
  }
}

/** Without a policy of its own a regional API takes TLS 1.0. */
function tlsProblems(path: string, { SecurityPolicy: policy }: Properties): string[] {
  return policy !== undefined && policy !== 'TLS_1_0' ? [] : [`${path} takes TLS 1.0; give the gateway a "tlsPolicy" and leave it on`];
}

/** Execution logs at INFO and data traces hold prompts and keys. */
function stageProblems(path: string, { MethodSettings: settings }: Properties): string[] {
  if (!Array.isArray(settings)) return [];
  return settings.flatMap((setting: Properties) => [
    ...(setting['DataTraceEnabled'] === true
      ? [`${path} writes whole requests and answers to its log; set "dataTraceEnabled" to false`]
      : []),
    ...(setting['LoggingLevel'] === 'INFO' ? [`${path} writes bodies and headers to its log at level INFO; use OFF or ERROR`] : []),
  ]);
}

function tableProblems(path: string, properties: Properties, removalPolicy: RemovalPolicy): string[] {
  const recovery = properties['PointInTimeRecoverySpecification'] as Properties | undefined;
  return [
    ...(recovery?.['PointInTimeRecoveryEnabled'] === true
      ? []
      : [`${path} has no point-in-time recovery; leave it on, budgets depend on this table`]),
    ...(properties['DeletionProtectionEnabled'] === true || removalPolicy === RemovalPolicy.DESTROY
      ? []
      : [`${path} has no deletion protection; leave it on, or give the gateway "removalPolicy: RemovalPolicy.DESTROY"`]),
  ];
}

/** Lambda's defaults retry a poison record for ever and drop what it gives up on. */
function sourceProblems(path: string, properties: Properties): string[] {
  const partial = properties['FunctionResponseTypes'];
  const problems: string[] = [];
  if (!Array.isArray(partial) || !partial.includes('ReportBatchItemFailures'))
    problems.push(`${path} does not report single failures; set "reportBatchItemFailures"`);
  if (properties['StartingPosition'] === undefined) return problems;
  const failure = (properties['DestinationConfig'] as Properties | undefined)?.['OnFailure'];
  if (failure === undefined) problems.push(`${path} drops the records it gives up on; set "onFailure"`);
  if (properties['BisectBatchOnFunctionError'] !== true)
    problems.push(`${path} fails whole batches for one bad record; set "bisectBatchOnError"`);
  if (!bounded(properties['MaximumRetryAttempts'])) problems.push(`${path} retries for ever; set "retryAttempts"`);
  if (!bounded(properties['MaximumRecordAgeInSeconds'])) problems.push(`${path} keeps retrying old records; set "maxRecordAge"`);
  return problems;
}

function bounded(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

/** A function's own URL would go around the API, its throttling and its log. */
function publicFunctionUrls(gateway: Construct): string[] {
  const stack = Stack.of(gateway);
  const functions = new Set(
    resourcesUnder(gateway)
      .filter((resource) => resource instanceof lambda.CfnFunction)
      .map((fn) => JSON.stringify(stack.resolve(fn.getAtt('Arn')))),
  );
  return resourcesUnder(stack)
    .filter((resource): resource is lambda.CfnUrl => resource instanceof lambda.CfnUrl)
    .filter((url) => functions.has(JSON.stringify(stack.resolve(url.targetFunctionArn))))
    .map((url) => `${url.node.path} is a second way into the gateway, around its throttling and its log; remove the function URL`);
}

function resourcesUnder(scope: IConstruct): CfnResource[] {
  return scope.node.findAll().filter((child): child is CfnResource => CfnResource.isCfnResource(child));
}

/** Properties as the template will hold them, overrides included. */
function propertiesOf(resource: CfnResource): Properties {
  const template = resource.stack.resolve(resource._toCloudFormation()) as { Resources?: Record<string, { Properties?: Properties }> };
  return Object.values(template.Resources ?? {})[0]?.Properties ?? {};
}
