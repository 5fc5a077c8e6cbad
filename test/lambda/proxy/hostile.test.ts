import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { chunk, jsonReply, lastChunk, reply, startUpstream, streamHead, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;
const answer = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};
const body = { model: 'up/m', messages: [{ role: 'user', content: 'x' }] };

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(answer));
  gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)], maxBodyBytes: 100_000 } });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const nothingHappened = async () => {
  await gateway.settled();
  expect(upstream.connections()).toBe(0);
  expect(gateway.records()).toEqual([]);
};

test('D01 a body beyond the limit is refused with 413', async () => {
  const reply = await gateway.call('/v1/chat/completions', { ...body, padding: 'x'.repeat(200_000) });

  expect([reply.status, reply.json.error.code]).toEqual([413, 'request_too_large']);
  await nothingHappened();
});

test.each([
  ['depth', `{"model":"up/m","messages":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ['no JSON', '{"model":'],
  ['no object', '[1]'],
  ['nothing', ''],
])('D02 a body of %s is refused with 400', async (_name, text) => {
  const reply = await gateway.call('/v1/chat/completions', text);

  expect([reply.status, reply.json.error.type]).toEqual([400, 'invalid_request_error']);
  await nothingHappened();
});

test('D03 doubled fields and prototype keys are refused', async () => {
  expect((await gateway.call('/v1/chat/completions', '{"model":"up/m","model":"up/x","messages":[]}')).json.error.param).toBe('model');
  expect((await gateway.call('/v1/chat/completions', '{"model":"up/m","messages":[],"__proto__":{"admin":true}}')).status).toBe(400);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  await nothingHappened();
});

test.each(['gzip', 'br', 'gzip, gzip', 'deflate'])('D04 content-encoding %s is refused with 415', async (encoding) => {
  const reply = await gateway.call('/v1/chat/completions', body, { 'content-encoding': encoding });

  expect(reply.status).toBe(415);
  await nothingHappened();
});

test('another content type is refused with 415', async () => {
  expect((await gateway.call('/v1/chat/completions', body, { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await gateway.call('/v1/chat/completions', body, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
});

test('D05 odd but valid JSON passes byte for byte; what is not is refused', async () => {
  const odd = '{"model":"up/m","messages":[{"role":"user","content":"\\ud800"}],"x":-0}';

  expect((await gateway.call('/v1/chat/completions', odd)).status).toBe(200);
  expect(upstream.requests[0]?.body.toString()).toBe(odd.replace('up/m', 'm'));
  expect((await gateway.call('/v1/chat/completions', `\ufeff${odd}`)).status).toBe(400);
  expect((await gateway.call('/v1/chat/completions', odd.replace('-0', '1e400'))).status).toBe(400);
});

test('D06 header values that could end a header are refused', async () => {
  const reply = await gateway.call('/v1/chat/completions', body, { 'x-gateway-tags': 'a=\u00e9' });

  expect([reply.status, reply.json.error.code]).toEqual([400, 'invalid_header']);
  const socket = gateway.socket();
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-a: 1\r\n folded\r\ncontent-length: 2\r\n\r\n{}`);
  const [data] = await new Promise<Buffer[]>((done) => socket.once('data', (bytes) => done([bytes])));
  socket.destroy();
  expect(data?.toString().slice(0, 12)).toMatch(/HTTP\/1\.1 4\d\d/);
});

test('D08 of a provider’s headers the caller sees only the known ones', async () => {
  upstream.script(
    jsonReply(answer, 200, {
      'set-cookie': 'a=b',
      'x-amz-request-id': 'z',
      'x-request-id': 'req_1',
      server: 'secret',
      'openai-organization': 'org-secret',
    }),
  );

  const { headers } = await gateway.call('/v1/chat/completions', body);

  expect(
    Object.keys(headers)
      .filter((name) => !name.startsWith('x-gateway-'))
      .sort(),
  ).toEqual(['connection', 'content-length', 'content-type', 'date', 'x-request-id']);
});

test('D08 a provider’s conflicting lengths are no answer', async () => {
  upstream.script([{ send: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n' }, lastChunk]);

  expect((await gateway.call('/v1/chat/completions', body)).status).toBe(502);
});

test('D12 an unknown model is a 404', async () => {
  for (const model of ['nothing-like-it', 'nobody/m']) {
    const reply = await gateway.call('/v1/chat/completions', { ...body, model });
    expect([reply.status, reply.json.error.code]).toEqual([404, 'model_not_found']);
  }
  await nothingHappened();
});

test('D15 nothing in a request or an error text can forge a line of the log', async () => {
  upstream.script(
    reply(400, { 'content-type': 'application/json' }, '{"error":{"message":"\\n{\\"level\\":\\"fatal\\"}\\u001b[31m","code":"x"}}'),
  );
  const lines: string[] = [];
  const logged = await startGateway({
    document: { providers: [compatible('up', upstream.origin)] },
    log: (await import('../../../lambda/platform/runtime/log')).createLog('info', (line) => lines.push(line)),
  });

  await logged.call('/v1/chat/completions', { ...body, model: 'up/m\n{"level":"fatal"}\u001b[31m' }, { 'user-agent': 'x"}' });
  await logged.call('/v1/chat/completions', body);
  await logged.close();

  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['request', 'attempt', 'request']);
  for (const line of lines) {
    expect(line.endsWith('\n')).toBe(true);
    expect([...line.slice(0, -1)].every((character) => character >= ' ')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({ level: expect.stringMatching(/^(info|warn)$/) });
  }
});

test('a key’s models, endpoints and server-side tools are held to', async () => {
  const narrow = await gateway.addKey({ models: ['up/small-*'], endpoints: ['/v1/chat/completions'] });
  const as = (path: string, request: unknown) => gateway.call(path, request, { authorization: `Bearer ${narrow}` });

  expect((await as('/v1/chat/completions', { ...body, model: 'up/small-1' })).status).toBe(200);
  const model = await as('/v1/chat/completions', body);
  expect([model.status, model.json.error.code]).toEqual([403, 'model_not_allowed']);
  const endpoint = await as('/v1/embeddings', { model: 'up/small-1', input: 'x' });
  expect([endpoint.status, endpoint.json.error.code]).toEqual([403, 'endpoint_not_allowed']);
  const tool = await as('/v1/chat/completions', { ...body, model: 'up/small-1', web_search_options: {} });
  expect([tool.status, tool.json.error.code]).toEqual([403, 'server_tool_not_allowed']);
});

test('a model without a known price is refused', async () => {
  const priced = await startGateway({ document: { providers: [compatible('up', upstream.origin, { free: false })] } });

  const refused = await priced.call('/v1/chat/completions', body);
  await priced.close();

  expect([refused.status, refused.json.error.code]).toEqual([400, 'price_unknown']);
});

test('E25 unknown events and fields are forwarded as they are', async () => {
  const odd =
    'event: x.unknown\nid: 7\ndata: {"choices":[{"index":0,"delta":{"content":"a","odd":[1.50]}}]}\n\ndata:{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  upstream.script([streamHead(), chunk(odd), lastChunk]);

  expect((await gateway.call('/v1/chat/completions', { ...body, stream: true })).text).toBe(odd);
});
