import { join } from 'node:path';
import type { CheckedCall } from './aws/authorizer';
import type { Caller } from './aws/callers';
import { type AwsEndpoint, startAwsEndpoint } from './aws/endpoint';
import { createEvents, type Events } from './aws/events';
import { createObjects, type Objects } from './aws/objects';
import { createQueues, type Queues } from './aws/queues';
import { type GenerateSecretString, openSecrets, type Secrets } from './aws/secrets';
import { createTopics, type Topics } from './aws/topics';
import type { TracedCall } from './aws/traced-call';
import { type DynamoDbEngine, openDynamoDb } from './dynamodb/engine';
import { tableFromTemplate } from './dynamodb/table-definition';
import type { LocalAccount } from './template/account';
import { LocalRunError } from './template/failure';
import { number, object, text } from './template/json';
import { secretName } from './template/physical-resources';
import type { StackModel } from './template/stack-model';

export interface StandInOptions {
  readonly account: LocalAccount;
  /** Where tables, queues, objects and generated secrets are kept. Default: in memory only. */
  readonly directory?: string;
  /** Values of secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Whose access key it is. */
  readonly callers: (accessKeyId: string) => Caller | undefined;
  /** Told of each call that a role does not allow. */
  readonly onDenied: (advice: string) => void;
  readonly onError: (error: unknown) => void;
  /** Told of each call. Default: nobody is, and nothing is counted. */
  readonly onCall?: (call: TracedCall) => void;
}

/** What stands in for AWS's services: one loopback endpoint, and what is behind it. */
export class StandIns {
  private constructor(
    public readonly dynamodb: DynamoDbEngine,
    public readonly secrets: Secrets,
    public readonly queues: Queues,
    public readonly events: Events,
    public readonly topics: Topics,
    public readonly objects: Objects,
    public readonly endpoint: AwsEndpoint,
    private readonly values: Readonly<Record<string, string>>,
  ) {}

  public static async start(options: StandInOptions): Promise<StandIns> {
    const place = { region: options.account.region, account: options.account.accountId };
    const kept = options.directory === undefined ? {} : { directory: options.directory };
    const dynamodb = await openDynamoDb({
      ...place,
      ...(options.directory === undefined ? {} : { directory: join(options.directory, 'tables') }),
    });
    const secrets = openSecrets({ ...place, ...kept, values: options.secrets });
    const [queues, events, topics] = [createQueues({ ...place, ...kept }), createEvents(place), createTopics()];
    const objects = createObjects(options.directory === undefined ? {} : { directory: join(options.directory, 'objects') });
    const endpoint = await startAwsEndpoint({
      ...place,
      dynamodb,
      secrets,
      queues,
      events,
      topics,
      objects,
      callers: options.callers,
      bedrock: { onNoCredentials: options.onDenied },
      onDenied: (advice) => options.onDenied(advice),
      onError: options.onError,
      ...(options.onCall === undefined ? {} : { onCall: options.onCall }),
    });
    return new StandIns(dynamodb, secrets, queues, events, topics, objects, endpoint, options.secrets);
  }

  /** Every kind of AWS call so far, with the statement that decided. */
  public get calls(): readonly CheckedCall[] {
    return this.endpoint.calls;
  }

  /** Makes what the template declares, and tells the model how it is called. */
  public async deploy(model: StackModel): Promise<void> {
    for (const { logicalId, properties } of model.ofType('AWS::SecretsManager::Secret')) {
      const generate = properties.GenerateSecretString;
      const value = text(properties.SecretString);
      const key = text(properties.KmsKeyId);
      const arn = this.secrets.create({
        name: secretName({ stackName: model.stackName, logicalId, properties }),
        ...(value === undefined ? {} : { SecretString: value }),
        ...(key === undefined ? {} : { KmsKeyId: key }),
        ...(generate === undefined ? {} : { GenerateSecretString: object(generate) as unknown as GenerateSecretString }),
      });
      model.adopt(logicalId, { ref: arn, attributes: { Id: arn } });
    }
    // Secrets that the template only refers to exist when a value for them is at hand.
    for (const name of Object.keys(this.values)) {
      if (this.secrets.read(name) === undefined) this.secrets.create({ name });
    }
    this.makeQueues(model);
    for (const { logicalId, physical } of model.ofType('AWS::S3::Bucket')) this.objects.create(physical?.ref ?? logicalId);
    for (const { logicalId, properties, physical } of model.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')) {
      const handle = await this.dynamodb.createTable(tableFromTemplate(physical?.ref ?? logicalId, properties));
      model.adopt(logicalId, {
        ref: handle.tableName,
        attributes: { Arn: handle.tableArn, ...(handle.streamArn === undefined ? {} : { StreamArn: handle.streamArn }) },
      });
    }
  }

  /** The table whose stream this is. @throws LocalRunError when there is none */
  public tableOfStream(streamArn: string): string {
    const name = /:table\/([^/]+)\/stream\//.exec(streamArn)?.[1];
    if (name === undefined) throw new LocalRunError(`${streamArn} is no stream of a table of this stack`);
    return name;
  }

  public async close(): Promise<void> {
    await this.endpoint.close();
    this.queues.close();
    await this.dynamodb.close();
  }

  private makeQueues(model: StackModel): void {
    for (const { logicalId, properties, physical } of model.ofType('AWS::SQS::Queue')) {
      const visibility = number(properties.VisibilityTimeout);
      const delay = number(properties.DelaySeconds);
      const redrive = object(properties.RedrivePolicy);
      const deadLetterTargetArn = text(redrive.deadLetterTargetArn);
      this.queues.create({
        name: physical?.attributes.QueueName ?? logicalId,
        ...(visibility === undefined ? {} : { visibilityTimeoutSeconds: visibility }),
        ...(delay === undefined ? {} : { delaySeconds: delay }),
        ...(deadLetterTargetArn === undefined
          ? {}
          : { redrivePolicy: { deadLetterTargetArn, maxReceiveCount: number(redrive.maxReceiveCount) ?? 1 } }),
      });
    }
  }
}
