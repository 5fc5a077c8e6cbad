import type { CachePoint, Message, ModelRequest } from '../model/request';

/** A call that has more is refused. @see https://docs.claude.com/en/docs/build-with-claude/prompt-caching */
const MOST_MARKS = 4;

type Part = Message['content'][number];
type Marked = { readonly cache?: CachePoint };

/**
 * The call with no more ends of cached prefixes than it may have: the last of what stands in front of the conversation, and the last in it.
 * What is cached up to an earlier one is cached with them.
 */
export function withFewerMarks(request: ModelRequest, dropped: Set<string>): ModelRequest {
  const inFront = (request.tools ?? []).filter(isMarked).length + countIn(request.messages.filter(isSystem));
  const all = inFront + countIn(request.messages.filter((message) => !isSystem(message)));
  if (all <= MOST_MARKS) return request;
  dropped.add('cache_control');
  const kept = new Set(Array.from({ length: inFront === 0 ? MOST_MARKS : MOST_MARKS - 1 }, (_, index) => all - 1 - index));
  if (inFront > 0) kept.add(inFront - 1);
  let [at, later] = [0, inFront];
  const keep = <T extends Marked>(marked: T, isInFront: boolean): T => {
    if (!isMarked(marked)) return marked;
    const index = isInFront ? at++ : later++;
    if (kept.has(index)) return marked;
    const { cache: _, ...plain } = marked;
    return plain as T;
  };
  const tools = request.tools?.map((tool) => keep(tool, true));
  const messages = request.messages.map((message): Message => {
    const content = (message.content as readonly Part[]).map((part): Part => {
      const inside = part.type === 'tool-result' ? { ...part, content: part.content.map((inner) => keep(inner, false)) } : part;
      return keep(inside as Part & Marked, isSystem(message));
    });
    return { ...message, content } as Message;
  });
  return { ...request, messages, ...(tools === undefined ? {} : { tools }) };
}

function countIn(messages: readonly Message[]): number {
  let count = 0;
  for (const { content } of messages) {
    for (const part of content) {
      if (isMarked(part)) count += 1;
      if (part.type === 'tool-result') count += part.content.filter(isMarked).length;
    }
  }
  return count;
}

function isMarked(marked: object): boolean {
  return (marked as Marked).cache !== undefined;
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}
