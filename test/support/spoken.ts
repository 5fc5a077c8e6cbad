import type { JsonObject } from '../../lambda/platform/json/value';
import { anthropicMessages } from '../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../lambda/wire/dialects/openai-responses';
import { answerOf } from '../../lambda/wire/model';
import type { ModelResponse, StreamEvent } from '../../lambda/wire/model/response';
import type { Dialect } from '../../lambda/wire/protocols/protocol';
import { CONTEXT } from './answer-grid';
import { eventMessage } from './event-message';
import type { Fixture } from './fixtures';
import { chunk, jsonReply, lastChunk, type Step, streamHead } from './upstream';

/** What a model says, each in the pieces in which it comes. */
export interface Said {
  readonly reasoning?: readonly string[];
  readonly text?: readonly string[];
  /** What a tool `send` is called with: a JSON text. */
  readonly args?: readonly string[];
}

export type WireFormat = Fixture['wireFormat'];
export const WIRE_FORMATS: readonly WireFormat[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'bedrock-converse',
  'gemini',
  'cohere-v2',
];

/** An answer as a provider of the wire format gives it. */
export function spoken(wireFormat: WireFormat, said: Said, stream: boolean): Step[] {
  if (!stream) return jsonReply(WHOLE[wireFormat](said));
  if (wireFormat !== 'bedrock-converse') {
    return [streamHead(), ...STREAMS[wireFormat](said).map((text) => chunk(text)), lastChunk];
  }
  const head = streamHead({ 'content-type': 'application/vnd.amazon.eventstream' });
  return [head, ...converseStream(said).map(([event, payload]) => chunk(eventMessage(event, payload))), lastChunk];
}

function events({ reasoning, text, args }: Said): StreamEvent[] {
  let block = -1;
  const told: StreamEvent[] = [{ type: 'start', id: 'a1', model: 'm' }];
  const add = (kind: 'reasoning' | 'text', pieces: readonly string[] | undefined): void => {
    if (pieces === undefined) return;
    block += 1;
    const place = { choice: 0, block };
    told.push(
      { type: `${kind}-start`, ...place },
      ...pieces.map((piece): StreamEvent => ({ type: `${kind}-delta`, ...place, text: piece })),
    );
    told.push({ type: `${kind}-end`, ...place });
  };
  add('reasoning', reasoning);
  add('text', text);
  if (args !== undefined) {
    block += 1;
    const place = { choice: 0, block };
    told.push({ type: 'tool-call-start', ...place, id: 'call_1', name: 'send' });
    told.push(...args.map((piece): StreamEvent => ({ type: 'tool-call-delta', ...place, text: piece })));
    told.push({ type: 'tool-call-end', ...place });
  }
  told.push({ type: 'finish', choice: 0, reason: { unified: args === undefined ? 'stop' : 'tool-calls' } });
  told.push({ type: 'usage', usage: { inputTokens: 9, outputTokens: 4 } }, { type: 'end' });
  return told;
}

function ofDialect(dialect: Dialect) {
  return {
    whole: (said: Said): JsonObject => {
      const empty: ModelResponse = {
        id: 'a1',
        model: 'm',
        choices: [{ content: [], finishReason: { unified: 'stop' } }],
        usage: { inputTokens: 9, outputTokens: 4 },
      };
      return dialect.encodeResponse(answerOf(empty, [], events(said)), CONTEXT);
    },
    stream: (said: Said): string[] => {
      const encoder = dialect.streamEncoder(CONTEXT);
      return events(said)
        .map((event) => encoder.encode(event))
        .filter((text) => text !== '');
    },
  };
}

const CHAT = ofDialect(openAiChat);
const RESPONSES = ofDialect(openAiResponses);
const MESSAGES = ofDialect(anthropicMessages);
const joined = (pieces: readonly string[] | undefined): string => (pieces ?? []).join('');
const sse = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

const WHOLE: Readonly<Record<WireFormat, (said: Said) => JsonObject>> = {
  'openai-chat': CHAT.whole,
  'openai-responses': RESPONSES.whole,
  'anthropic-messages': MESSAGES.whole,
  'bedrock-converse': ({ reasoning, text, args }) => ({
    output: {
      message: {
        role: 'assistant',
        content: [
          ...(reasoning === undefined ? [] : [{ reasoningContent: { reasoningText: { text: joined(reasoning) } } }]),
          ...(text === undefined ? [] : [{ text: joined(text) }]),
          ...(args === undefined
            ? []
            : [{ toolUse: { toolUseId: 'call_1', name: 'send', input: JSON.parse(joined(args)) as JsonObject } }]),
        ],
      },
    },
    stopReason: args === undefined ? 'end_turn' : 'tool_use',
    usage: { inputTokens: 9, outputTokens: 4, totalTokens: 13 },
  }),
  gemini: (said) => geminiChunk(geminiParts(said), said.args === undefined ? 'STOP' : 'STOP'),
  'cohere-v2': ({ reasoning, text, args }) => ({
    id: 'a1',
    finish_reason: args === undefined ? 'COMPLETE' : 'TOOL_CALL',
    message: {
      role: 'assistant',
      content: [
        ...(reasoning === undefined ? [] : [{ type: 'thinking', thinking: joined(reasoning) }]),
        ...(text === undefined ? [] : [{ type: 'text', text: joined(text) }]),
      ],
      ...(args === undefined
        ? {}
        : { tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'send', arguments: joined(args) } }] }),
    },
    usage: { tokens: { input_tokens: 9, output_tokens: 4 } },
  }),
};

const STREAMS: Readonly<Record<Exclude<WireFormat, 'bedrock-converse'>, (said: Said) => string[]>> = {
  'openai-chat': CHAT.stream,
  'openai-responses': RESPONSES.stream,
  'anthropic-messages': MESSAGES.stream,
  gemini: ({ reasoning = [], text = [], args }) => [
    ...reasoning.map((piece) => sse(geminiChunk([{ text: piece, thought: true }]))),
    ...text.map((piece) => sse(geminiChunk([{ text: piece }]))),
    sse(geminiChunk(geminiParts(args === undefined ? {} : { args }), 'STOP')),
  ],
  'cohere-v2': cohereStream,
};

function geminiParts({ reasoning, text, args }: Said): JsonObject[] {
  return [
    ...(reasoning === undefined ? [] : [{ text: joined(reasoning), thought: true }]),
    ...(text === undefined ? [] : [{ text: joined(text) }]),
    ...(args === undefined ? [] : [{ functionCall: { name: 'send', args: JSON.parse(joined(args)) as JsonObject } }]),
  ];
}

function geminiChunk(parts: JsonObject[], finishReason?: string): JsonObject {
  return {
    candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) }],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4, totalTokenCount: 13 },
    modelVersion: 'm',
  };
}

function cohereStream({ reasoning, text, args }: Said): string[] {
  let index = -1;
  const block = (kind: 'thinking' | 'text', pieces: readonly string[] | undefined): string[] => {
    if (pieces === undefined) return [];
    index += 1;
    return [
      sse({ type: 'content-start', index, delta: { message: { content: { type: kind, [kind]: '' } } } }),
      ...pieces.map((piece) => sse({ type: 'content-delta', index, delta: { message: { content: { [kind]: piece } } } })),
      sse({ type: 'content-end', index }),
    ];
  };
  const call = (pieces: readonly string[]): string[] => [
    sse({
      type: 'tool-call-start',
      index: 0,
      delta: { message: { tool_calls: { id: 'call_1', type: 'function', function: { name: 'send', arguments: '' } } } },
    }),
    ...pieces.map((piece) =>
      sse({ type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: { function: { arguments: piece } } } } }),
    ),
    sse({ type: 'tool-call-end', index: 0 }),
  ];
  return [
    sse({ type: 'message-start', id: 'a1', delta: { message: { role: 'assistant' } } }),
    ...block('thinking', reasoning),
    ...block('text', text),
    ...(args === undefined ? [] : call(args)),
    sse({
      type: 'message-end',
      delta: { finish_reason: args === undefined ? 'COMPLETE' : 'TOOL_CALL', usage: { tokens: { input_tokens: 9, output_tokens: 4 } } },
    }),
  ];
}

function converseStream({ reasoning, text, args }: Said): (readonly [string, object])[] {
  let index = -1;
  const told: (readonly [string, object])[] = [['messageStart', { role: 'assistant' }]];
  const add = (pieces: readonly string[] | undefined, deltaOf: (piece: string) => object, start?: object): void => {
    if (pieces === undefined) return;
    index += 1;
    if (start !== undefined) told.push(['contentBlockStart', { contentBlockIndex: index, start }]);
    for (const piece of pieces) told.push(['contentBlockDelta', { contentBlockIndex: index, delta: deltaOf(piece) }]);
    told.push(['contentBlockStop', { contentBlockIndex: index }]);
  };
  add(reasoning, (piece) => ({ reasoningContent: { text: piece } }));
  add(text, (piece) => ({ text: piece }));
  add(args, (input) => ({ toolUse: { input } }), { toolUse: { toolUseId: 'call_1', name: 'send' } });
  told.push(['messageStop', { stopReason: args === undefined ? 'end_turn' : 'tool_use' }]);
  told.push(['metadata', { usage: { inputTokens: 9, outputTokens: 4, totalTokens: 13 } }]);
  return told;
}
