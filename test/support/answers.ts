import { createParser } from 'eventsource-parser';
import type { JsonObject, JsonValue } from '../../lambda/platform/json/value';
import type { DialectName } from '../../lambda/wire/dialects';

/** An answer as a caller of some dialect reads it, by readers that share no code with the codecs. */
export interface CallerAnswer {
  readonly text: string;
  /** Told apart from text by OpenAI's dialects. */
  readonly refusal: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { id: string; name: string; args: string }[];
  readonly finish: string | undefined;
  readonly usage: JsonObject | undefined;
  /** Terminal events seen: `[DONE]`, `message_stop`, or an error. */
  readonly terminals: readonly string[];
  /** The error that ended a stream. */
  readonly error: JsonObject | undefined;
}

/** Events of an SSE text, by an independent parser. */
export function sseEvents(text: string): { event: string; data: string }[] {
  const events: { event: string; data: string }[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ event: event ?? 'message', data }) });
  parser.feed(text);
  return events;
}

export function readAnswer(dialect: string, body: JsonObject): CallerAnswer {
  return { 'openai-chat': readChat, 'openai-responses': readResponse, 'anthropic-messages': readMessages }[dialect as DialectName](body);
}

/** Throws when the stream breaks its family's rules. */
export function readStream(dialect: string, text: string): CallerAnswer {
  return { 'openai-chat': readChatStream, 'openai-responses': readResponseStream, 'anthropic-messages': readMessagesStream }[
    dialect as DialectName
  ](text);
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return (value ?? []) as JsonObject[];
}

function readChat(body: JsonObject): CallerAnswer {
  const choice = objects(body['choices'])[0] as JsonObject;
  const message = choice['message'] as JsonObject;
  return {
    text: (message['content'] as string | null) ?? '',
    refusal: (message['refusal'] as string | null | undefined) ?? '',
    reasoning: (message['reasoning_content'] as string | undefined) ?? '',
    toolCalls: objects(message['tool_calls']).map((call) => {
      const called = (call['function'] ?? call['custom']) as JsonObject;
      return { id: call['id'] as string, name: called['name'] as string, args: (called['arguments'] ?? called['input']) as string };
    }),
    finish: choice['finish_reason'] as string,
    usage: body['usage'] as JsonObject | undefined,
    terminals: [],
    error: undefined,
  };
}

function readChatStream(text: string): CallerAnswer {
  const calls: { id: string; name: string; args: string }[] = [];
  const terminals: string[] = [];
  let [said, refusal, reasoning] = ['', '', ''];
  let finish: string | undefined;
  let usage: JsonObject | undefined;
  let error: JsonObject | undefined;
  for (const { data } of sseEvents(text)) {
    if (terminals.length > 0) throw new Error(`something follows the terminal event: ${data}`);
    if (data === '[DONE]') {
      terminals.push('[DONE]');
      continue;
    }
    const chunk = JSON.parse(data) as JsonObject;
    if (chunk['error'] !== undefined) {
      terminals.push('error');
      error = chunk['error'] as JsonObject;
      continue;
    }
    if (chunk['object'] !== 'chat.completion.chunk') throw new Error(`not a chunk: ${data}`);
    usage = (chunk['usage'] as JsonObject | null | undefined) ?? usage;
    for (const choice of objects(chunk['choices'])) {
      if (choice['index'] !== 0) continue;
      if (finish !== undefined) throw new Error('a chunk follows the finish reason');
      const delta = choice['delta'] as JsonObject;
      said += (delta['content'] as string | undefined) ?? '';
      refusal += (delta['refusal'] as string | null | undefined) ?? '';
      reasoning += (delta['reasoning_content'] as string | undefined) ?? '';
      for (const part of objects(delta['tool_calls'])) {
        const index = part['index'] as number;
        const called = (part['function'] ?? part['custom'] ?? {}) as JsonObject;
        if (index > calls.length) throw new Error('a tool call is numbered with a gap');
        if (index === calls.length) calls.push({ id: part['id'] as string, name: called['name'] as string, args: '' });
        (calls[index] as { args: string }).args += ((called['arguments'] ?? called['input']) as string | undefined) ?? '';
      }
      finish = (choice['finish_reason'] as string | null) ?? undefined;
    }
  }
  return { text: said, refusal, reasoning, toolCalls: calls, finish, usage, terminals, error };
}

function readMessages(body: JsonObject): CallerAnswer {
  const content = objects(body['content']);
  const join = (type: string, field: string) => content.map((block) => (block['type'] === type ? (block[field] as string) : '')).join('');
  return {
    text: join('text', 'text'),
    refusal: '',
    reasoning: join('thinking', 'thinking'),
    toolCalls: content
      .filter((block) => block['type'] === 'tool_use')
      .map((block) => ({ id: block['id'] as string, name: block['name'] as string, args: JSON.stringify(block['input']) })),
    finish: body['stop_reason'] as string,
    usage: body['usage'] as JsonObject,
    terminals: [],
    error: undefined,
  };
}

function readMessagesStream(text: string): CallerAnswer {
  const blocks: { block: JsonObject; text: string; open: boolean }[] = [];
  const terminals: string[] = [];
  let started = false;
  let finish: string | undefined;
  let usage: JsonObject = {};
  let error: JsonObject | undefined;
  for (const { event, data } of sseEvents(text)) {
    const parsed = JSON.parse(data) as JsonObject;
    if (parsed['type'] !== event) throw new Error(`the event is named ${event} and says ${data}`);
    if (terminals.length > 0) throw new Error(`something follows the terminal event: ${data}`);
    if (!started && !['message_start', 'error', 'ping'].includes(event)) throw new Error(`${event} precedes message_start`);
    const current = blocks.at(-1);
    switch (event) {
      case 'message_start':
        if (started) throw new Error('message_start comes twice');
        started = true;
        usage = (parsed['message'] as JsonObject)['usage'] as JsonObject;
        break;
      case 'content_block_start':
        if (current?.open === true || parsed['index'] !== blocks.length) throw new Error(`blocks overlap: ${data}`);
        blocks.push({ block: parsed['content_block'] as JsonObject, text: '', open: true });
        break;
      case 'content_block_delta': {
        if (current?.open !== true || parsed['index'] !== blocks.length - 1) throw new Error(`no such block: ${data}`);
        const delta = parsed['delta'] as JsonObject;
        current.text += (delta['text'] ?? delta['thinking'] ?? delta['partial_json'] ?? '') as string;
        break;
      }
      case 'content_block_stop':
        if (current?.open !== true) throw new Error('no block is open');
        current.open = false;
        break;
      case 'message_delta':
        if (current?.open === true) throw new Error('a block is still open');
        finish = (parsed['delta'] as JsonObject)['stop_reason'] as string;
        usage = { ...usage, ...(parsed['usage'] as JsonObject) };
        break;
      case 'error':
        error = parsed['error'] as JsonObject;
        terminals.push('error');
        break;
      case 'message_stop':
        terminals.push('message_stop');
        break;
    }
  }
  const join = (type: string) => blocks.map(({ block, text: said }) => (block['type'] === type ? said : '')).join('');
  return {
    text: join('text'),
    refusal: '',
    reasoning: join('thinking'),
    toolCalls: blocks
      .filter(({ block }) => block['type'] === 'tool_use')
      .map(({ block, text: args }) => ({ id: block['id'] as string, name: block['name'] as string, args })),
    finish,
    usage,
    terminals,
    error,
  };
}

function readResponse(body: JsonObject): CallerAnswer {
  const output = objects(body['output']);
  const content = output.filter((item) => item['type'] === 'message').flatMap((item) => objects(item['content']));
  const summaries = output.filter((item) => item['type'] === 'reasoning').flatMap((item) => objects(item['summary']));
  const incomplete = body['incomplete_details'] as JsonObject | null;
  return {
    text: content.map((part) => (part['text'] as string | undefined) ?? '').join(''),
    refusal: content.map((part) => (part['refusal'] as string | undefined) ?? '').join(''),
    reasoning: summaries.map((part) => part['text'] as string).join(''),
    toolCalls: output
      .filter((item) => item['type'] === 'function_call' || item['type'] === 'custom_tool_call')
      .map((item) => ({
        id: item['call_id'] as string,
        name: item['name'] as string,
        args: (item['arguments'] ?? item['input']) as string,
      })),
    finish: (incomplete?.['reason'] as string | undefined) ?? (body['status'] as string),
    usage: (body['usage'] as JsonObject | null) ?? undefined,
    terminals: [],
    error: undefined,
  };
}

/** Deltas, `done` events and the final response must tell the same story. */
function readResponseStream(text: string): CallerAnswer {
  const said = new Map<number, string>();
  const done: JsonObject[] = [];
  const terminals: string[] = [];
  let answer: CallerAnswer | undefined;
  let error: JsonObject | undefined;
  let open: number | undefined;
  for (const [position, { event, data }] of sseEvents(text).entries()) {
    const parsed = JSON.parse(data) as JsonObject;
    const index = parsed['output_index'] as number;
    if (parsed['type'] !== event) throw new Error(`the event is named ${event} and says ${data}`);
    if (terminals.length > 0) throw new Error(`something follows the terminal event: ${data}`);
    if (parsed['sequence_number'] !== position) throw new Error(`event ${position} is numbered ${String(parsed['sequence_number'])}`);
    if (position === 0 && event !== 'response.created') throw new Error(`${event} precedes response.created`);
    if (event === 'response.output_item.added') {
      if (open !== undefined || index !== done.length) throw new Error(`items overlap: ${data}`);
      open = index;
    } else if (event.endsWith('.delta')) {
      if (index !== open) throw new Error(`no such item is open: ${data}`);
      said.set(index, (said.get(index) ?? '') + (parsed['delta'] as string));
    } else if (event === 'response.output_item.done') {
      if (index !== open) throw new Error(`no such item is open: ${data}`);
      open = undefined;
      done.push(parsed['item'] as JsonObject);
    } else if (event === 'response.failed') {
      error = (parsed['response'] as JsonObject)['error'] as JsonObject;
      terminals.push('error');
    } else if (event === 'error') {
      error = parsed;
      terminals.push('error');
    } else if (event === 'response.completed' || event === 'response.incomplete') {
      if (open !== undefined) throw new Error('an item is still open');
      const response = parsed['response'] as JsonObject;
      if (JSON.stringify(response['output']) !== JSON.stringify(done))
        throw new Error('the final response has other items than the stream');
      answer = readResponse(response);
      terminals.push(event);
    }
  }
  for (const [index, item] of done.entries()) {
    const whole = readResponse({ output: [item], status: 'completed' });
    const told = whole.text + whole.refusal + whole.reasoning + whole.toolCalls.map(({ args }) => args).join('');
    if (told !== (said.get(index) ?? '')) throw new Error(`item ${index} says "${told}", its deltas "${said.get(index) ?? ''}"`);
  }
  const nothing = { text: '', refusal: '', reasoning: '', toolCalls: [], finish: undefined, usage: undefined };
  return { ...(answer ?? nothing), terminals, error };
}
