import type { Message, ToolResultPart } from '../model/request';

type Part = Message['content'][number];

/** Says before a result what an API has no field for. */
export const TOOL_FAILED = 'The tool failed:';

/**
 * Results of tools directly behind the turn that called them, before whatever else was said meanwhile, and turns of the assistant in a row as one.
 * Some APIs look results up by their ids wherever they stand; others refuse a conversation in which anything is between.
 *
 * @returns the given list itself when it has that order
 */
export function withResultsAfterCalls(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(({ content }) => content.some(isResult))) return messages;
  const ordered: Message[] = [];
  let changed = false;
  for (let index = 0; index < messages.length; ) {
    const turn = assistantTurn(messages, index);
    ordered.push(turn.message);
    index += turn.count;
    changed ||= turn.count > 1;
    if (!turn.message.content.some(isCall)) continue;
    const end = nextAssistant(messages, index);
    const between = messages.slice(index, end);
    const sorted = isInOrder(between) ? between : resultsFirst(between);
    changed ||= sorted !== between;
    ordered.push(...sorted);
    index = end;
  }
  return changed ? ordered : messages;
}

/** A message, and those of the assistant that go on with it: what follows a call before its result belongs to the same turn. */
function assistantTurn(messages: readonly Message[], start: number): { readonly message: Message; readonly count: number } {
  const first = messages[start] as Message;
  if (first.role !== 'assistant' || !first.content.some(isCall)) return { message: first, count: 1 };
  const content: Part[] = [...first.content];
  let count = 1;
  for (let next = messages[start + count]; next?.role === 'assistant'; next = messages[start + count]) {
    content.push(...next.content);
    count += 1;
  }
  return { message: count === 1 ? first : ({ ...first, content } as Message), count };
}

function nextAssistant(messages: readonly Message[], start: number): number {
  let next = start;
  while (next < messages.length && messages[next]?.role !== 'assistant') next += 1;
  return next;
}

/** Nothing stands before a result but results, and pictures of one do not come between it and the next. */
function isInOrder(between: readonly Message[]): boolean {
  const withResults = between.filter(({ content }) => content.some(isResult));
  const last = between.findLastIndex(({ content }) => content.some(isResult));
  if (last + 1 !== withResults.length) return false;
  const parts: Part[] = withResults.flatMap(({ content }) => content as readonly Part[]);
  if (parts.findLastIndex(isResult) + 1 !== parts.filter(isResult).length) return false;
  return withResults.length === 1 || !parts.some((part) => isResult(part) && part.content.some(({ type }) => type !== 'text'));
}

function resultsFirst(between: readonly Message[]): readonly Message[] {
  const results = between.flatMap(({ content }) => (content as readonly Part[]).filter(isResult));
  if (results.length === 0) return between;
  const others = between.flatMap((message): Message[] => {
    const content = (message.content as readonly Part[]).filter((part) => !isResult(part));
    if (content.length === 0 && message.content.length > 0) return [];
    return [content.length === message.content.length ? message : ({ ...message, content } as Message)];
  });
  return [{ role: 'tool', content: results }, ...others];
}

function isCall({ type }: Part): boolean {
  return type === 'tool-call';
}

function isResult(part: Part): part is ToolResultPart {
  return part.type === 'tool-result';
}
