import type { Message, TextPart, ToolCallPart, ToolResultPart } from '../model/request';

type Part = Message['content'][number];

/** What the assistant called, and the place behind it. */
interface Turn {
  readonly start: number;
  readonly calls: readonly ToolCallPart[];
  /** Ids of calls that have no result yet, and of those that have one. */
  readonly open: Set<string>;
  readonly answered: Set<string>;
}

/** Where a result that comes late belongs, by the call's id. */
type Late = Map<string, { readonly results: ToolResultPart[]; readonly at: number }>;

/** In the place of what a tool never gave. */
const NO_RESULT: TextPart = { type: 'text', text: 'There is no result of this call.' };
/** Before what a tool gave to a call that is not there. */
const RESULT: TextPart = { type: 'text', text: 'The result of a tool:' };

/**
 * A conversation in which every call has a result and every result a call, in the turn behind it: histories are cut short, calls are broken
 * off, and every API refuses one without the other. A result of long ago goes to its call, one of no call is what the user says.
 *
 * @param messages with results directly behind their calls where both are of one turn
 * @returns the given list itself when all are paired
 */
export function withPairedResults(messages: readonly Message[]): readonly Message[] {
  if (isPaired(messages)) return messages;
  const paired: Message[] = [];
  const late: Late = new Map();
  let turn = turnOf([], 0);
  for (const message of messages) {
    if (message.role === 'assistant') {
      answerAll(turn, paired, late);
      paired.push(message);
      turn = turnOf(message.content, paired.length);
      continue;
    }
    const results: ToolResultPart[] = [];
    const others: Part[] = [];
    for (const part of message.content as readonly Part[]) {
      if (!isResult(part)) others.push(part);
      else if (answers(part, turn)) results.push(part);
      else if (!answersLate(part, late)) others.push(RESULT, ...part.content);
    }
    if (results.length === message.content.length) paired.push(message);
    else if (message.role === 'tool') paired.push(...results.map(asTool), ...(others.length === 0 ? [] : [asUser(others)]));
    else if (results.length + others.length > 0) paired.push({ ...message, content: [...results, ...others] } as Message);
  }
  answerAll(turn, paired, late);
  return paired;
}

function turnOf(content: readonly Part[], start: number): Turn {
  const calls = content.filter(isCall);
  return { start, calls, open: new Set(calls.map(({ id }) => id)), answered: new Set() };
}

/** Puts into `paired` what stands for results that never came, in the order of the calls. */
function answerAll({ start, calls, open }: Turn, paired: Message[], late: Late): void {
  if (open.size === 0) return;
  let end = start;
  while (paired[end]?.role === 'tool') end += 1;
  const given = new Map<string, ToolResultPart[]>();
  for (const part of paired.slice(start, end).flatMap(({ content }) => (content as readonly Part[]).filter(isResult))) {
    const own = given.get(part.toolCallId);
    if (own === undefined) given.set(part.toolCallId, [part]);
    else own.push(part);
  }
  const results: ToolResultPart[] = [];
  for (const call of calls) {
    if (open.delete(call.id)) late.set(call.id, { results, at: results.push(noResult(call)) - 1 });
    else results.push(...(given.get(call.id) ?? []));
    given.delete(call.id);
  }
  paired.splice(start, end - start, { role: 'tool', content: results });
}

function isPaired(messages: readonly Message[]): boolean {
  const open = new Set<string>();
  let answered = new Set<string>();
  for (const { role, content } of messages) {
    if (role === 'assistant') {
      if (open.size > 0) return false;
      answered = new Set();
    }
    for (const part of content) {
      if (isCall(part)) open.add(part.id);
      else if (isResult(part)) {
        if (!open.delete(part.toolCallId) && !answered.has(part.toolCallId)) return false;
        answered.add(part.toolCallId);
      }
    }
  }
  return open.size === 0;
}

function noResult({ id, name }: ToolCallPart): ToolResultPart {
  return { type: 'tool-result', toolCallId: id, toolName: name, content: [NO_RESULT] };
}

/** Of two results of one call the later counts, which is for others to say. */
function answers({ toolCallId }: ToolResultPart, { open, answered }: Turn): boolean {
  if (open.delete(toolCallId)) answered.add(toolCallId);
  return answered.has(toolCallId);
}

function answersLate(part: ToolResultPart, late: Late): boolean {
  const place = late.get(part.toolCallId);
  if (place !== undefined) place.results[place.at] = part;
  return late.delete(part.toolCallId);
}

function asTool(result: ToolResultPart): Message {
  return { role: 'tool', content: [result] };
}

function asUser(content: readonly Part[]): Message {
  return { role: 'user', content } as Message;
}

function isCall(part: Part): part is ToolCallPart {
  return part.type === 'tool-call';
}

function isResult(part: Part): part is ToolResultPart {
  return part.type === 'tool-result';
}
