import type { Message, ToolCallPart } from '../model/request';
import { idGiver } from '../protocols/tool-ids';

type Part = Message['content'][number];

/** Turns of the assistant in a row, and what is said until it speaks again. */
interface Exchange {
  readonly calls: readonly Message[];
  readonly answers: readonly Message[];
}

/**
 * A conversation in which no two calls have the same id. Some servers number the calls of each answer from the start, or give all of one answer the same
 * id, and clients keep a call twice: what came of the second would be taken for what came of the first. Results belong to the calls of the turn before
 * them, in their order; a repeated call that nothing came of is left out.
 *
 * @param within what ids are to be told apart in
 */
export function withOwnIds(messages: readonly Message[], within: 'turn' | 'conversation'): readonly Message[] {
  const exchanges = exchangesOf(messages);
  if (!hasDoubles(exchanges, within)) return messages;
  const taken = new Set(exchanges.flatMap(({ calls }) => callsIn(calls)).map(({ id }) => id));
  const inAll = idGiver(new Set(), taken);
  return exchanges.flatMap(({ calls, answers }) => {
    const give = within === 'turn' ? idGiver(new Set(), taken) : inAll;
    const results = countedResults(answers);
    const names = new Map<string, string[]>();
    const named = calls.map((message) => withParts(message, (part) => nameCall(part, names, results, give)));
    const answered = new Map<string, number>();
    return [...named, ...answers.map((message) => withParts(message, (part) => nameResult(part, names, answered)))];
  });
}

function exchangesOf(messages: readonly Message[]): Exchange[] {
  const exchanges: { calls: Message[]; answers: Message[] }[] = [];
  for (const message of messages) {
    const last = exchanges.at(-1);
    if (message.role !== 'assistant') {
      if (last === undefined) exchanges.push({ calls: [], answers: [message] });
      else last.answers.push(message);
    } else if (last === undefined || last.answers.length > 0) exchanges.push({ calls: [message], answers: [] });
    else last.calls.push(message);
  }
  return exchanges;
}

function callsIn(messages: readonly Message[]): ToolCallPart[] {
  return messages.flatMap(({ content }) => (content as readonly Part[]).filter((part) => part.type === 'tool-call'));
}

function hasDoubles(exchanges: readonly Exchange[], within: 'turn' | 'conversation'): boolean {
  const seen = new Set<string>();
  return exchanges.some(({ calls }) => {
    if (within === 'turn') seen.clear();
    return callsIn(calls).some(({ id }) => seen.size === seen.add(id).size);
  });
}

function countedResults(messages: readonly Message[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const { content } of messages)
    for (const part of content) if (part.type === 'tool-result') counted.set(part.toolCallId, (counted.get(part.toolCallId) ?? 0) + 1);
  return counted;
}

function withParts(message: Message, change: (part: Part) => Part[]): Message {
  return { ...message, content: (message.content as readonly Part[]).flatMap(change) } as Message;
}

/** @param names of the calls of this turn, by the ids that they bore */
function nameCall(part: Part, names: Map<string, string[]>, results: ReadonlyMap<string, number>, give: (id: string) => string): Part[] {
  if (part.type !== 'tool-call') return [part];
  const own = names.get(part.id) ?? [];
  if (own.length > 0 && own.length >= (results.get(part.id) ?? 0)) return [];
  const id = give(part.id);
  own.push(id);
  names.set(part.id, own);
  return [id === part.id ? part : { ...part, id }];
}

function nameResult(part: Part, names: ReadonlyMap<string, readonly string[]>, answered: Map<string, number>): Part[] {
  if (part.type !== 'tool-result') return [part];
  const own = names.get(part.toolCallId) ?? [];
  const place = answered.get(part.toolCallId) ?? 0;
  answered.set(part.toolCallId, place + 1);
  const toolCallId = own[Math.min(place, own.length - 1)];
  return [toolCallId === undefined || toolCallId === part.toolCallId ? part : { ...part, toolCallId }];
}
