import type { DialectName } from '../../../../lambda/wire/dialects';
import { readAnswer, readStream } from '../../../support/answers';
import { MODELS } from '../../../support/fixture-places';
import type { TestGateway } from '../../../support/gateway';
import { spoken, WIRE_FORMATS, type WireFormat } from '../../../support/spoken';
import { chunk, jsonReply, lastChunk, startUpstream, streamHead, type Upstream } from '../../../support/upstream';
import { guardedGateway, sayingOf } from './support';

/** What prompts hold beside their messages, and in parts of them that are no plain text: no provider gets the word, in whatever it is written. */

let upstream: Upstream;
let gateway: TestGateway;

const WORD = 'ACME-123456';

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await guardedGateway(upstream, [
    { id: 'p', rules: [{ name: 'ACME', pattern: 'ACME-[0-9]{6}', action: 'mask', reversible: true }] },
  ]);
});
beforeEach(() => {
  upstream.requests.length = 0;
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const [HIDDEN, CONTROLLED] = [base64(WORD), base64(`\u0001${WORD}`)];
const user = { role: 'user', content: 'Hi' };
const schema = { type: 'object', properties: {} };
const said = (...content: object[]) => [{ role: 'user', content }];
const chatFile = (file: object) => ({ messages: said({ type: 'file', file: { filename: 'a', ...file } }) });
const source = (type: string, of: object) => ({ messages: said({ type, source: of }, { type: 'text', text: 'Hi' }) });

const PROMPTS: readonly (readonly [DialectName, string, object])[] = [
  ['openai-chat', 'a stop sequence', { stop: [WORD] }],
  ['openai-chat', 'the choice of a tool', named('function', 'tools', { type: 'function', function: { name: WORD } })],
  ['openai-chat', 'the choice of a function', { functions: [{ name: WORD, parameters: schema }], function_call: { name: WORD } }],
  [
    'openai-chat',
    "a schema in Google's words",
    { generationConfig: { responseMimeType: 'application/json', responseSchema: { type: 'string', description: WORD } } },
  ],
  ['openai-chat', "a stop sequence in Google's words", { generationConfig: { stopSequences: [WORD] } }],
  ['openai-chat', "a field of Bedrock's", { additionalModelRequestFields: { reasoning_config: { type: WORD } } }],
  [
    'openai-chat',
    'a source of an earlier answer',
    {
      messages: [
        user,
        {
          role: 'assistant',
          content: 'x',
          annotations: [{ type: 'url_citation', url_citation: { url: `https://a.example/${WORD}`, title: 't' } }],
        },
        user,
      ],
    },
  ],
  [
    'openai-chat',
    'a file that is said to be text, with other bytes in it',
    chatFile({ file_data: `data:text/plain;base64,${CONTROLLED}` }),
  ],
  [
    'openai-chat',
    'a file whose format is said to be text',
    chatFile({ format: 'text/plain', file_data: `data:application/pdf;base64,${CONTROLLED}` }),
  ],
  ['openai-chat', 'a file in base64 that is not quite', chatFile({ file_data: `data:text/plain;base64,.${HIDDEN}` })],
  [
    'openai-chat',
    'a picture whose format is said to be text',
    { messages: said({ type: 'image_url', image_url: { url: `data:image/png;base64,${CONTROLLED}`, format: 'text/plain' } }) },
  ],
  ['openai-chat', 'a film that is text', { messages: said({ type: 'video_url', video_url: { data: HIDDEN, format: 'text/plain' } }) }],
  [
    'openai-responses',
    'the choice of a tool',
    { tools: [{ type: 'function', name: WORD, parameters: schema }], tool_choice: { type: 'function', name: WORD } },
  ],
  [
    'openai-responses',
    'the environment of a command',
    {
      input: [
        { type: 'shell_call', call_id: 'a', status: 'completed', action: { commands: ['ls'], env: { [WORD]: 'x' } } },
        { type: 'shell_call_output', call_id: 'a', output: [] },
        user,
      ],
    },
  ],
  [
    'openai-responses',
    'a source of a search',
    {
      input: [
        {
          type: 'web_search_call',
          id: 'a',
          status: 'completed',
          action: { type: 'search', query: 'q', sources: [{ type: 'url', url: `https://a.example/${WORD}` }] },
        },
        user,
      ],
    },
  ],
  [
    'openai-responses',
    'what is said to be a picture',
    { input: [{ type: 'image_generation_call', id: 'i', status: 'completed', result: HIDDEN }, user] },
  ],
  ['anthropic-messages', 'a stop sequence', { stop_sequences: [WORD] }],
  [
    'anthropic-messages',
    'the choice of a tool',
    { tools: [{ name: WORD, input_schema: schema }], tool_choice: { type: 'tool', name: WORD } },
  ],
  ['anthropic-messages', 'a picture that is text', source('image', { type: 'base64', media_type: 'text/plain', data: HIDDEN })],
  [
    'anthropic-messages',
    'a document that is said to be text, with other bytes in it',
    source('document', { type: 'base64', media_type: 'text/plain', data: CONTROLLED }),
  ],
  [
    'anthropic-messages',
    'a document in its address',
    source('document', { type: 'url', media_type: 'text/plain', url: `data:application/pdf;base64,${CONTROLLED}` }),
  ],
  [
    'anthropic-messages',
    'an address that a search found',
    {
      messages: [
        user,
        {
          role: 'assistant',
          content: [
            { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
            {
              type: 'web_search_tool_result',
              tool_use_id: 'srvtoolu_1',
              content: [{ type: 'web_search_result', url: `https://a.example/${WORD}`, title: 't', encrypted_content: 'e' }],
            },
          ],
        },
        user,
      ],
    },
  ],
];

function named(kind: string, field: string, choice: object): object {
  return { [field]: [{ type: kind, [kind]: { name: WORD, parameters: schema } }], tool_choice: choice };
}

test.each(PROMPTS)('R21 %s: %s', async (dialect, _what, more) => {
  const leaks: string[] = [];
  let [masked, calls] = [0, 0];
  for (const wireFormat of WIRE_FORMATS) {
    upstream.requests.length = 0;
    upstream.script(spoken(wireFormat as WireFormat, { text: ['fine'] }, false));
    const { path, body } = sayingOf(dialect, MODELS[wireFormat], 'Hi');
    await gateway.call(path, { ...body, ...more });
    await gateway.settled();
    const sent = upstream.requests[0]?.body.toString() ?? '';
    calls += sent === '' ? 0 : 1;
    masked += gateway.records().at(-1)?.guardVerdict === 'mask' ? 1 : 0;
    if ([WORD, HIDDEN, CONTROLLED].some((form) => sent.includes(form))) leaks.push(wireFormat);
  }

  expect(leaks).toEqual([]);
  // Not every provider takes all of them.
  expect([calls > 0, masked > 0]).toEqual([true, true]);
});

test.each([false, true])('a tool that is called comes back by the name that its caller gave it, streamed: %s', async (stream) => {
  const name = '[ACME_1]';
  const call = { id: 'c', type: 'function', function: { name, arguments: `{"path":"\\\\\\\\u005bACME_1] ${name}"}` } };
  const answer = { id: 'a', model: 'm', created: 1, usage: { prompt_tokens: 1, completion_tokens: 1 } };
  const tool_calls = [{ index: 0, ...call }];
  const choice = { index: 0, finish_reason: 'tool_calls' };
  upstream.script(
    stream
      ? [
          streamHead(),
          chunk(`data: ${JSON.stringify({ ...answer, choices: [{ ...choice, delta: { tool_calls } }] })}\n\ndata: [DONE]\n\n`),
          lastChunk,
        ]
      : jsonReply({ ...answer, choices: [{ ...choice, message: { role: 'assistant', content: null, tool_calls: [call] } }] }),
  );
  const { path, body } = sayingOf('openai-chat', MODELS['openai-chat'], 'Hi', stream);

  const reply = await gateway.call(path, { ...body, ...named('function', 'tools', { type: 'function', function: { name: WORD } }) });

  const { toolCalls } = stream ? readStream('openai-chat', reply.text) : readAnswer('openai-chat', reply.json);
  expect(toolCalls[0]?.name).toBe(WORD);
  expect(JSON.parse(toolCalls[0]?.args ?? '')).toEqual({ path: `\\\\u005bACME_1] ${WORD}` });
});

test('a stop sequence comes back as the caller knows it', async () => {
  upstream.script(
    jsonReply({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'fine' }],
      stop_reason: 'stop_sequence',
      stop_sequence: '[ACME_1]',
      usage: { input_tokens: 1, output_tokens: 1 },
    }),
  );
  const { path, body } = sayingOf('anthropic-messages', MODELS['anthropic-messages'], 'Hi');

  const { json } = await gateway.call(path, { ...body, stop_sequences: [WORD] });

  expect(upstream.requests[0]?.body.toString()).toContain('"stop_sequences":["[ACME_1]"]');
  expect(json).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: WORD });
});

describe.each(['mask', 'block'] as const)('R21 a word that goes over two blocks of an answer, with the action %s', (action) => {
  const CUTS = Array.from({ length: WORD.length - 1 }, (_, at) => at + 1);

  test.each(['whole', 'streamed'])('is told nowhere as one, %s', async (how) => {
    const stream = how === 'streamed';
    const guarded = await guardedGateway(upstream, [{ id: 'p', rules: [{ name: 'ACME', pattern: 'ACME-[0-9]{6}', action }] }]);
    const leaks: number[] = [];
    for (const cut of CUTS) {
      const texts = [`see ${WORD.slice(0, cut)}`, `${WORD.slice(cut)} there`];
      const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } };
      const events = [
        { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
        ...texts.flatMap((text, index) => [
          { type: 'content_block_start', index, content_block: { type: 'text', text: '' } },
          { type: 'content_block_delta', index, delta: { type: 'text_delta', text } },
          { type: 'content_block_stop', index },
        ]),
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
        { type: 'message_stop' },
      ];
      const sse = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
      const whole = { ...message, content: texts.map((text) => ({ type: 'text', text })), stop_reason: 'end_turn' };
      upstream.script(stream ? [streamHead(), chunk(sse), lastChunk] : jsonReply(whole));
      const { path, body } = sayingOf('openai-chat', MODELS['anthropic-messages'], 'Hi', stream);
      const reply = await guarded.call(path, body);
      const { text } = stream ? readStream('openai-chat', reply.text) : readAnswer('openai-chat', reply.json);
      if (text.includes(WORD) || !text.startsWith('see ') || (action === 'mask') !== text.endsWith(' there')) leaks.push(cut);
    }
    await guarded.close();

    expect(leaks).toEqual([]);
  });
});
