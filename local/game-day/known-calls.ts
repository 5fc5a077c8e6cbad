import { functionKind } from '../template/functions';
import { matches } from './glob';

/** What the local AWS carries out, by service: actions of its API, and the permissions that parts of a call need. */
export const KNOWN_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  dynamodb: [
    'BatchGetItem',
    'BatchWriteItem',
    'ConditionCheckItem',
    'CreateTable',
    'Decrypt',
    'DeleteItem',
    'DeleteTable',
    'DescribeTable',
    'DescribeTimeToLive',
    'GetItem',
    'ListTables',
    'PutItem',
    'Query',
    'Scan',
    'TransactGetItems',
    'TransactWriteItems',
    'UpdateItem',
    'UpdateTimeToLive',
  ],
  secretsmanager: ['Decrypt', 'DescribeSecret', 'GenerateDataKey', 'GetSecretValue', 'PutSecretValue'],
  sqs: [
    'ChangeMessageVisibility',
    'DeleteMessage',
    'DeleteMessageBatch',
    'GetQueueAttributes',
    'GetQueueUrl',
    'ReceiveMessage',
    'SendMessage',
    'SendMessageBatch',
  ],
  events: ['PutEvents'],
  sns: ['Publish'],
  s3: ['DeleteObject', 'GetObject', 'PutObject'],
  bedrock: [
    'ChatCompletions',
    'Converse',
    'ConverseStream',
    'CountTokens',
    'Invoke',
    'InvokeModel',
    'InvokeModelWithResponseStream',
    'InvokeWithResponseStream',
    'Messages',
    'Responses',
  ],
};

/** What is wrong with a rule that no call can fit, by the field's name; undefined when one can. */
export function unknownCall({ service, action }: { readonly service?: string; readonly action?: string }): string | undefined {
  const services = Object.keys(KNOWN_ACTIONS).filter((name) => matches(service, [name]));
  if (services.length === 0) return `.service fits no service of the local AWS; one of: ${Object.keys(KNOWN_ACTIONS).join(', ')}`;
  if (services.some((name) => matches(action, KNOWN_ACTIONS[name] ?? []))) return undefined;
  const allowed = services.map((name) => `${name} (${KNOWN_ACTIONS[name]?.join(', ')})`);
  return `.action fits no action of the local AWS; one of: ${allowed.join('; ')}`;
}

/** What is wrong with a rule that names none of the functions of the run. */
export function unknownFunction({ function: glob }: { readonly function?: string }, logicalIds: readonly string[]): string | undefined {
  const kinds = logicalIds.flatMap((id) => functionKind(id) ?? []);
  const names = [...new Set([...kinds, ...logicalIds])];
  return matches(glob, names) ? undefined : `.function fits no function of the gateway; one of: ${names.join(', ')}`;
}
