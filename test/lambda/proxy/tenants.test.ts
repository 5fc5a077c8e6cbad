import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { jsonReply, startUpstream, streamReply, type Upstream } from '../../support/upstream';

/** Who is billed, and what one tenant's call leaves behind for another's. */

const VECTORS = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
  usage: { prompt_tokens: 9, total_tokens: 9 },
};
let upstream: Upstream;
let gateway: TestGateway;
const ANSWER = {
  id: 'x',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(({ path }) => jsonReply(path.endsWith('embeddings') ? VECTORS : ANSWER));
  const place = { baseUrl: { value: upstream.origin }, network: 'loopback', free: true } as const;
  gateway = await startGateway({
    document: { providers: [compatible('up', upstream.origin), { id: 'claude', kind: 'anthropic-compatible', ...place }] },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const PATHS = {
  '/v1/chat/completions': (text: string) => ({ messages: [{ role: 'user', content: text }], user: 'somebody-else', metadata: FORGED }),
  '/v1/responses': (text: string) => ({ input: text, store: false, user: 'somebody-else', metadata: FORGED }),
  '/v1/messages': (text: string) => ({
    max_tokens: 5,
    messages: [{ role: 'user', content: text }],
    metadata: { user_id: 'somebody-else' },
  }),
  '/v1/embeddings': (text: string) => ({ input: text, user: 'somebody-else' }),
} as const;
const FORGED = { team_id: 'forged-team', key_id: 'forged-key', user_id: 'forged-user' };
const FORGED_HEADERS = {
  'x-team-id': 'forged-team',
  'x-user-id': 'forged-user',
  'x-end-user-id': 'forged-user',
  'x-key-id': 'forged-key',
  'x-project-id': 'forged-project',
  'x-organization-id': 'forged-team',
  'openai-organization': 'forged-team',
  'openai-project': 'forged-project',
  'x-gateway-tags': 'team=forged-team,team_id=forged-team,user_id=forged-user',
  'x-gateway-metadata': JSON.stringify({ key_id: 'forged-key', project_id: 'forged-project' }),
};

test.each(Object.keys(PATHS) as (keyof typeof PATHS)[])(
  'B04 I16 forged names of users, teams and keys never change who is billed (%s)',
  async (path) => {
    const key = await gateway.addKey({
      teamId: 'real-team',
      userId: 'real-user',
      tags: { cost: 'real' },
      budgets: [{ limit_usd: '1.00', period: 'month' }],
      limits: { requests_per_minute: 100 },
    });
    const authorization = { authorization: `Bearer ${key}` };

    const reply = await gateway.call(path, { model: 'up/m', ...PATHS[path]('x') }, { ...authorization, ...FORGED_HEADERS });
    await gateway.settled();

    expect(reply.status).toBe(200);
    const id = key.split('-')[2];
    const [record] = gateway.records();
    expect(record).toMatchObject({ keyId: id, teamId: 'real-team', userId: 'real-user' });
    // Tags that carry budgets are the key's; what the caller says of itself is a label and nothing more.
    expect(JSON.stringify([record?.tags ?? {}, record?.pages])).not.toContain('forged');
    expect(JSON.stringify(gateway.table.items(TABLE_NAMES.counters).map(({ pk, sk }) => [pk, sk]))).not.toContain('forged');
    expect(gateway.log.filter(({ event }) => event === 'request')).toMatchObject([{ keyId: id, teamId: 'real-team', userId: 'real-user' }]);
    expect(JSON.stringify(gateway.log)).not.toContain('forged');
    expect(JSON.stringify(upstream.requests.map(({ headers }) => headers))).not.toContain('forged');
  },
);

test('the header that the deployment names says on whose behalf a call is made, before what the body says, and stays here', async () => {
  const place = { baseUrl: { value: upstream.origin }, network: 'loopback', free: true } as const;
  const named = await startGateway({
    document: {
      providers: [compatible('up', upstream.origin), { id: 'claude', kind: 'anthropic-compatible', ...place }],
      endUserHeader: 'x-end-user-id',
    },
  });
  const authorization = `Bearer ${await named.addKey({})}`;
  const ask = async (path: keyof typeof PATHS, headers: Record<string, string>) => {
    await named.call(path, { model: 'up/m', ...PATHS[path]('x') }, { authorization, ...headers });
    await named.settled();
    return named.records().at(-1)?.endUser;
  };

  for (const path of Object.keys(PATHS) as (keyof typeof PATHS)[]) {
    expect([path, await ask(path, { 'x-end-user-id': ` c-4711${'x'.repeat(200)}` })]).toEqual([path, `c-4711${'x'.repeat(122)}`]);
  }
  expect(await ask('/v1/chat/completions', {})).toBe('somebody-else');
  expect(await ask('/v1/chat/completions', { 'x-end-user-id': ' ' })).toBe('somebody-else');
  expect(JSON.stringify(upstream.requests.map(({ headers }) => headers))).not.toContain('c-4711');
  expect(JSON.stringify(named.log)).not.toContain('c-4711');
  await named.close();
});

test('B08 I17 nothing of one tenant’s calls is in another’s answers, log lines or calls, in one warm process', async () => {
  const SENTINEL = 'sentinel-7f3a9c';
  const [keyA, keyB] = await Promise.all([gateway.addKey({ teamId: 'a' }), gateway.addKey({ teamId: 'b' })]);
  const as = (key: string, more: object = {}) => ({ authorization: `Bearer ${key}`, ...more });
  const event = (value: object | string) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
  // A provider that says what it was told, and so leads what a caller sent back to whoever gets its answer.
  const echo = (seen: { body: Buffer }) => {
    const body = JSON.parse(seen.body.toString());
    const content = JSON.stringify(body.messages ?? body.input ?? '').slice(0, 500);
    if (body.stream !== true) return jsonReply({ ...ANSWER, choices: [{ ...ANSWER.choices[0], message: { role: 'assistant', content } }] });
    const delta = { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
    const stop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
    return streamReply([delta, stop, '[DONE]'].map(event).join(''), [13]);
  };
  upstream.script((seen) =>
    seen.path.includes('/messages') ? jsonReply({ error: { type: 'api_error', message: 'x' } }, 400) : echo(seen),
  );
  const calls = async (key: string, text: string, more: object = {}) => {
    const replies = [];
    for (const path of Object.keys(PATHS) as (keyof typeof PATHS)[]) {
      for (const model of ['up/m', 'claude/m']) {
        for (const stream of path === '/v1/embeddings' ? [false] : [false, true]) {
          replies.push(await gateway.call(path, { model, ...PATHS[path](text), stream }, as(key, more)));
        }
      }
      replies.push(await gateway.call(path, { model: `up/${text}`, ...PATHS[path](text) }, as(key, more)));
      replies.push(await gateway.call(path, `{"model":"up/m","${text}":`, as(key, more)));
    }
    return replies;
  };

  const ofA = await calls(keyA, SENTINEL, { 'x-gateway-tags': `note=${SENTINEL}`, 'idempotency-key': '' });
  await gateway.settled();
  const logLines = gateway.log.length;
  const upstreamCalls = upstream.requests.length;
  const [forward, ofB] = [await calls(keyB, 'ordinary'), await Promise.all([calls(keyA, SENTINEL), calls(keyB, 'ordinary')])];
  await gateway.settled();

  // The sentinel does travel: with its own tenant's calls.
  expect(JSON.stringify(ofA.map(({ text }) => text))).toContain(SENTINEL);
  const idB = keyB.split('-')[2];
  for (const replies of [forward, ofB[1]])
    expect(JSON.stringify(replies.map(({ text, headers }) => [text, headers]))).not.toContain(SENTINEL);
  const linesOfB = gateway.log.slice(logLines).filter(({ keyId }) => keyId === idB);
  expect(linesOfB.filter(({ event }) => event === 'request').length).toBe(forward.length * 2);
  expect(JSON.stringify(linesOfB)).not.toContain(SENTINEL);
  const ordinary = upstream.requests.slice(upstreamCalls).filter(({ body }) => body.includes('ordinary'));
  expect(ordinary.length).toBeGreaterThan(20);
  for (const { body, headers } of ordinary) expect(body.toString() + JSON.stringify(headers)).not.toContain(SENTINEL);
  const recordsOfB = gateway.records().filter(({ keyId }) => keyId === idB);
  expect(JSON.stringify(recordsOfB, (_name, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(SENTINEL);
});
