import { type Asked, type Body, pieces, sse, type Turn, textIn, USAGE, type Wire } from './turn';

const HEAD = { id: 'chatcmpl-scripted', created: 1_790_000_000, model: 'scripted-chat' };
const COUNTS = { prompt_tokens: USAGE.input, completion_tokens: USAGE.output, total_tokens: USAGE.input + USAGE.output };

/** @see https://platform.openai.com/docs/api-reference/chat */
export const openAiChat: Wire = {
  name: 'openai-chat',
  path: /^\/v1\/chat\/completions$/,
  contentType: 'text/event-stream',
  read: (body: Body): Asked => ({
    model: body.model,
    stream: body.stream === true,
    tools: (body.tools ?? []).map((tool: Body) => tool.function?.name ?? tool.type),
    results: lastResults(body.messages),
  }),
  whole: (turn) => ({
    ...HEAD,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: turn.text ?? null,
          ...(turn.calls === undefined ? {} : { tool_calls: turn.calls.map(writeCall) }),
          refusal: null,
        },
        finish_reason: reasonOf(turn),
        logprobs: null,
      },
    ],
    usage: COUNTS,
  }),
  frames: (turn) => {
    const delta = (content: object): Buffer => sse(chunk([{ index: 0, delta: content, finish_reason: null }]));
    return [
      delta({ role: 'assistant', content: '' }),
      ...pieces(turn.text ?? '').map((content) => delta({ content })),
      ...(turn.calls ?? []).flatMap((call, index) => [
        delta({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] }),
        ...pieces(JSON.stringify(call.input)).map((part) => delta({ tool_calls: [{ index, function: { arguments: part } }] })),
      ]),
      sse(chunk([{ index: 0, delta: {}, finish_reason: reasonOf(turn) }])),
      sse({ ...chunk([]), usage: COUNTS }),
      sse('[DONE]'),
    ];
  },
};

function chunk(choices: readonly object[]): object {
  return { ...HEAD, object: 'chat.completion.chunk', choices };
}

function writeCall(call: NonNullable<Turn['calls']>[number]): object {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } };
}

function reasonOf(turn: Turn): string {
  return turn.calls === undefined ? 'stop' : 'tool_calls';
}

function lastResults(messages: Body[]): string[] {
  const last = messages.findLastIndex((message) => message.role === 'assistant');
  return messages
    .slice(last + 1)
    .filter((message) => message.role === 'tool')
    .map((message) => textIn(message.content));
}
