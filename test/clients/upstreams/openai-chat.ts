import { idOf } from './scripted-state';
import { type Asked, type Body, type NumberedCall, pieces, type SpokenTurn, sse, textIn, USAGE, type Wire } from './turn';

const HEAD = { id: 'chatcmpl-scripted', created: 1_790_000_000, model: 'scripted-chat' };
const COUNTS = { prompt_tokens: USAGE.input, completion_tokens: USAGE.output, total_tokens: USAGE.input + USAGE.output };

/** How a vendor's Chat Completions depart from OpenAI's. */
interface ChatStyle {
  readonly callId: (number: number) => string;
  /** Below the vendor's base URL. */
  readonly path?: RegExp;
  /** Where thinking stands: in a field of its own, or among the parts of the content. OpenAI shows none. */
  readonly thinking?: 'reasoning_content' | 'parts';
  readonly thinks?: (body: Body) => boolean;
  /** A call comes in one piece, in the chunk that ends the answer. */
  readonly wholeCalls?: true;
  /** Usage comes with the last chunk, asked for or not. */
  readonly usageUnasked?: true;
}

/** @see https://platform.openai.com/docs/api-reference/chat */
export const openAiChat = chatWire({ callId: (number) => `call_${idOf(number, 24)}` });

/** @see https://api-docs.deepseek.com/api/create-chat-completion */
export const deepSeekChat = chatWire({
  callId: (number) => `call_00_${idOf(number, 24)}`,
  path: /^\/(?:v1\/)?chat\/completions$/,
  thinking: 'reasoning_content',
  thinks: (body) => body.thinking?.type !== 'disabled',
  usageUnasked: true,
});

/** @see https://docs.mistral.ai/api/endpoint/chat */
export const mistralChat = chatWire({
  callId: (number) => idOf(number, 9),
  thinking: 'parts',
  thinks: (body) => body.reasoning_effort === 'high' || /^magistral-/.test(body.model),
  wholeCalls: true,
  usageUnasked: true,
});

function chatWire(style: ChatStyle): Wire {
  return {
    name: 'openai-chat',
    path: style.path ?? /^\/v1\/chat\/completions$/,
    contentType: 'text/event-stream',
    callId: style.callId,
    read: (body: Body): Asked => ({
      model: body.model,
      stream: body.stream === true,
      tools: (body.tools ?? []).map((tool: Body) => tool.function?.name ?? tool.custom?.name ?? tool.type),
      results: lastResults(body.messages),
      thinks: style.thinks?.(body) ?? false,
    }),
    whole: (turn) => ({ ...HEAD, object: 'chat.completion', choices: [choiceOf(turn, style)], usage: COUNTS }),
    frames: (turn) => framesOf(turn, style),
  };
}

function choiceOf(turn: SpokenTurn, { thinking }: ChatStyle): object {
  const thought = turn.thinking === undefined || thinking === undefined ? undefined : turn.thinking;
  const content =
    thinking === 'parts' && thought !== undefined ? [thinkingPart(thought), { type: 'text', text: turn.text ?? '' }] : turn.text;
  return {
    index: 0,
    message: {
      role: 'assistant',
      content: content ?? null,
      ...(thinking === 'reasoning_content' && thought !== undefined ? { reasoning_content: thought } : {}),
      ...(turn.calls === undefined ? {} : { tool_calls: turn.calls.map(writeCall) }),
      ...(thinking === undefined ? { refusal: null } : {}),
    },
    finish_reason: reasonOf(turn),
    ...(thinking === undefined ? { logprobs: null } : {}),
  };
}

function framesOf(turn: SpokenTurn, style: ChatStyle): Buffer[] {
  const delta = (content: object, reason: string | null = null): Buffer =>
    sse(chunk([{ index: 0, delta: content, finish_reason: reason }]));
  const calls = turn.calls ?? [];
  const ends = style.wholeCalls === true && calls.length > 0;
  const thoughts = style.thinking === undefined ? [] : pieces(turn.thinking ?? '');
  return [
    delta({ role: 'assistant', content: '' }),
    ...thoughts.map((text) =>
      delta(style.thinking === 'parts' ? { content: [thinkingPart(text)] } : { content: null, reasoning_content: text }),
    ),
    ...pieces(turn.text ?? '').map((content) => delta({ content })),
    ...(ends
      ? [delta({ content: '', tool_calls: calls.map((call, index) => ({ ...writeCall(call), index })) }, 'tool_calls')]
      : calls.flatMap((call, index) => [
          delta({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] }),
          ...pieces(JSON.stringify(call.input)).map((part) => delta({ tool_calls: [{ index, function: { arguments: part } }] })),
        ])),
    ...lastFrames(reasonOf(turn), style, ends),
    sse('[DONE]'),
  ];
}

/** @param ended the chunk before said already why the answer ends */
function lastFrames(reason: string, { usageUnasked }: ChatStyle, ended: boolean): Buffer[] {
  const choice = { index: 0, delta: { content: '' }, finish_reason: reason };
  if (usageUnasked === true) return [sse({ ...chunk(ended ? [] : [choice]), usage: COUNTS })];
  return [sse(chunk([{ ...choice, delta: {} }])), sse({ ...chunk([]), usage: COUNTS })];
}

function thinkingPart(text: string): object {
  return { type: 'thinking', thinking: [{ type: 'text', text }] };
}

function chunk(choices: readonly object[]): object {
  return { ...HEAD, object: 'chat.completion.chunk', choices };
}

function writeCall(call: NumberedCall): object {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } };
}

function reasonOf(turn: SpokenTurn): string {
  return turn.calls === undefined ? 'stop' : 'tool_calls';
}

/** Of the last turn that called tools: some vendors want words of the assistant between results and what comes next. */
function lastResults(messages: Body[]): string[] {
  const last = messages.findLastIndex((message) => message.tool_calls !== undefined);
  return messages
    .slice(last + 1)
    .filter((message) => message.role === 'tool')
    .map((message) => textIn(message.content));
}
