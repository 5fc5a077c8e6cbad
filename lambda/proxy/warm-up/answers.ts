import { encodeEventStreamMessage } from '../../wire/framing';

/** An answer as a provider would give it. */
export interface StandInAnswer {
  readonly type: string;
  readonly body: Buffer;
}

const TEXT = 'Good morning to you.';
const CHAT_USAGE = { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 };
const MESSAGES_USAGE = { input_tokens: 12, output_tokens: 6 };
const CONVERSE_USAGE = { inputTokens: 12, outputTokens: 6, totalTokens: 18 };
const GEMINI_USAGE = { promptTokenCount: 12, candidatesTokenCount: 6, totalTokenCount: 18 };

/**
 * What the provider of a path answers to a short greeting, in its wire format.
 *
 * @param path as the call is addressed
 */
export function answerOf(path: string, stream: boolean): StandInAnswer {
  if (path.endsWith('/converse'))
    return json({ output: { message: turn([{ text: TEXT }]) }, stopReason: 'end_turn', usage: CONVERSE_USAGE });
  if (path.endsWith('/converse-stream')) return converseStream();
  if (path.includes(':generateContent')) return json(geminiAnswer(TEXT, 'STOP'));
  if (path.includes(':streamGenerateContent')) return sse([geminiAnswer('Good morning', undefined), geminiAnswer(' to you.', 'STOP')]);
  if (path.endsWith('/responses')) return stream ? responsesStream() : json(response('completed'));
  if (path.includes('/messages') || path.includes('awPredict'))
    return stream ? messagesStream() : json(message([{ type: 'text', text: TEXT }]));
  if (path.endsWith('/v2/chat'))
    return stream ? cohereStream() : json({ id: 'a', message: turn([{ type: 'text', text: TEXT }]), finish_reason: 'COMPLETE' });
  return stream ? chatStream() : json(chat({ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }));
}

function chat(choice: object, rest: object = { usage: CHAT_USAGE }): object {
  return { id: 'a', object: 'chat.completion', created: 1, model: 'm', choices: [choice], ...rest };
}

function chatStream(): StandInAnswer {
  const delta = (content: string, finish: string | null) => chat({ index: 0, delta: { content }, finish_reason: finish }, {});
  const start = chat({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }, {});
  return sse(
    [start, delta('Good morning', null), delta(' to', null), delta(' you.', null), delta('', 'stop'), { ...chat({}), choices: [] }],
    '[DONE]',
  );
}

function message(content: readonly object[]): object {
  return {
    id: 'a',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: MESSAGES_USAGE,
  };
}

function messagesStream(): StandInAnswer {
  const delta = (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
  return named([
    { type: 'message_start', message: message([]) },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    delta('Good morning'),
    delta(' to'),
    delta(' you.'),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: MESSAGES_USAGE },
    { type: 'message_stop' },
  ]);
}

function response(status: string): object {
  const content = [{ type: 'output_text', text: TEXT, annotations: [] }];
  const output = [{ id: 'i', type: 'message', status, role: 'assistant', content }];
  return { id: 'r', object: 'response', created_at: 1, status, model: 'm', output, usage: { ...MESSAGES_USAGE, total_tokens: 18 } };
}

function responsesStream(): StandInAnswer {
  const at = { item_id: 'i', output_index: 0, content_index: 0 };
  const delta = (text: string) => ({ type: 'response.output_text.delta', ...at, delta: text });
  const item = { id: 'i', type: 'message', status: 'in_progress', role: 'assistant', content: [] };
  return named([
    { type: 'response.created', response: { ...response('in_progress'), output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part: { type: 'output_text', text: '', annotations: [] } },
    delta('Good morning'),
    delta(' to'),
    delta(' you.'),
    { type: 'response.output_text.done', ...at, text: TEXT },
    { type: 'response.output_item.done', output_index: 0, item: { ...item, status: 'completed' } },
    { type: 'response.completed', response: response('completed') },
  ]);
}

function cohereStream(): StandInAnswer {
  const delta = (text: string) => ({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } });
  return named([
    { type: 'message-start', id: 'a', delta: { message: { role: 'assistant' } } },
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
    delta('Good morning'),
    delta(' to you.'),
    { type: 'content-end', index: 0 },
    { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage: { tokens: MESSAGES_USAGE } } },
  ]);
}

function geminiAnswer(text: string, finishReason: string | undefined): object {
  const candidate = { content: { role: 'model', parts: [{ text }] }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) };
  return { candidates: [candidate], usageMetadata: GEMINI_USAGE, modelVersion: 'm', responseId: 'a' };
}

function converseStream(): StandInAnswer {
  const delta = (text: string): [string, object] => ['contentBlockDelta', { contentBlockIndex: 0, delta: { text } }];
  const events: [string, object][] = [
    ['messageStart', { role: 'assistant' }],
    delta('Good morning'),
    delta(' to'),
    delta(' you.'),
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'end_turn' }],
    ['metadata', { usage: CONVERSE_USAGE }],
  ];
  const frames = events.map(([type, payload]) =>
    encodeEventStreamMessage({ ':event-type': type, ':message-type': 'event', ':content-type': 'application/json' }, bytes(payload)),
  );
  return { type: 'application/vnd.amazon.eventstream', body: Buffer.concat(frames) };
}

function turn(content: readonly object[]): object {
  return { role: 'assistant', content };
}

function json(value: object): StandInAnswer {
  return { type: 'application/json', body: bytes(value) };
}

function sse(events: readonly object[], end?: string): StandInAnswer {
  const texts = [...events.map((event) => JSON.stringify(event)), ...(end === undefined ? [] : [end])];
  return { type: 'text/event-stream', body: Buffer.from(texts.map((text) => `data: ${text}\n\n`).join('')) };
}

/** Events that are named by their type. */
function named(events: readonly ({ readonly type: string } & Readonly<Record<string, unknown>>)[]): StandInAnswer {
  const texts = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return { type: 'text/event-stream', body: Buffer.from(texts.join('')) };
}

function bytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
