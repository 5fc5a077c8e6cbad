/** Marked secrets and contents through the whole data plane, good and bad paths; then a search for the marks wherever they must not be. */
import { createLog } from '../../lambda/platform/runtime/log';
import { createMetrics } from '../../lambda/platform/runtime/metrics';
import { ROUTES } from '../../lambda/proxy/before/routes';
import type { ProviderConfig, ProviderKind } from '../../lib/private/contract';
import { startGateway, type TestGateway } from '../support/gateway';
import { TABLE_NAMES } from '../support/memory-dynamodb';
import { jsonReply, type Step, startUpstream, type Upstream } from '../support/upstream';

const SECRET = 'sk-canarySecretOfProvider0123456789abcdef';
const PROMPT = 'canaryPrompt';
const HEADER = 'canaryHeader';
const QUERY = 'canaryQuery';
const PATH = 'canaryPath';
const ANSWER = 'canaryAnswer';
const SAID = 'canaryProviderSaid';
const LABEL = 'canaryLabel';
/** On whose behalf a caller asks, as it says. Tables keep it, as they keep labels. */
const END_USER = 'canaryEndUser';
const NOWHERE = [SECRET, PROMPT, HEADER, QUERY, PATH, ANSWER, SAID, LABEL, END_USER];

const KINDS: readonly ProviderKind[] = ['openai', 'anthropic', 'google-ai-studio', 'cohere'];
const BODIES: Readonly<Record<string, object>> = {
  '/v1/chat/completions': { messages: [{ role: 'user', content: PROMPT }], user: END_USER, metadata: { a: PROMPT }, max_tokens: 20 },
  '/v1/responses': { input: PROMPT, instructions: PROMPT, max_output_tokens: 20 },
  '/v1/messages': { max_tokens: 20, system: PROMPT, messages: [{ role: 'user', content: PROMPT }], metadata: { user_id: END_USER } },
  '/v1/messages/count_tokens': { messages: [{ role: 'user', content: PROMPT }] },
  '/v1/embeddings': { input: PROMPT, user: END_USER },
  '/v1/moderations': { input: PROMPT },
};

const sse = (text: string): Step[] => [
  { send: `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: r\r\nconnection: close\r\n\r\n${text}` },
  { end: true },
];
const echo = { type: SAID, code: SAID, param: SAID, message: `${SAID} ${SECRET} https://${SAID}.example/x ${PROMPT}`, status: SAID };
const ANSWERS: Readonly<Record<string, readonly Step[]>> = {
  good: jsonReply({
    id: ANSWER,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
    content: [{ type: 'text', text: ANSWER }],
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: ANSWER, annotations: [] }] }],
    candidates: [{ content: { parts: [{ text: ANSWER }] }, finishReason: 'STOP' }],
    message: { role: 'assistant', content: [{ type: 'text', text: ANSWER }] },
    usage: { prompt_tokens: 3, completion_tokens: 4, input_tokens: 3, output_tokens: 4 },
  }),
  ...Object.fromEntries(
    [400, 401, 403, 404, 413, 422, 429, 500, 529].map((status) => [
      status,
      jsonReply({ error: echo, message: echo.message, type: 'error' }, status),
    ]),
  ),
  'error in a good status': jsonReply({ error: echo }),
  'an answer of another shape': jsonReply({ [SAID]: [SAID] }),
  'no JSON': [{ send: `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${SAID.length}\r\n\r\n${SAID}` }],
  'a web page': [{ send: `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${SAID.length}\r\n\r\n${SAID}` }],
  'a redirect': [{ send: `HTTP/1.1 302 Found\r\nlocation: https://${SAID}.example/${SECRET}\r\ncontent-length: 0\r\n\r\n` }],
  'an error in a stream': sse(`event: error\ndata: ${JSON.stringify({ type: 'error', error: echo })}\n\n`),
  'a stream that breaks': sse(`data: {"choices":[{"index":0,"delta":{"content":"${ANSWER}"}}]}\n\ndata: {${SAID}\n\n`),
  'no HTTP': [{ send: `${SAID}\r\n\r\n` }, { end: true }],
  nothing: [{ reset: true }],
};

let upstream: Upstream;
let gateway: TestGateway;
const lines: string[] = [];

beforeAll(async () => {
  upstream = await startUpstream();
  const providers = KINDS.map(
    (kind): ProviderConfig => ({
      id: kind,
      kind,
      baseUrl: { value: upstream.origin },
      credential: { secretArn: { value: 'arn:provider' } },
      network: 'loopback',
    }),
  );
  gateway = await startGateway({
    document: {
      providers,
      unknownPrice: { policy: 'ceiling', ceilingUsd: '0.01' },
      deadlines: { totalMs: 5_000, firstEventMs: 300, idleMs: 300 } as never,
    },
    secrets: { 'arn:provider': SECRET },
    log: createLog('debug', (line) => lines.push(line)),
    metrics: createMetrics('test', Date.now, (line) => lines.push(line)),
  });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

test('J08 I25 no mark of a secret, a prompt, a header or an answer is in a log, a metric or a table', async () => {
  const key = await gateway.addKey({ budgets: [{ limit_usd: '1000', period: 'month' }], name: 'ci' });
  const secretOfKey = key.slice(-49);
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'user-agent': HEADER,
    cookie: `a=${HEADER}`,
    'x-forwarded-for': HEADER,
    'anthropic-beta': HEADER,
    'idempotency-key': HEADER,
    'x-gateway-tags': `team=${LABEL}`,
  };
  const replies: { readonly name: string; readonly status: number; readonly text: string }[] = [];
  let number = 0;
  const post = async (name: string, path: string, body: unknown, changed: Record<string, string> = {}): Promise<void> => {
    number += 1;
    const all = { ...headers, 'idempotency-key': `${HEADER}${number}`, ...changed };
    const {
      status,
      text,
      headers: answered,
    } = await gateway.send('POST', path, all, typeof body === 'string' ? body : JSON.stringify(body));
    replies.push({ name, status, text: `${JSON.stringify(answered)}\n${text}` });
  };

  for (const [name, steps] of Object.entries(ANSWERS)) {
    upstream.script(steps);
    for (const { kind: routeKind, path, operation } of ROUTES) {
      if (routeKind !== 'model-call') continue;
      for (const kind of KINDS) {
        for (const stream of operation === 'chat' ? [false, true] : [undefined]) {
          gateway.gateway.health.visit(`${kind}/m@`, 0).end({ kind: 'good' });
          await post(`${name} ${path} ${kind} ${stream}`, `${path}?a=${QUERY}`, { model: `${kind}/m`, stream, ...BODIES[path] });
        }
      }
    }
  }
  const body = { model: 'openai/m', ...BODIES['/v1/chat/completions'] };
  const wrong = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`;
  await post('bad key', '/v1/chat/completions', body, { authorization: `Bearer ${wrong}` });
  await post('no key', '/v1/chat/completions', body, { authorization: `Bearer ${HEADER}` });
  await post('two keys', '/v1/chat/completions', body, { 'x-api-key': HEADER });
  await post('no path', `/v1/${PATH}?${QUERY}=${QUERY}`, body);
  await post('no model', '/v1/chat/completions', { ...body, model: 'nobody/m' });
  await post('no JSON', '/v1/chat/completions', `{"${PROMPT}`);
  await post('twice', '/v1/chat/completions', `{"${PROMPT}":1,"a":{"${PROMPT}":1,"${PROMPT}":2}}`);
  await post('bad field', '/v1/chat/completions', { ...body, max_tokens: PROMPT });
  await post('bad labels', '/v1/chat/completions', body, { 'x-gateway-tags': `{${LABEL}` });
  await post('bad encoding', '/v1/chat/completions', body, { 'content-encoding': HEADER });
  await gateway.settled();

  const tables = Object.values(TABLE_NAMES).map((name) => JSON.stringify(gateway.table.items(name)));
  const found = [...NOWHERE, secretOfKey].filter((mark) => lines.some((line) => line.includes(mark)));
  expect(found).toEqual([]);
  expect(
    [...NOWHERE, secretOfKey].filter((mark) => mark !== LABEL && mark !== END_USER && tables.some((text) => text.includes(mark))),
  ).toEqual([]);
  for (const { name, text } of replies) {
    const told = [SECRET, secretOfKey, upstream.origin, HEADER].filter((mark) => text.includes(mark));
    expect([name, told]).toEqual([name, []]);
  }
  expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThan(30);
  expect(upstream.requests.length).toBeGreaterThan(200);
  expect(lines.length).toBeGreaterThan(400);
}, 30_000);
