import type { DialectName } from '../../../lambda/wire/dialects';
import type { ProviderConfig } from '../../../lib/private/contract';
import { DIALECT_CALLS } from '../../support/dialect-calls';
import { compatible, route, startGateway, type TestGateway, type TestReply } from '../../support/gateway';
import { jsonReply, type Step, startUpstream, type Upstream } from '../../support/upstream';

/** What a caller is told when all targets of a model fail in one way that waiting does not cure. */

let first: Upstream;
let second: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  [first, second] = await Promise.all([startUpstream(), startUpstream()]);
});

afterEach(async () => {
  await gateway.close();
  await Promise.all([first.close(), second.close()]);
});

const error = (status: number, code: string) => jsonReply({ error: { message: 'no', type: code, code } }, status);
const AUTH = error(401, 'invalid_api_key');
const FORBIDDEN = error(403, 'permission_error');
const UNKNOWN = error(404, 'model_not_found');
const QUOTA = error(429, 'insufficient_quota');
const OVERLOADED = error(503, 'overloaded_error');
const INVALID = error(400, 'invalid_value');

const start = async (one: readonly Step[], two: readonly Step[], changes: Partial<ProviderConfig> = {}) => {
  first.script(one);
  second.script(two);
  gateway = await startGateway({
    secrets: { 'arn:key': 'k' },
    document: {
      providers: [compatible('a', first.origin, changes), compatible('b', second.origin, changes)],
      routes: [route('smart', 'a/m', 'b/m')],
    },
  });
};
const ask = (dialect: DialectName = 'openai-chat', stream = false, model = 'smart'): Promise<TestReply> => {
  const { path, body } = DIALECT_CALLS[dialect](stream);
  return gateway.call(path, { ...body, model });
};
const told = ({ status, headers, text }: TestReply) => [status, headers['x-should-retry'], text.includes('all_targets_failed')];

const DIALECTS = Object.keys(DIALECT_CALLS) as DialectName[];

test.each(DIALECTS.flatMap((dialect) => [false, true].map((stream) => [dialect, stream] as const)))(
  'ops-03 refused by the authentication of all targets is told as of one (%s, stream %s), however often it is tried',
  async (dialect, stream) => {
    await start(AUTH, FORBIDDEN, { credential: { secretArn: { value: 'arn:key' } } });

    const one = await ask(dialect, stream, 'a/m');
    const replies = [];
    // Soon the targets are left alone; why, is remembered.
    for (let count = 0; count < 8; count++) replies.push(await ask(dialect, stream));

    for (const reply of [one, ...replies]) expect(told(reply)).toEqual([502, 'false', false]);
    expect(replies.every(({ text }) => text.includes("refused the gateway's own credential"))).toBe(true);
    expect(first.requests.length + second.requests.length).toBeLessThan(12);
  },
);

test.each<readonly [string, readonly Step[], readonly Step[], number, string, string]>([
  ['a model that nobody knows', UNKNOWN, UNKNOWN, 404, 'false', 'model_not_found'],
  ['a quota that is used up everywhere', QUOTA, QUOTA, 503, 'false', 'upstream_quota'],
  ['a call that is invalid', INVALID, AUTH, 400, '', 'invalid_value'],
  ['authentication, and overload', AUTH, OVERLOADED, 503, 'true', 'all_targets_failed'],
  ['overload, and authentication', OVERLOADED, AUTH, 503, 'true', 'all_targets_failed'],
  ['overload, and a model that is not known', OVERLOADED, UNKNOWN, 503, 'true', 'all_targets_failed'],
  ['overload everywhere', OVERLOADED, OVERLOADED, 503, 'true', 'all_targets_failed'],
  ['authentication, and a model that is not known', AUTH, UNKNOWN, 503, 'false', 'all_targets_refused'],
])('ops-03 %s', async (_name, one, two, status, retry, code) => {
  await start(one, two);

  const reply = await ask();

  expect([reply.status, reply.headers['x-should-retry'] ?? '', reply.json.error.code]).toEqual([status, retry, code]);
});

test('ops-03 one target that rests from overload, and one that refuses: it may be cured by waiting', async () => {
  await start(OVERLOADED, OVERLOADED);
  for (let count = 0; count < 3; count++) await ask('openai-chat', false, 'a/m');
  second.script(AUTH);

  expect(told(await ask())).toEqual([503, 'true', true]);
});

test('ops-03 a credential that works again is found out', async () => {
  let ahead = 0;
  first.script(AUTH);
  second.script(AUTH);
  gateway = await startGateway({
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    document: { providers: [compatible('a', first.origin), compatible('b', second.origin)], routes: [route('smart', 'a/m', 'b/m')] },
  });
  for (let count = 0; count < 8; count++) await ask();
  const answer = {
    choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  };
  first.script(jsonReply(answer));
  ahead = 11_000;

  expect((await ask()).status).toBe(200);
});

test.each([false, true])('ops-03 Bedrock without access to the model in two Regions (stream %s)', async (stream) => {
  const denied = jsonReply({ message: 'You do not have access to the model with the specified model ID.' }, 403, {
    'x-amzn-errortype': 'AccessDeniedException',
  });
  first.script(denied);
  gateway = await startGateway({
    awsCredentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }) as never,
    document: {
      providers: [
        {
          id: 'bedrock',
          kind: 'bedrock',
          regions: ['us-east-1', 'us-west-2'],
          baseUrl: { value: first.origin },
          network: 'loopback',
          free: true,
        },
      ],
    },
  });

  for (const dialect of DIALECTS) expect(told(await ask(dialect, stream, 'bedrock/amazon.nova-lite-v1:0'))).toEqual([502, 'false', false]);
  expect(new Set(gateway.records().flatMap(({ attempts = [] }) => attempts.map(({ region }) => region)))).toEqual(
    new Set(['us-east-1', 'us-west-2']),
  );
});
