/** DynamoDB for the rows about the store: the embedded engine behind its loopback endpoint, in a process of its own. */
import { startAwsEndpoint } from '../local/aws/endpoint';
import { openEngineDynamoDb } from '../test/support/engine-dynamodb';

const place = { region: 'us-east-1', account: '000000000000' };
const { engine: dynamodb } = await openEngineDynamoDb();
const principal = {
  id: 'bench',
  arn: 'arn:aws:iam::000000000000:role/bench',
  statements: [{ Effect: 'Allow' as const, Action: ['dynamodb:*'], Resource: ['*'] }],
};
/** As bench/gateway.ts signs. */
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const caller = { principal, credentials, invocation: () => undefined };
const endpoint = await startAwsEndpoint({ ...place, dynamodb, callers: (id) => (id === credentials.accessKeyId ? caller : undefined) });
process.send?.({ url: endpoint.url });
