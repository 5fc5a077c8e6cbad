import { type Clock, isoTime } from '../../platform/runtime';
import type { Operation } from '../../wire/model';
import { isOpen, levelOfPage } from '../pages';
import type { KeptEntry, PageEntry, PageState } from '../ports/pages';
import type { KeptRecord } from '../ports/usage-records';
import type { UsageRecord } from '../record';
import { closeAll, type DecisionStores, type Held, heldPages } from './decide';
import { HEARING_MS } from './refusals';

export interface HealingOptions extends DecisionStores {
  readonly clock: Pick<Clock, 'now'>;
  /**
   * How long after its end a process's last word may still come: the queue's retention and its dead letters'. Default: 15 days, a day more
   * than SQS keeps anything.
   */
  readonly retentionMs?: number;
  readonly onResolved?: (resolution: Resolution) => void;
}

/**
 * What became of an attempt that somebody left. `lives`: it may, until its process must have ended. `waits`: it is charged in full, and its
 * last word may still come.
 */
export type Resolution = 'voided' | 'finished' | 'charged' | 'adjusted' | 'lives' | 'waits';

/** Ends what dead processes left, by whoever meets it. Any of it may stop after any step and be done again by anyone. */
export interface Healing {
  /** Attempts on a page, as it was seen, that somebody should look into now. */
  overdue(page: PageState): readonly string[];
  /** Those whose processes have ended, and those that no last word can come for any more. */
  dead(page: PageState): readonly string[];
  /** Looks into some of them. Answers whether all could be. Never rejects. */
  heal(page: PageState, attemptIds: readonly string[]): Promise<boolean>;
  /** @throws what the table says */
  resolve(page: PageState, attemptId: string): Promise<Resolution>;
}

/** By then whoever heard all its pages before `heardByMs` has sent, and clocks may be 10 s off. */
export const LISTENING_MS = 60_000;
export const RETENTION_MS = 15 * 86_400_000;
/** A call that began before may be decided, and then what it holds is nobody's: a close that was not heard, or a try that came after it. */
const SOONEST_MS = 15_000;
/** Looked into at a time. */
const MOST_AT_A_TIME = 10;
const MOST_REMEMBERED = 10_000;
/** Others change a record once or twice. */
const MOST_LOOKS = 4;

const NOBODY: readonly string[] = [];

type Entry = PageEntry | KeptEntry;

export function createHealing(options: HealingOptions): Healing {
  const { pages, records, clock } = options;
  const retentionMs = options.retentionMs ?? RETENTION_MS;
  /** Attempts that may live, until when. */
  const living = new Map<string, number>();

  function isDue(id: string, entry: PageEntry, now: number): boolean {
    if (entry.heardByMs - HEARING_MS + SOONEST_MS >= now) return false;
    return (living.get(id) ?? 0) < now;
  }

  function overdue(page: PageState): readonly string[] {
    const now = clock.now();
    const found: string[] = [];
    for (const [id, entry] of page.open) if (found.length < MOST_AT_A_TIME && isDue(id, entry, now)) found.push(id);
    for (const [id, { expiresAtMs }] of page.kept) if (found.length < MOST_AT_A_TIME && expiresAtMs + retentionMs < now) found.push(id);
    return found;
  }

  function dead(page: PageState): readonly string[] {
    const now = clock.now();
    if (page.firstEndMs >= now) return NOBODY;
    const found: string[] = [];
    for (const [id, { expiresAtMs }] of page.open) if (expiresAtMs < now) found.push(id);
    for (const [id, { expiresAtMs }] of page.kept) if (expiresAtMs + retentionMs < now) found.push(id);
    return found.slice(0, MOST_AT_A_TIME);
  }

  async function resolve(page: PageState, id: string): Promise<Resolution> {
    const entry = page.open.get(id) ?? page.kept.get(id);
    if (entry === undefined) return 'finished';
    let record = await records.read(id);
    const first = entry.first ?? page.key;
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const now = clock.now();
      if (record !== undefined && record.state !== 'expired_charged') return finish(record, page.key, first);
      const listensUntilMs = isOpen(entry) ? entry.heardByMs + LISTENING_MS : 0;
      if (record === undefined && listensUntilMs >= now) return lives(id, listensUntilMs);
      const held = await heldOf(id, first, page.key, record);
      if (record !== undefined) {
        if (entry.expiresAtMs + retentionMs >= now) {
          await keep(id, held.found);
          return 'waits';
        }
        const adjusted = await records.adjust({ ...record, state: 'adjusted' });
        if (adjusted.done) {
          await close(record, held.found);
          return 'adjusted';
        }
        record = adjusted.found;
      } else if (!held.complete) {
        const word = wordOf(id, entry, held, 'void', 0n);
        const voided = await records.put(word);
        if (voided.done) {
          await close(word, held.found);
          return 'voided';
        }
        record = voided.found;
      } else if (entry.expiresAtMs >= now) {
        return lives(id, entry.expiresAtMs);
      } else {
        const charged = await records.put(wordOf(id, entry, held, 'expired_charged', entry.nanoUsd));
        if (charged.done) {
          await keep(id, held.found);
          return 'charged';
        }
        record = charged.found;
      }
    }
    throw new Error('the record changes as often as it is read');
  }

  function lives(id: string, untilMs: number): Resolution {
    if (living.size >= MOST_REMEMBERED) living.clear();
    living.set(id, untilMs);
    return 'lives';
  }

  async function finish(record: KeptRecord, key: string, first: string): Promise<Resolution> {
    const { found } = await heldOf(record.id, first, key, record);
    await close(record, found);
    return 'finished';
  }

  /** An attempt's entries where they can be: on the page where it was met, on its first, and on all that the first or the record lists. */
  async function heldOf(id: string, first: string, key: string, record: KeptRecord | undefined): Promise<HeldOf> {
    const keys = new Set([first, key, ...(record?.pages ?? []).map(({ page }) => page)]);
    const states = await readAll([...keys]);
    const call = states.get(first)?.open.get(id)?.call;
    const others = (call?.others ?? []).filter((other) => !keys.has(other));
    for (const [other, state] of await readAll(others)) states.set(other, state);
    const found: { key: string; entry: Entry }[] = [];
    for (const [at, state] of states) {
      const entry = state?.open.get(id) ?? state?.kept.get(id);
      if (entry !== undefined) found.push({ key: at, entry });
    }
    const has = (at: string): boolean => found.some((held) => held.key === at);
    return { found, complete: call !== undefined && has(first) && call.others.every(has), first, call };
  }

  async function readAll(keys: readonly string[]): Promise<Map<string, PageState | undefined>> {
    const states = keys.length === 0 ? [] : await pages.read(keys);
    return new Map(keys.map((key, index) => [key, states[index]]));
  }

  /** What another try took than the one that the record tells of, and which came after its close, costs nothing. */
  async function close({ id, costNanoUsd, tokens, pages: told }: UsageRecord, found: HeldOf['found']): Promise<void> {
    const entries = new Map(found.map(({ key, entry }) => [key, entry as PageEntry]));
    const isTold = (key: string): boolean => (told.find(({ page }) => page === key)?.tryNumber ?? 1) === (entries.get(key)?.tryNumber ?? 1);
    await closeAll(options, id, new Map(entries), (key) => (isTold(key) ? { costNanoUsd, tokens } : { costNanoUsd: 0n, tokens: 0 }));
  }

  async function keep(id: string, found: HeldOf['found']): Promise<void> {
    await Promise.all(found.map(async ({ key, entry }) => ('slot' in entry ? pages.keep(key, id, entry) : undefined)));
  }

  return {
    overdue,
    dead,
    resolve,
    async heal(page, attemptIds) {
      const resolved = await Promise.all(
        attemptIds.map(async (id) => {
          try {
            const resolution = await resolve(page, id);
            options.onResolved?.(resolution);
            return true;
          } catch {
            return false;
          }
        }),
      );
      return resolved.every(Boolean);
    },
  };
}

interface HeldOf {
  readonly found: readonly { readonly key: string; readonly entry: Entry }[];
  /** Every page that the attempt lists has its entry. */
  readonly complete: boolean;
  readonly first: string;
  /** As the first page has it. */
  readonly call: PageEntry['call'];
}

/** What can be said of an attempt by what it left. */
function wordOf(
  id: string,
  entry: Entry,
  { found, first, call }: HeldOf,
  state: 'void' | 'expired_charged',
  costNanoUsd: bigint,
): UsageRecord {
  const began = found.map(({ entry: one }) => one).find((one): one is PageEntry => 'heardByMs' in one);
  const [kind, keyId = ''] = levelOfPage(first) ?? ['key', ''];
  return {
    id,
    state,
    costNanoUsd,
    createdAt: isoTime((began?.heardByMs ?? entry.expiresAtMs) - HEARING_MS),
    keyId: kind === 'key' ? keyId : '',
    teamId: call?.teamId,
    projectId: call?.projectId,
    userId: call?.userId,
    tags: call?.tags,
    operation: call?.operation as Operation | undefined,
    originalModel: call?.model,
    boundNanoUsd: entry.nanoUsd,
    outcome: 'expired',
    ...(state === 'void' ? { tokens: 0 } : {}),
    pages: heldPages(found as readonly Held[]),
  };
}
