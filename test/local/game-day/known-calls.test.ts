import { dynamoDbService } from '../../../local/aws/dynamodb';
import { createEvents } from '../../../local/aws/events';
import { createQueues } from '../../../local/aws/queues';
import { openSecrets } from '../../../local/aws/secrets';
import type { AwsRequest, AwsService } from '../../../local/aws/service';
import { openDynamoDb } from '../../../local/dynamodb/engine';
import { KNOWN_ACTIONS } from '../../../local/game-day/known-calls';

const PLACE = { region: 'us-east-1', account: '000000000000' };
/** Permissions that a call needs beside its own action. */
const PERMISSIONS_ALONE = ['ConditionCheckItem', 'Decrypt', 'GenerateDataKey'];

test('R16 the actions that a rule may name are those that the local AWS carries out', async () => {
  const engine = await openDynamoDb(PLACE);
  const queues = createQueues(PLACE);
  queues.create({ name: 'q' });
  const services: Readonly<Record<string, AwsService>> = {
    dynamodb: dynamoDbService(engine, PLACE.region, PLACE.account),
    secretsmanager: openSecrets({ ...PLACE, values: {} }).service,
    sqs: queues.service,
    events: createEvents(PLACE).service,
  };
  /** The error's code of a call that names a queue and nothing else; empty when it is carried out. */
  const codeOf = async (service: string, action: string): Promise<string> => {
    const headers = { 'x-amz-target': `Any.${action}` };
    const request = {
      headers,
      body: Buffer.from('{"QueueUrl":"http://127.0.0.1/0/q"}'),
      signal: AbortSignal.timeout(1_000),
      endpoint: '',
    } as unknown as AwsRequest;
    try {
      await services[service]?.understand(request).run();
      return '';
    } catch (error) {
      return (error as { code?: string }).code ?? (error as Error).name;
    }
  };

  for (const service of Object.keys(services)) {
    expect(await codeOf(service, 'Frobnicate')).toMatch(/UnknownOperation/);
    for (const action of KNOWN_ACTIONS[service] ?? []) {
      if (!PERMISSIONS_ALONE.includes(action)) expect(await codeOf(service, action)).not.toContain('UnknownOperation');
    }
  }
  await engine.close();
});
