import type { JsonObject } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import type { AssistantPart } from '../../../../lambda/wire/model/request';
import type { Dialect, EncodeContext } from '../../../../lambda/wire/protocols/protocol';
import { applyQuirks } from '../../../../lambda/wire/providers/quirks';

/** A conversation that moves from one provider to another between two turns, the second being called in the caller's dialect. */

const CONTEXT: EncodeContext = {
  requestId: 'r',
  originalModel: 'm',
  createdAt: 1,
  wantsStreamUsage: false,
  request: { model: 'm', messages: [], stream: false },
};

function answered(dialect: Dialect, content: readonly AssistantPart[]): JsonObject {
  const body = dialect.encodeResponse({ choices: [{ content, finishReason: { unified: 'stop' } }] }, CONTEXT);
  const message =
    dialect === openAiChat ? (body['choices'] as JsonObject[])[0]?.['message'] : { role: 'assistant', content: body['content'] };
  return JSON.parse(JSON.stringify(message)) as JsonObject;
}

const user = { role: 'user', content: 'x' };
const call: AssistantPart = { type: 'tool-call', id: 'call_1', name: 'f', arguments: '{}' };
const thought = (protocol: 'anthropic-messages' | 'bedrock-converse' | 'gemini'): AssistantPart => ({
  type: 'reasoning',
  text: 'Hm.',
  signature: { protocol, value: 'c2ln' },
});

describe('to an Anthropic model called in its own dialect', () => {
  const forwarded = (content: readonly AssistantPart[]) =>
    (
      anthropicMessages.forwardChanges?.({ messages: [user, answered(anthropicMessages, content)] })?.changes['messages'] as
        | JsonObject[]
        | undefined
    )?.[1]?.['content'];

  test('thinking of others is left out, of Claude elsewhere unwrapped', () => {
    const use = { type: 'tool_use', id: 'call_1', name: 'f', input: {} };

    expect(forwarded([thought('gemini'), call])).toEqual([use]);
    expect(forwarded([{ type: 'reasoning', text: 'Hm.' }, call])).toEqual([use]);
    expect(forwarded([thought('bedrock-converse'), call])).toEqual([{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }, use]);
  });

  test('its own history is forwarded as it is', () => {
    expect(forwarded([thought('anthropic-messages'), call])).toBeUndefined();
    expect(anthropicMessages.forwardChanges?.({ messages: [user, { role: 'assistant', content: 'text' }] })).toBeUndefined();
  });

  test('a tool loop whose thinking is gone goes on without thinking', () => {
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'done' }] };
    const body = (content: readonly AssistantPart[], thinking: JsonObject) => ({
      thinking,
      messages: [user, answered(anthropicMessages, content), result],
    });
    const enabled = { type: 'enabled', budget_tokens: 2048 };

    expect(anthropicMessages.forwardChanges?.(body([thought('gemini'), call], enabled))).toMatchObject({
      changes: { thinking: { type: 'disabled' } },
    });
    expect(anthropicMessages.forwardChanges?.(body([thought('bedrock-converse'), call], enabled))).not.toHaveProperty('changes.thinking');
    expect(anthropicMessages.forwardChanges?.(body([thought('gemini'), call], { type: 'adaptive' }))).not.toHaveProperty(
      'changes.thinking',
    );
  });

  test('a turn of thinking alone disappears', () => {
    expect(
      anthropicMessages.forwardChanges?.({ messages: [user, answered(anthropicMessages, [thought('gemini')]), user] })?.changes,
    ).toEqual({
      messages: [user, user],
    });
  });
});

describe('to a provider called in Chat Completions', () => {
  test('the gateway’s own marks are left out', () => {
    const message = answered(openAiChat, [thought('anthropic-messages'), call]);
    const changes = openAiChat.forwardChanges?.({ messages: [user, message] })?.changes;

    expect(JSON.stringify(message)).toContain('gw1.');
    expect(JSON.stringify(changes)).not.toMatch(/gw1\.|c2ln/);
    expect(changes?.['messages']).toMatchObject([user, { reasoning_content: 'Hm.', tool_calls: [{ id: 'call_1' }] }]);
  });

  test('a history without marks is forwarded as it is', () => {
    const details = [{ type: 'reasoning.text', text: 'Hm.', signature: 's', format: 'anthropic-claude-v1', index: 0 }];

    expect(
      openAiChat.forwardChanges?.({
        messages: [user, { role: 'assistant', content: 'a', reasoning_content: 'b', reasoning_details: details }],
      }),
    ).toBeUndefined();
  });

  test('providers that refuse earlier thinking do not get any', () => {
    const body = { messages: [user, answered(openAiChat, [thought('anthropic-messages'), call])] };
    const { body: sent, dropped } = applyQuirks(body, 'openai-chat', ['no-reasoning-replay']);

    expect((sent['messages'] as JsonObject[])[1]).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    });
    expect(dropped).toEqual(['messages.reasoning_content', 'messages.reasoning_details', 'messages.tool_calls.extra_content']);
    expect(applyQuirks({ messages: [user] }, 'openai-chat', ['no-reasoning-replay']).dropped).toEqual([]);
  });
});

describe('to OpenAI called in Responses', () => {
  const context = { ...CONTEXT, requestId: '0193b3a0-0000-7000-8000-000000000000' };
  const items = (content: readonly AssistantPart[]) =>
    openAiResponses.encodeResponse({ choices: [{ content, finishReason: { unified: 'stop' } }] }, context)['output'] as JsonObject[];

  test('thinking of others is left out, signed or not', () => {
    const [, use] = items([thought('gemini'), call]);

    expect(openAiResponses.forwardChanges?.({ input: items([thought('gemini'), call]) })?.changes).toEqual({ input: [use] });
    expect(openAiResponses.forwardChanges?.({ input: items([{ type: 'reasoning', text: 'Hm.' }, call]) })?.changes).toEqual({
      input: [use],
    });
  });

  test('a host without tools of its own gets none that can be done without', () => {
    const search = { type: 'web_search', external_web_access: false };
    const find = { type: 'function', name: 'find' };
    const added = { type: 'additional_tools', tools: [search, find] };

    expect(openAiResponses.forwardChanges?.({ tools: [search, find], input: 'Hi' }, { runsNoTools: true })).toEqual({
      changes: { tools: [find] },
      dropped: ['tools[0]'],
    });
    expect(openAiResponses.forwardChanges?.({ tools: [find], input: [added] }, { runsNoTools: true })?.changes).toEqual({
      input: [{ ...added, tools: [find] }],
    });
    expect(openAiResponses.forwardChanges?.({ tools: [find], input: 'Hi' }, { runsNoTools: true })).toBeUndefined();
  });

  test('OpenAI’s own history is forwarded as it is', () => {
    const own = { type: 'reasoning', id: 'rs_68c1fa8ab2d881909e2a3b4c5d6e7f8091a2b3c4d5e6f708', summary: [] };

    expect(openAiResponses.forwardChanges?.({ input: [own, { ...own, encrypted_content: 'gAAAAA' }] })).toBeUndefined();
    expect(openAiResponses.forwardChanges?.({ input: 'text' })).toBeUndefined();
  });
});
