/** DynamoDB and Secrets Manager for the rows about the table: their loopback endpoint in a process of its own, which can tell of each call. */

import { startAwsEndpoint } from '../local/aws/endpoint';
import { openSecrets } from '../local/aws/secrets';
import type { TracedCall } from '../local/aws/traced-call';
import { type Span, tripsOf } from '../local/game-day/trips';
import { openEngineDynamoDb } from '../test/support/engine-dynamodb';
import { TABLE_NAMES } from '../test/support/memory-dynamodb';
import { addKeys, KEY_TEXTS, PEPPER_SECRET } from './keys';

const place = { region: 'us-east-1', account: '000000000000' };
const { connector, engine: dynamodb } = await openEngineDynamoDb();
await addKeys(connector, TABLE_NAMES.identity);
const secrets = openSecrets(place);
const arns = {
  pepper: secrets.create({ name: 'pepper', SecretString: PEPPER_SECRET }),
  provider: secrets.create({ name: 'provider', SecretString: 'sk-bench' }),
};
const principal = {
  id: 'bench',
  arn: 'arn:aws:iam::000000000000:role/bench',
  statements: [{ Effect: 'Allow' as const, Action: ['dynamodb:*', 'secretsmanager:*'], Resource: ['*'] }],
};
/** As bench/gateway.ts signs. */
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const caller = { principal, credentials, invocation: () => undefined };

let calls: object[] = [];
let isTelling = false;
let delayMs = 0;

const endpoint = await startAwsEndpoint({
  ...place,
  dynamodb,
  secrets,
  callers: (id) => (id === credentials.accessKeyId ? caller : undefined),
  onCall: (call) => {
    if (isTelling && call.service === 'dynamodb') calls.push(told(call));
  },
});
endpoint.disturb(() => (delayMs === 0 ? undefined : { delayMs }));

interface Message {
  readonly tell?: boolean;
  readonly delayMs?: number;
  /** Groups of calls, of which each one's trips are asked for. */
  readonly groups?: readonly (readonly Span[])[];
}

process.on('message', (message: Message | 'report') => {
  if (message !== 'report' && message.groups !== undefined) {
    process.send?.({ trips: message.groups.map(tripsOf) });
    return;
  }
  if (message !== 'report') {
    isTelling = message.tell ?? isTelling;
    delayMs = message.delayMs ?? delayMs;
  }
  process.send?.({ calls });
  calls = [];
});
process.send?.({ url: endpoint.url, tables: TABLE_NAMES, arns, ...KEY_TEXTS });

/** When it was under way, in epoch milliseconds, and what it would be billed. */
function told({ action, startMs, endMs, consumption }: TracedCall): object {
  return { action, startMs, endMs, ...consumption };
}
