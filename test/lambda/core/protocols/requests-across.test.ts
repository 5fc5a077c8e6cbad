import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../../../../lambda/core/model/error';
import type { JsonObject } from '../../../../lambda/core/model/json';
import type { ModelRequest } from '../../../../lambda/core/model/request';
import { anthropicMessages } from '../../../../lambda/core/protocols/anthropic-messages';
import { bedrockConverse } from '../../../../lambda/core/protocols/bedrock-converse';
import { cohereV2 } from '../../../../lambda/core/protocols/cohere-v2';
import { gemini } from '../../../../lambda/core/protocols/gemini';
import { openAiChat } from '../../../../lambda/core/protocols/openai-chat';
import { openAiResponses } from '../../../../lambda/core/protocols/openai-responses';
import type { Dialect, Protocol } from '../../../../lambda/core/protocols/protocol';
import { eachRecorded, type Recorded, recordings } from '../../../support/recorded';

/** Calls of every dialect, written for the wire formats that are no dialect: all of it arrives, or is refused by name. */

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
};

const TARGETS: readonly [Protocol, string][] = [
  [bedrockConverse, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  [bedrockConverse, 'us.amazon.nova-pro-v1:0'],
  [gemini, 'gemini-3-pro-preview'],
  [cohereV2, 'command-a-03-2025'],
];

function encode(protocol: Protocol, model: string, request: ModelRequest): { body: JsonObject; dropped: readonly string[] } {
  return protocol.encodeRequest(request, { requestModel: model, defaultMaxOutputTokens: 4_096, quirks: new Set() });
}

function wordsOfPart(part: ModelRequest['messages'][number]['content'][number]): string[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [part.text];
    case 'image':
    case 'document':
      return [part.source.kind === 'url' ? part.source.url : part.source.data];
    case 'audio':
      return [part.data];
    case 'tool-call':
      return [part.name];
    case 'tool-result':
      return part.content.flatMap((item) => (item.type === 'text' ? [item.text] : []));
    case 'reasoning':
      return [];
  }
}

/** Everything in the request that the model must see, as JSON would write it. */
function wordsOf(request: ModelRequest): string[] {
  const texts = request.messages.flatMap((message) => message.content.flatMap(wordsOfPart));
  const tools = (request.tools ?? []).flatMap((tool) => [tool.name, tool.description ?? '']);
  return [...texts, ...tools, ...(request.stop ?? [])].filter((word) => word !== '').map((word) => JSON.stringify(word).slice(1, -1));
}

function crossing(decode: () => ModelRequest, protocol: Protocol, model: string): void {
  let request: ModelRequest | undefined;
  try {
    request = decode();
    const { body, dropped } = encode(protocol, model, request);
    const written = JSON.stringify(body);
    for (const word of wordsOf(request)) expect(written).toContain(word);
    expect(dropped.every((name) => /^[a-z_.]+$/.test(name))).toBe(true);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error).toMatchObject({ status: 400, param: expect.stringMatching(/./) });
  }
}

const calls = recordings(...Object.keys(DIALECTS)).filter((entry) => entry.requestFile !== null);

for (const [protocol, model] of TARGETS) {
  eachRecorded(`%s crosses to ${model}`, calls, (entry: Recorded) => {
    const body = JSON.parse(readFileSync(join(__dirname, '../../../../../shared/fixtures', entry.requestFile ?? ''), 'utf8')) as JsonObject;

    crossing(() => (DIALECTS[entry.wireFormat] as Dialect).decodeRequest(body), protocol, model);
  });
}

/** The shape of what coding agents send, in our own words. */
const AGENT_CALL: JsonObject = {
  model: 'smart',
  max_tokens: 32_000,
  stream: true,
  system: [
    { type: 'text', text: 'First block.' },
    { type: 'text', text: 'You edit code.', cache_control: { type: 'ephemeral', ttl: '1h' } },
  ],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'List files.', cache_control: { type: 'ephemeral' } }] },
    { role: 'system', content: 'Prefer short answers.' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'I should look.', signature: 'c2ln' },
        { type: 'tool_use', id: 'toolu_1', name: 'Shell', input: { command: 'ls' } },
      ],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.ts', is_error: false, cache_control: { type: 'ephemeral' } }],
    },
  ],
  tools: [{ name: 'Shell', description: 'Runs a command.', input_schema: { type: 'object', properties: { command: { type: 'string' } } } }],
  metadata: { user_id: '{"device_id":"d"}' },
  thinking: { type: 'adaptive', display: 'summarized' },
  output_config: { effort: 'high' },
};

describe("a coding agent's call", () => {
  test.each(TARGETS.map(([protocol, model]) => [model, protocol] as const))('reaches %s with every word of it', (model, protocol) => {
    const request = anthropicMessages.decodeRequest(AGENT_CALL);
    const written = JSON.stringify(encode(protocol, model, request).body);

    for (const word of ['First block.', 'You edit code.', 'List files.', 'Prefer short answers.', 'Shell', 'a.ts', 'ls'])
      expect(written).toContain(word);
  });

  test('keeps its thinking, caching and effort with Claude on Bedrock', () => {
    const { body, dropped } = encode(bedrockConverse, 'us.anthropic.claude-opus-5-5', anthropicMessages.decodeRequest(AGENT_CALL));

    expect(body).toMatchObject({
      system: [
        { text: 'First block.' },
        { text: 'You edit code.' },
        { cachePoint: { type: 'default', ttl: '1h' } },
        { text: 'Prefer short answers.' },
      ],
      messages: [
        { role: 'user', content: [{ text: 'List files.' }, { cachePoint: { type: 'default' } }] },
        {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'I should look.', signature: 'c2ln' } } },
            { toolUse: { toolUseId: 'toolu_1' } },
          ],
        },
        { role: 'user', content: [{ toolResult: { toolUseId: 'toolu_1' } }, { cachePoint: { type: 'default' } }] },
      ],
      additionalModelRequestFields: { thinking: { type: 'adaptive', display: 'summarized' } },
      outputConfig: { effort: 'high' },
    });
    expect(dropped).not.toContain('reasoning');
  });
});
