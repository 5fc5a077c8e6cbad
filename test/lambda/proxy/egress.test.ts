import type { GatewayDocument } from '../../../lib/private/contract';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, reply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway | undefined;
const answer = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};
const body = { model: 'up/m', messages: [{ role: 'user', content: 'x' }] };

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(answer));
});

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  await upstream.close();
});

const start = async (document: Partial<GatewayDocument> = {}, more: Parameters<typeof startGateway>[0] = {}): Promise<TestGateway> => {
  gateway = await startGateway({ ...more, document: { providers: [compatible('up', upstream.origin)], ...document } });
  return gateway;
};

test.each(['api_base', 'base_url', 'custom_host', 'endpoint'])('C01 the field %s is refused and nothing is called', async (field) => {
  const reply = await (await start()).call('/v1/chat/completions', { ...body, [field]: 'http://169.254.169.254' });

  expect([reply.status, reply.json.error.type, reply.json.error.param]).toEqual([400, 'invalid_request_error', field]);
  expect(upstream.connections()).toBe(0);
  expect(gateway?.records()).toEqual([]);
});

test('C02 D06 D07 a provider gets the gateway’s own headers and nothing of the caller’s', async () => {
  await (await start()).call('/v1/chat/completions', body, {
    'x-portkey-custom-host': 'evil',
    'x-forwarded-host': 'evil',
    'x-prefiller-url': 'http://evil',
    'anthropic-beta': 'not-for-this-dialect',
    'openai-organization': 'org-x',
    cookie: 'a=b',
    expect: '100-continue',
    te: 'trailers',
    'x-gateway-tags': 'team=blue',
    'proxy-authorization': 'Basic x',
  });

  expect(Object.keys(upstream.requests[0]?.headers ?? {}).sort()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'content-length',
    'content-type',
    'host',
    'user-agent',
  ]);
});

test('anthropic-version and anthropic-beta reach a provider of that dialect, several of the latter as one list', async () => {
  const anthropic = {
    id: 'claude',
    kind: 'anthropic-compatible' as const,
    baseUrl: { value: upstream.origin },
    network: 'loopback' as const,
    free: true,
  };
  upstream.script(
    jsonReply({ type: 'message', role: 'assistant', content: [], stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 1 } }),
  );

  await (await start({ providers: [anthropic] })).call(
    '/v1/messages',
    { ...body, model: 'claude/m', max_tokens: 5 },
    { 'anthropic-version': '2023-01-01', 'anthropic-beta': ['one', 'two'] },
  );

  expect(upstream.requests[0]?.headers).toMatchObject({ 'anthropic-version': '2023-01-01', 'anthropic-beta': 'one, two' });
});

test.each(['up/m#x', 'up/m?x=1', 'up/m%23', 'up/m\\x', 'up/m\r\nx: y', 'up/../m', 'up//m', 'up/m\u3002x', 'x'.repeat(300)])(
  'C03 the model %j cannot change an address',
  async (model) => {
    const reply = await (await start()).call('/v1/chat/completions', { ...body, model });

    expect(reply.status).toBe(400);
    expect(upstream.connections()).toBe(0);
  },
);

test('C05 an address that may not be called is a 502 that names no address, and costs nothing', async () => {
  const reply = await (await start({ providers: [compatible('up', upstream.origin, { network: 'vpc' })] })).call(
    '/v1/chat/completions',
    body,
  );
  await gateway?.settled();

  expect([reply.status, reply.json.error.code]).toEqual([502, 'egress_denied']);
  expect(reply.text).not.toContain('127.0.0.1');
  expect(gateway?.records()).toMatchObject([{ state: 'settled', outcome: 'egress_denied' }]);
});

test.each([301, 302, 307, 308])('C06 a %i is not followed and credentials go nowhere', async (status) => {
  const elsewhere = await startUpstream();
  upstream.script(reply(status, { location: `${elsewhere.origin}/v1/chat/completions` }, ''));

  const answered = await (await start()).call('/v1/chat/completions', body);
  await elsewhere.close();

  expect([answered.status, answered.json.error.code]).toEqual([502, 'upstream_redirect']);
  expect(elsewhere.connections()).toBe(0);
  expect(answered.headers['location']).toBeUndefined();
});

test('C08 proxies named in the environment are not used', async () => {
  const proxy = await startUpstream();
  process.env['HTTP_PROXY'] = proxy.origin;
  process.env['http_proxy'] = proxy.origin;
  try {
    expect((await (await start()).call('/v1/chat/completions', body)).status).toBe(200);
    expect(proxy.connections()).toBe(0);
  } finally {
    delete process.env['HTTP_PROXY'];
    delete process.env['http_proxy'];
    await proxy.close();
  }
});

test('C07 an image’s URL is the provider’s to fetch, never the gateway’s', async () => {
  const content = [{ type: 'image_url', image_url: { url: 'http://169.254.169.254/latest' } }];

  const fetches = await start({ providers: [compatible('up', upstream.origin, { mediaUrls: true })] });
  await fetches.call('/v1/chat/completions', { ...body, messages: [{ role: 'user', content }] });

  expect(upstream.requests).toHaveLength(1);
  expect(upstream.requests[0]?.body.toString()).toContain('169.254.169.254');
});

test('I06 a credential that was rotated is read anew once', async () => {
  const secrets = ['old-key', 'new-key'];
  const provider = compatible('up', upstream.origin, { credential: { secretArn: { value: 'arn:provider' } } });
  upstream.script((seen) =>
    seen.headers['authorization'] === 'Bearer new-key' ? jsonReply(answer) : jsonReply({ error: { message: 'bad key' } }, 401),
  );
  const pepper = JSON.stringify({ version: '1', '1': 'test-pepper-'.repeat(6) });
  let clockMs = 0;
  const clock = { now: () => Date.now(), monotonic: () => performance.now() + clockMs };
  await start(
    { providers: [provider] },
    { clock, fetchSecret: async (arn) => (arn === 'arn:pepper' ? pepper : (secrets.shift() ?? 'new-key')) },
  );
  await gateway?.gateway.secrets.read('arn:provider');
  clockMs = 20_000;

  const reply = await gateway?.call('/v1/chat/completions', body);
  await gateway?.settled();

  expect(reply?.status).toBe(200);
  expect(gateway?.records()).toHaveLength(1);
  expect(upstream.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer old-key', 'Bearer new-key']);
});

test('F02 a provider that refuses our credential is a 502, never a 401', async () => {
  upstream.script(jsonReply({ error: { message: 'Incorrect API key provided: sk-proj-abcdefgh12345678' } }, 401));

  const reply = await (await start()).call('/v1/chat/completions', body);

  expect([reply.status, reply.json.error.code]).toEqual([502, 'upstream_auth']);
  expect(reply.text).not.toContain('sk-proj');
});
