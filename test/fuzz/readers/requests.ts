import { GatewayError } from '../../../lambda/platform/error';
import { parseJsonDocument } from '../../../lambda/platform/json/json';
import type { JsonObject } from '../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../lambda/wire/dialects/openai-responses';
import { withMessages, withPairedResults, withResultsAfterCalls } from '../../../lambda/wire/fitting';
import type { AnyRequest, ModelRequest } from '../../../lambda/wire/model/request';
import { openAiEmbeddings } from '../../../lambda/wire/operations/embeddings/openai-chat';
import { openAiModerations } from '../../../lambda/wire/operations/moderations/openai-chat';
import type { Dialect, DialectCodec } from '../../../lambda/wire/protocols/protocol';
import { embeddingsFixtures, fixtures, PROTOCOLS } from '../../support/fixtures';
import { targetFacts } from '../../support/target';
import { check, type Reader, refusedOr } from '../reader';

const SHARED = [
  'lambda/wire/protocols/strict.ts',
  'lambda/wire/protocols/media.ts',
  'lambda/wire/protocols/tool-names.ts',
  'lambda/wire/protocols/tool-ids.ts',
  'lambda/wire/protocols/free-text-tools.ts',
  'lambda/wire/fitting/tool-results.ts',
  'lambda/wire/fitting/paired-results.ts',
];
const TARGET = targetFacts('claude-sonnet-4-5');

const TOOL = {
  type: 'object',
  properties: { path: { type: 'string', enum: ['a'] }, deep: { anyOf: [{ type: 'null' }] } },
  required: ['path'],
};
const CHAT = {
  model: 'smart',
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'text' },
  ],
  tools: [{ type: 'function', function: { name: 'read', parameters: TOOL } }],
  tool_choice: { type: 'function', function: { name: 'read' } },
  response_format: { type: 'json_schema', json_schema: { name: 'x', schema: TOOL } },
  max_completion_tokens: 100,
  stop: ['a'],
  stream: true,
  stream_options: { include_usage: true },
  reasoning_effort: 'low',
};
const RESPONSES = {
  model: 'smart',
  instructions: 'Be brief.',
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'What?' },
        { type: 'input_image', image_url: 'https://a.example/b.png' },
      ],
    },
    { type: 'function_call', call_id: 'c1', name: 'read', arguments: '{"path":"a"}' },
    { type: 'function_call_output', call_id: 'c1', output: 'text' },
    { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: 'x' }], encrypted_content: 'e' },
  ],
  tools: [{ type: 'function', name: 'read', parameters: TOOL }, { type: 'custom', name: 'free' }, { type: 'web_search' }],
  text: { format: { type: 'json_schema', name: 'x', schema: TOOL } },
  reasoning: { effort: 'low' },
  include: ['reasoning.encrypted_content'],
  max_output_tokens: 100,
};
const MESSAGES = {
  model: 'smart',
  max_tokens: 100,
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
  messages: [
    { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }] },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'x', signature: 's' },
        { type: 'tool_use', id: 't', name: 'read', input: { path: 'a' } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'y' }] }] },
  ],
  tools: [
    { name: 'read', input_schema: TOOL },
    { type: 'bash_20250124', name: 'bash' },
  ],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 1_024 },
};

const requestsOf = (wireFormat: string): string[] =>
  fixtures().flatMap((fixture) =>
    fixture.wireFormat === wireFormat && fixture.request !== undefined ? [JSON.stringify(fixture.request)] : [],
  );

/** What callers ask, by dialect; each call that can be read is also written for the providers of every wire format. */
export const requestReaders: readonly Reader[] = [
  reader('request-chat', openAiChat, 'openai-chat', CHAT),
  reader('request-responses', openAiResponses, 'openai-responses', RESPONSES),
  reader('request-messages', anthropicMessages, 'anthropic-messages', MESSAGES),
  {
    name: 'request-embeddings',
    about: 'calls for vectors',
    files: ['lambda/wire/operations/embeddings/', ...SHARED],
    isJson: true,
    samples: () => embeddingsFixtures().map(({ request }) => JSON.stringify(request)),
    read: (input) => void readRequest(openAiEmbeddings, input),
  },
  {
    name: 'request-moderations',
    about: 'texts to be moderated',
    files: ['lambda/wire/operations/moderations/', ...SHARED],
    isJson: true,
    samples: () => ['text', ['one', 'two'], [{ type: 'text', text: 'part' }]].map((input) => JSON.stringify({ model: 'pii', input })),
    read: (input) => void readRequest(openAiModerations, input),
  },
  {
    name: 'request-texts',
    about: 'texts of calls in every dialect, and others in their stead',
    files: ['lambda/wire/texts/', 'lambda/platform/json/tree.ts'],
    isJson: true,
    words: ['\\u0022', '\\\\', '{\\"a\\":\\"b\\"}', '"arguments":', '"role":', '"type":'],
    samples: () => [...[CHAT, RESPONSES, MESSAGES].map((sample) => JSON.stringify(sample)), ...requestsOf('openai-chat')],
    // Each dialect reads the input, and reads what it has written anew.
    stepsPerByte: 120,
    read(input, random) {
      const document = refusedOr([GatewayError], () => parseJsonDocument(input));
      if (document === undefined) return;
      for (const dialect of [openAiChat, openAiResponses, anthropicMessages, openAiEmbeddings, openAiModerations]) {
        const found = dialect.texts(document);
        const same = new Map(found.texts.map((text) => [text, text.text]));
        check(found.with(same) === document.bytes, 'the same texts are the same bytes');
        const text = random.pick(found.texts.length === 0 ? [undefined] : found.texts);
        if (text === undefined) continue;
        const other = text.form === 'json' ? JSON.stringify({ said: 'Something "else".' }) : 'Something "else".';
        const again = dialect.texts(parseJsonDocument(found.with(new Map([[text, other]]))));
        const told = again.texts.map((each, at) => each.text === found.texts[at]?.text || found.texts[at] === text);
        check(told.every(Boolean) && told.length === found.texts.length, 'one text is exchanged, and no other');
      }
    },
  },
];

function reader(name: string, dialect: Dialect, wireFormat: string, sample: object): Reader {
  return {
    name,
    about: `calls in the dialect ${dialect.name}`,
    files: [`lambda/wire/dialects/${wireFormat}/`, ...SHARED],
    isJson: true,
    samples: () => [JSON.stringify(sample), ...requestsOf(wireFormat)],
    read(input, random) {
      const request = readRequest(dialect, input);
      if (request === undefined) return;
      const protocol = random.pick(Object.values(PROTOCOLS));
      refusedOr([GatewayError], () => JSON.stringify(protocol.encodeRequest(inOrder(request), TARGET)));
    },
  };
}

/** As calls are fitted before they are written. */
function inOrder(request: AnyRequest): ModelRequest {
  const conversation = request as ModelRequest;
  return withMessages(conversation, withPairedResults(withResultsAfterCalls(conversation.messages)));
}

function readRequest<Asked extends AnyRequest>(dialect: DialectCodec<Asked>, input: Buffer): Asked | undefined {
  let body: JsonObject;
  try {
    body = JSON.parse(input.toString('utf8')) as JsonObject;
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  refusedOr([GatewayError], () => dialect.inspect(body));
  refusedOr([GatewayError], () => dialect.forwardChanges?.(body));
  refusedOr([GatewayError], () => dialect.withoutSpareTools?.(body));
  return refusedOr([GatewayError], () => dialect.decodeRequest(body));
}
