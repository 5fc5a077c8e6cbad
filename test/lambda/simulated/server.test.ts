import { request as httpRequest } from 'node:http';
import { type SimulatedProvider, startSimulatedProvider } from '../../../lambda/simulated/server';

interface Reply {
  readonly status: number;
  readonly text: string;
  /** The connection ended before the answer was complete. */
  readonly broken: boolean;
}

let provider: SimulatedProvider;

beforeAll(async () => {
  provider = await startSimulatedProvider({ firstToken: '0', speed: '0', tokens: '12' });
});

afterAll(() => provider.close());

function post(path: string, body: object): Promise<Reply> {
  return new Promise((resolve) => {
    const call = httpRequest(`${provider.origin}${path}`, { method: 'POST', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('close', () => resolve({ status: response.statusCode ?? 0, text, broken: !response.complete }));
      response.on('error', () => {});
    });
    // A reset may overtake the bytes sent before it.
    call.on('error', () => resolve({ status: 0, text: '', broken: true }));
    call.end(JSON.stringify(body));
  });
}

function ask(prompt: string, extra: object = {}): Promise<Reply> {
  return post('/v1/chat/completions', { model: 'simulated-small', messages: [{ role: 'user', content: prompt }], ...extra });
}

function dataOf(reply: Reply): string[] {
  return reply.text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6));
}

function streamedText(reply: Reply): string {
  return dataOf(reply)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data).choices[0]?.delta.content ?? '')
    .join('');
}

test('answers whole and streamed with the same text and usage', async () => {
  const whole = await ask('hello');
  const streamed = await ask('hello', { stream: true, stream_options: { include_usage: true } });

  const body = JSON.parse(whole.text);
  expect(body.choices[0].message.content).toBe(streamedText(streamed));
  expect(body.usage).toEqual({ prompt_tokens: 2, completion_tokens: 12, total_tokens: 14 });
  const data = dataOf(streamed);
  expect(data.at(-1)).toBe('[DONE]');
  expect(JSON.parse(data.at(-2) as string).usage).toEqual(body.usage);
});

test('honours the output cap and says so', async () => {
  const body = JSON.parse((await ask('hello', { max_tokens: 5 })).text);

  expect(body.choices[0].finish_reason).toBe('length');
  expect(body.usage.completion_tokens).toBe(5);
});

test('reports usage in the stream only when asked', async () => {
  expect((await ask('hello', { stream: true })).text).not.toContain('"usage"');
});

test('fails with the status, and the wait, that the prompt asks for', async () => {
  const reply = await ask('[simulate error=429 retry-after=7]');

  expect(reply.status).toBe(429);
  expect(JSON.parse(reply.text).error.type).toBe('rate_limit_error');
});

test('fails its share of calls when set to', async () => {
  expect((await ask('[simulate error-percent=100]')).status).toBe(503);
});

test('closes a stream early without a terminator', async () => {
  const reply = await ask('[simulate cut-after=3]', { stream: true });

  expect(dataOf(reply)).toHaveLength(4);
  expect(reply.text).not.toContain('[DONE]');
  expect(reply.broken).toBe(false);
});

test('resets the connection in the middle of a stream', async () => {
  expect((await ask('[simulate reset-after=3 speed=500]', { stream: true })).broken).toBe(true);
});

test('sends one malformed event and goes on', async () => {
  const reply = await ask('[simulate malformed-after=3]', { stream: true });

  const unreadable = dataOf(reply).filter((data) => {
    try {
      return data !== '[DONE]' && JSON.parse(data) === undefined;
    } catch {
      return true;
    }
  });
  expect(unreadable).toHaveLength(1);
  expect(reply.text.trimEnd().endsWith('data: [DONE]')).toBe(true);
});

test('sends an error event in the middle of a stream', async () => {
  const data = dataOf(await ask('[simulate error-after=2]', { stream: true }));

  expect(JSON.parse(data.at(-1) as string).error.type).toBe('server_error');
});

test('calls the forced tool with arguments that its schema allows', async () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] };
  const tools = [{ type: 'function', function: { name: 'weather', parameters } }];
  const body = JSON.parse((await ask('weather?', { tools, tool_choice: 'required' })).text);

  expect(body.choices[0].finish_reason).toBe('tool_calls');
  expect(JSON.parse(body.choices[0].message.tool_calls[0].function.arguments)).toEqual({ city: 'simulated' });
});

test('answers JSON in the shape of the wanted schema', async () => {
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
  const body = JSON.parse((await ask('json', { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } })).text);

  expect(JSON.parse(body.choices[0].message.content)).toEqual({ ok: true });
});

test('embeds the same text to the same vector, as numbers or base64', async () => {
  const numbers = JSON.parse((await post('/v1/embeddings', { model: 'simulated-small', input: ['a', 'b'], dimensions: 8 })).text);
  const encoded = JSON.parse(
    (await post('/v1/embeddings', { model: 'simulated-small', input: 'a', dimensions: 8, encoding_format: 'base64' })).text,
  );

  const bytes = Buffer.from(encoded.data[0].embedding, 'base64');
  const decoded = Array.from({ length: 8 }, (_, index) => bytes.readFloatLE(index * 4));
  expect(decoded).toEqual(numbers.data[0].embedding);
  expect(numbers.data[1].embedding).not.toEqual(numbers.data[0].embedding);
});
