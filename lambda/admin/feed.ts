import { invalidRequest } from '../platform/error';
import type { Page, PageRequest } from './cursor';

/** Entries that one call may read past while it looks for those that match. A page may therefore be short, and is followed by another. */
const MOST_READ = 2_000;
const SEPARATOR = '|';

/** A list that is kept in parts, such as one for each day. */
export interface Feed<T> {
  /** Names of the parts, in the order in which they are read. */
  readonly parts: readonly string[];
  read(part: string, options: { readonly limit: number; readonly after?: string }): Promise<Page<T>>;
  /** Where to go on after an entry. */
  positionOf(entry: T): string;
  keeps(entry: T): boolean;
}

/** Reads a page across the parts of a feed. */
export async function readFeed<T>(feed: Feed<T>, { limit, after: start }: PageRequest): Promise<Page<T>> {
  let { part, after } = splitPosition(feed, start);
  const items: T[] = [];
  let read = 0;
  while (part !== undefined) {
    const page: Page<T> = await feed.read(part, { limit: Math.max(limit, 50), ...(after === undefined ? {} : { after }) });
    for (const [index, entry] of page.items.entries()) {
      if (!feed.keeps(entry)) continue;
      items.push(entry);
      const more = index < page.items.length - 1 || page.next !== undefined || nextPart(feed, part) !== undefined;
      if (items.length === limit) return { items, ...(more ? { next: joinPosition(part, feed.positionOf(entry)) } : {}) };
    }
    read += page.items.length;
    after = page.next;
    if (after === undefined) part = nextPart(feed, part);
    if (part !== undefined && read >= MOST_READ) return { items, next: joinPosition(part, after ?? '') };
  }
  return { items };
}

function nextPart<T>(feed: Feed<T>, part: string): string | undefined {
  return feed.parts[feed.parts.indexOf(part) + 1];
}

function joinPosition(part: string, after: string): string {
  return `${part}${SEPARATOR}${after}`;
}

function splitPosition<T>(feed: Feed<T>, position: string | undefined): { part: string | undefined; after: string | undefined } {
  if (position === undefined) return { part: feed.parts[0], after: undefined };
  const at = position.indexOf(SEPARATOR);
  const part = position.slice(0, at);
  const after = position.slice(at + 1);
  if (!feed.parts.includes(part)) throw invalidRequest('cursor', 'cursor belongs to another start and end. Start again without it.');
  return { part, after: after === '' ? undefined : after };
}
