import type { JsonObject } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { bedrockConverse } from '../../../../lambda/wire/protocols/bedrock-converse';
import { recordings, requestBody } from '../../../support/recorded';
import { describeCrossings, encodeFor as encode, OTHER_TARGETS as TARGETS } from '../../../support/request-grid';

/** Calls of every dialect, written for the wire formats that are no dialect: all of it arrives, or is refused by name. */

describeCrossings(
  recordings('openai-chat', 'openai-responses', 'anthropic-messages')
    .filter((entry) => entry.requestFile !== null)
    .map((entry) => ({ id: entry.id, wireFormat: entry.wireFormat, body: requestBody(entry) })),
);

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
      system: [{ text: 'First block.' }, { text: 'You edit code.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [
        { role: 'user', content: [{ text: 'List files.' }, { cachePoint: { type: 'default' } }, { text: 'Prefer short answers.' }] },
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
