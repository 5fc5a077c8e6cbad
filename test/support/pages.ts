import { entryOf, firstTake, type PageAnswer, type PageRequest, takeFrom } from '../../lambda/money/pages';
import type { PageReserveResult, PageSpec, PageState, PageStore, PageTake, PeriodSpec } from '../../lambda/money/ports';

export const MONTH_MS = 1_793_491_200_000;
export const NOW_MS = 1_796_000_000_000;
export const LIFE_MS = 960_000;
export const TIMEOUT_MS = 1_000;

export function month(limitNanoUsd: bigint, startMs = MONTH_MS, rest: Partial<PeriodSpec> = {}): PeriodSpec {
  return { name: 'month', startMs, endMs: startMs + 30 * 86_400_000, limitNanoUsd, binds: true, ...rest };
}

export function page(over: Partial<PageSpec> = {}): PageSpec {
  const key = over.key ?? 'page#key#k1#*';
  return { key, root: key, generation: 8, periods: [month(100n)], requests: {}, tokens: {}, ...over };
}

export function asks(nanoUsd: bigint, over: Partial<PageRequest> = {}): PageRequest {
  const nowMs = over.nowMs ?? NOW_MS;
  return { nanoUsd, tokens: 0, nowMs, expiresAtMs: nowMs + LIFE_MS, spentBefore: () => 0n, ...over };
}

export function takeOf(answer: PageAnswer): PageTake {
  if (answer.kind !== 'take') throw new Error(`not a take: ${answer.kind}`);
  return answer.take;
}

/** How far one attempt came on a page. */
export type Reached =
  | { readonly kind: 'reserved'; readonly page: PageState; readonly take: PageTake; readonly calls: number }
  | { readonly kind: 'lacks' | 'stale' | 'unknown'; readonly answer: PageAnswer; readonly calls: number }
  | { readonly kind: 'missing' | 'not_applied'; readonly result: PageReserveResult; readonly calls: number };

/** R in its first form, then as often as the page says that another one fits. */
export async function reserveOn(
  store: PageStore,
  spec: PageSpec,
  attemptId: string,
  request: PageRequest,
  seen?: PageState,
): Promise<Reached> {
  let answer = firstTake(spec, seen, request);
  for (let calls = 0; ; calls++) {
    if (answer.kind !== 'take') return { kind: answer.kind, answer, calls };
    const { take } = answer;
    const result = await store.reserve(take, attemptId, entryFor(take, request), TIMEOUT_MS);
    if (result.kind === 'reserved') return { kind: 'reserved', page: result.page, take, calls: calls + 1 };
    if (result.kind === 'found') return { kind: 'reserved', page: result.page, take, calls: calls + 1 };
    if (result.kind !== 'refused') return { kind: result.kind, result, calls: calls + 1 };
    answer = takeFrom(spec, result.page, request);
  }
}

export function entryFor(take: PageTake, { nowMs, expiresAtMs }: PageRequest) {
  return entryOf(take, { heardByMs: nowMs + 30_000, expiresAtMs }, { call: { model: 'm', operation: 'chat', others: [] } });
}
