import type { PageSpec, PageState } from '../ports/pages';

const PAGE_PREFIX = 'page#';

/**
 * The key of a page.
 *
 * @param level `team#t1`, ...
 * @param narrowing glob of models, `*` for all
 */
export function pageKey(level: string, narrowing: string): string {
  return `${PAGE_PREFIX}${level}#${narrowing}`;
}

/** The level that a page or a shard belongs to: kind and id. Undefined: it is no page's key. */
export function levelOfPage(key: string): readonly [kind: string, id: string] | undefined {
  if (!key.startsWith(PAGE_PREFIX)) return undefined;
  const kindEnd = key.indexOf('#', PAGE_PREFIX.length);
  const idEnd = key.indexOf('#', kindEnd + 1);
  return idEnd < 0 ? undefined : [key.slice(PAGE_PREFIX.length, kindEnd), key.slice(kindEnd + 1, idEnd)];
}

/**
 * A shard belongs to one generation and one start of every period of its root: a roll or a move makes new ones, and what is left on these
 * goes home.
 */
export function loanName({ generation, periods }: Pick<PageSpec, 'generation' | 'periods'>, index: number): string {
  let latestMs = 0;
  for (const { startMs } of periods) if (startMs > latestMs) latestMs = startMs;
  return `${generation}.${latestMs / 1_000}.${index}`;
}

export function shardKey(root: string, loan: string): string {
  return `${root}#${loan}`;
}

/** Keys of all shards that a page has lent to. */
export function shardKeysOf({ key, loans }: Pick<PageState, 'key' | 'loans'>): readonly string[] {
  return [...loans.keys()].map((loan) => shardKey(key, loan));
}

/** 32 bits of a text, evenly spread: where the index keeps a page, and when its quarter hours end. */
export function spreadOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const QUARTER_MS = 900_000;

/**
 * When the index has to find a page on which an entry is made now: the end of the quarter hour that holds the end of the longest life. The
 * index is written once a quarter hour and page, each page at a time of its own.
 */
export function dueAt(key: string, expiresAtMs: number): number {
  const shiftMs = Math.floor((spreadOf(key) % QUARTER_MS) / 1_000) * 1_000;
  return (Math.floor((expiresAtMs - shiftMs) / QUARTER_MS) + 1) * QUARTER_MS + shiftMs;
}
