import type { JsonObject } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import type { ModelRequest } from '../../../../lambda/wire/model/request';
import type { StreamEvent } from '../../../../lambda/wire/model/response';
import { bedrockConverse } from '../../../../lambda/wire/protocols/bedrock-converse';
import { gemini } from '../../../../lambda/wire/protocols/gemini';
import type { Protocol } from '../../../../lambda/wire/protocols/protocol';
import { DIALECTS } from '../../../support/answer-grid';
import { readAnswer, readStream } from '../../../support/answers';
import { targetFacts } from '../../../support/target';

/** Names of tools longer than a provider takes, as MCP clients of Anthropic make them. */

const LONG = `mcp__${'internal_documentation_'.repeat(3)}search_pages`;
const TWIN = `${LONG}_2`;

const REQUEST: ModelRequest = anthropicMessages.decodeRequest({
  model: 'smart',
  max_tokens: 100,
  tools: [LONG, TWIN, 'short'].map((name) => ({ name, input_schema: { type: 'object', properties: {} } })),
  tool_choice: { type: 'tool', name: TWIN },
  messages: [
    { role: 'user', content: 'Go' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: LONG, input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'found' }] },
  ],
});

function sent(protocol: Protocol, requestModel: string): string {
  return JSON.stringify(protocol.encodeRequest(REQUEST, targetFacts(requestModel, { defaultMaxOutputTokens: 100 })).body);
}

const shortened = [...new Set(sent(openAiChat, 'gpt-5.1').match(/mcp__\w+/g) ?? [])];

test.each<[string, Protocol, string]>([
  ['OpenAI', openAiChat, 'gpt-5.1'],
  ['OpenAI’s newer API', openAiResponses, 'gpt-5.1'],
  ['Bedrock', bedrockConverse, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['Gemini', gemini, 'gemini-3-pro-preview'],
])('%s gets names that it takes, the same ones everywhere in the call', (_name, protocol, model) => {
  const names = new Set(sent(protocol, model).match(/mcp__\w+/g) ?? []);

  expect([...names].sort()).toEqual([...shortened].sort());
  expect(names.size).toBe(2);
  for (const name of names) expect(name).toMatch(/^\w{1,64}$/);
});

test('Anthropic takes them as they are', () => {
  expect(sent(anthropicMessages, 'claude-sonnet-4-5')).toContain(`"${LONG}"`);
});

const [first = '', second = ''] = shortened;
const CONTEXT = { requestId: 'req-1', originalModel: 'smart', createdAt: 1, wantsStreamUsage: false, request: REQUEST };

test.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('a %s caller is answered in its own names', (_name, dialect) => {
  const names = [first, 'short', second];
  const content = names.map((name, index) => ({ type: 'tool-call' as const, id: `call_${index}`, name, arguments: '{}' }));
  const whole = dialect.encodeResponse({ choices: [{ content, finishReason: { unified: 'tool-calls' } }] }, CONTEXT);
  const events = content.flatMap(({ id, name }, block): StreamEvent[] => [
    { type: 'tool-call-start', choice: 0, block, id, name },
    { type: 'tool-call-delta', choice: 0, block, text: '{}' },
    { type: 'tool-call-end', choice: 0, block },
  ]);
  const encoder = dialect.streamEncoder(CONTEXT);
  const ended: StreamEvent[] = [
    { type: 'start' },
    ...events,
    { type: 'finish', choice: 0, reason: { unified: 'tool-calls' } },
    { type: 'end' },
  ];
  const stream = ended.map((event) => encoder.encode(event)).join('');

  const callers = [LONG, 'short', TWIN].sort();
  const told = (calls: readonly { name: string }[]) => calls.map(({ name }) => name).sort();
  expect(told(readAnswer(dialect.name, JSON.parse(JSON.stringify(whole)) as JsonObject).toolCalls)).toEqual(callers);
  expect(told(readStream(dialect.name, stream).toolCalls)).toEqual(callers);
});
