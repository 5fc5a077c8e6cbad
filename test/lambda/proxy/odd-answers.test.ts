import { readAnswer, readStream } from '../../support/answers';
import { DIALECT_CALLS } from '../../support/dialect-calls';
import { events, type Hosts, startHosts } from '../../support/hosts';
import { chunk, jsonReply, lastChunk, streamHead, streamReply } from '../../support/upstream';

/** What servers of Chat Completions send beside what OpenAI documents, to callers of every dialect. */

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts();
});

afterEach(() => hosts.close());

const DIALECTS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;
type Caller = (typeof DIALECTS)[number];

/** Hosts that take Chat alone, whoever calls. */
const CHAT_HOSTS = ['openai-compatible/m', 'deepseek/deepseek-chat', 'mistral/mistral-small-latest'] as const;

async function ask(dialect: Caller, model: string, stream: boolean) {
  const { path, body } = DIALECT_CALLS[dialect](stream);
  return hosts.ask(path, { model, ...body });
}

async function told(dialect: Caller, model: string, body: string, sizes?: readonly number[]) {
  hosts.upstream.script(streamReply(body, sizes));
  return readStream(dialect, (await ask(dialect, model, true)).text);
}

const delta = (fields: object, finish_reason: string | null = null) => ({
  id: 'x1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: fields, finish_reason }],
});

describe.each(DIALECTS)('a caller of %s', (dialect) => {
  const filtered = { 'openai-chat': 'content_filter', 'openai-responses': 'content_filter', 'anthropic-messages': 'refusal' }[dialect];
  const plain = { 'openai-chat': 'stop', 'openai-responses': 'completed', 'anthropic-messages': 'end_turn' }[dialect];
  const called = { 'openai-chat': 'tool_calls', 'openai-responses': 'completed', 'anthropic-messages': 'tool_use' }[dialect];

  test.each([
    ['that says so', { index: 0, finish_reason: 'content_filter', content_filter_results: { hate: { filtered: true, severity: 'high' } } }],
    ['that only tells of the filter', { index: 0, content_filter_results: { violence: { filtered: true, severity: 'high' } } }],
  ])('gets an empty answer with its reason for a filtered choice without a message %s', async (_name, choice) => {
    const usage = { prompt_tokens: 7, completion_tokens: 0, total_tokens: 7 };
    for (const model of ['openai-compatible/m', 'azure-openai/gpt-4o']) {
      const reply = { id: 'x', object: 'chat.completion', created: 1, model: 'gpt-4o', choices: [choice], usage };
      hosts.upstream.script(jsonReply(reply));
      // Azure speaks Responses too, which a caller of it gets.
      if (dialect === 'openai-responses' && model.startsWith('azure')) continue;
      const { status, json } = await ask(dialect, model, false);

      expect(status).toBe(200);
      if (dialect === 'openai-chat') expect(json).toEqual(reply);
      else expect(readAnswer(dialect, json)).toMatchObject({ text: '', finish: filtered });
    }
  });

  test('gets no empty success for a choice that holds nothing that is known', async () => {
    if (dialect === 'openai-chat') return;
    hosts.upstream.script(jsonReply({ object: 'text_completion', choices: [{ index: 0, text: 'Hello', finish_reason: 'stop' }] }));
    expect((await ask(dialect, 'openai-compatible/m', false)).status).toBe(502);
  });

  test('never reads more tokens from a cache than it sent', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, prompt_tokens_details: { cached_tokens: 160 } };
    hosts.upstream.script(
      jsonReply({ id: 'x', choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }], usage }),
    );

    const { json } = await ask(dialect, 'openai-compatible/m', false);
    await hosts.gateway.settled();

    expect(hosts.gateway.records().at(-1)?.usage).toMatchObject({ inputTokens: 100, cacheReadInputTokens: 100 });
    if (dialect === 'openai-responses') {
      expect(json.usage).toMatchObject({ input_tokens: 100, input_tokens_details: { cached_tokens: 100 } });
    }
    if (dialect === 'anthropic-messages') expect(json.usage).toMatchObject({ input_tokens: 0, cache_read_input_tokens: 100 });
  });

  test.each(CHAT_HOSTS)('gets a whole answer that %s ended with [DONE] alone', async (model) => {
    const answer = await told(dialect, model, events(delta({ role: 'assistant', content: 'All of it.' }), '[DONE]'));
    expect(answer).toMatchObject({ text: 'All of it.', error: undefined });
    expect(answer.terminals).toHaveLength(1);
    if (dialect !== 'openai-chat') expect(answer.finish).toBe(plain);
  });

  test('gets an error for an answer that was cut before [DONE]', async () => {
    const answer = await told(dialect, 'openai-compatible/m', events(delta({ content: 'Half of' })));
    expect(answer.error).toBeDefined();
  });

  const late = events(
    delta({ role: 'assistant', tool_calls: [{ index: 0, id: 'call_q', type: 'function', function: { arguments: '' } }] }),
    delta({ tool_calls: [{ index: 0, function: { name: 'find', arguments: '{"q":' } }] }),
    delta({ tool_calls: [{ index: 1, id: 'call_r', type: 'function', function: { arguments: '{"a"' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '"ü"}' } }] }),
    delta({ tool_calls: [{ index: 1, function: { name: 'look', arguments: ':1}' } }] }),
    delta({}, 'tool_calls'),
    '[DONE]',
  );

  test.each(CHAT_HOSTS)('gets the names of calls that %s tells late', async (model) => {
    // Whoever speaks Chat has the bytes as they came.
    if (dialect === 'openai-chat') return;
    for (const size of [1_000_000, 1, 7]) {
      const answer = await told(dialect, model, late, [size]);
      expect(answer.toolCalls).toEqual([
        { id: 'call_q', name: 'find', args: '{"q":"ü"}' },
        { id: 'call_r', name: 'look', args: '{"a":1}' },
      ]);
      expect(answer.finish).toBe(called);
    }
  });

  test('gets a text once that a transcript repeats', async () => {
    if (dialect === 'openai-chat') return;
    const streamed = events(
      delta({ role: 'assistant', content: 'Good ', audio: { id: 'a', transcript: 'Good ' } }),
      delta({ audio: { transcript: 'morning' }, content: 'morning' }),
      delta({ audio: { data: 'AAAA' } }),
      delta({}, 'stop'),
      '[DONE]',
    );
    expect((await told(dialect, 'openai-compatible/m', streamed)).text).toBe('Good morning');

    const message = { role: 'assistant', content: 'Good morning', audio: { id: 'a', data: 'AAAA', transcript: 'Good morning' } };
    hosts.upstream.script(jsonReply({ id: 'x', choices: [{ index: 0, message, finish_reason: 'stop' }] }));
    expect(readAnswer(dialect, (await ask(dialect, 'openai-compatible/m', false)).json).text).toBe('Good morning');

    const alone = events(delta({ audio: { id: 'a', transcript: 'Good ' } }), delta({ audio: { transcript: 'night' } }, 'stop'), '[DONE]');
    expect((await told(dialect, 'openai-compatible/m', alone)).text).toBe('Good night');
  });
});

test('a call of Responses whose name comes with its end is called by it', async () => {
  const call = { type: 'function_call', id: 'fc', call_id: 'c1', arguments: '{"a":1}', status: 'completed' };
  const response = { id: 'resp_1', object: 'response', status: 'completed', model: 'm', output: [{ ...call, name: 'find' }] };
  const body = events(
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...call, arguments: '' } },
    { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a":1}' },
    { type: 'response.output_item.done', output_index: 0, item: { ...call, name: 'find' } },
    { type: 'response.completed', response },
  );
  expect((await told('anthropic-messages', 'openai/gpt-5-pro', body)).toolCalls).toEqual([{ id: 'c1', name: 'find', args: '{"a":1}' }]);
});

describe('an error in the midst of an answer', () => {
  const named = (event: object & { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  const started = {
    type: 'message_start',
    message: { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 1, output_tokens: 1 } },
  };
  const response = { id: 'resp_1', object: 'response', status: 'in_progress', model: 'm', output: [], usage: null };
  const failed = { ...response, status: 'failed', error: { code: 'server_error', message: 'Broke.', detail: { node: 7 } } };
  const CASES: readonly (readonly [string, Caller, string, string])[] = [
    [
      'a chunk with an error field, and the end of it',
      'openai-chat',
      'openai-compatible/m',
      events(
        delta({ role: 'assistant', content: 'Half' }),
        { ...delta({ content: '' }, 'error'), error: { code: 502, message: 'Broke.', metadata: { provider_name: 'Up', raw: { a: 1 } } } },
        '[DONE]',
      ),
    ],
    [
      'an error of its own, with nothing after it',
      'openai-chat',
      'vllm/m',
      events(delta({ content: 'Half' }), { error: { message: 'Broke.', type: 'server_error', trace: 'abc', hint: ['x'] } }),
    ],
    [
      'an error event',
      'anthropic-messages',
      'anthropic/claude-sonnet-4-5',
      [
        started,
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Half' } },
        { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded', details: { queue: 9 } }, request_id: 'req_9' },
      ]
        .map(named)
        .join(''),
    ],
    [
      'a failed response',
      'openai-responses',
      'openai/gpt-4.1',
      [
        { type: 'response.created', response },
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Half' },
        { type: 'response.failed', response: failed, sequence_number: 3 },
      ]
        .map(named)
        .join(''),
    ],
  ];

  test.each(CASES)('%s reaches a caller of the same dialect as it is', async (_name, dialect, model, body) => {
    for (const size of [1_000_000, 1, 19]) {
      hosts.upstream.script(streamReply(body, [size]));
      const reply = await ask(dialect, model, true);
      await hosts.gateway.settled();

      expect(reply.text).toBe(body);
      expect(hosts.gateway.records().at(-1)).toMatchObject({ incomplete: true });
      expect(hosts.gateway.records().at(-1)?.outcome).not.toBe('ok');
    }
  });

  test('that tells a credential is told in our own words', async () => {
    const secret = 'sk-live-abcdefgh12345678';
    hosts.upstream.script(streamReply(events(delta({ content: 'Half' }), { error: { message: `Bad key ${secret}` } })));
    const { text } = await ask('openai-chat', 'openai-compatible/m', true);
    expect(text).not.toContain(secret);
    expect(readStream('openai-chat', text)).toMatchObject({ text: 'Half', error: expect.anything() });
  });
});

test.each([
  ['with its [DONE]', 'data: [DONE]\r\n\r\n', ''],
  ['whose [DONE] is forgotten', '', 'data: [DONE]\n\n'],
])('a stream of CRLF %s keeps every byte when each comes alone', async (_name, end, added) => {
  const lines = [delta({ role: 'assistant', content: 'ü' }), delta({}, 'stop')].map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`);
  const body = lines.join('') + end;
  hosts.upstream.script([streamHead(), ...[...Buffer.from(body)].map((byte) => chunk(Buffer.from([byte]))), lastChunk]);

  expect((await ask('openai-chat', 'openai-compatible/m', true)).text).toBe(body + added);
});
