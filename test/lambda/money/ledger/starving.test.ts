import type { Bound, Reservation, SmallerBounds } from '../../../../lambda/money/ledger';
import { type BoundInput, boundOf, capForCost, createPriceBook, formatUsd } from '../../../../lambda/money/pricing';
import { ledgerWorld, outcome } from '../../../support/ledger-world';
import { bookOf } from '../../../support/prices';

const CALLERS = 100;
const ANSWER_TOKENS = 500;
const ANSWER_MS = 1_000;
const PROMPT_TOKENS = 20;
const MINUTE_MS = 60_000;
/** Nobody comes in the very millisecond in which another one's answer ends. */
const TOGETHER_MS = 100;

interface Line {
  readonly what: string;
  readonly price: string;
}

const LINES: readonly Line[] = [
  { what: 'a small model', price: 'input=0.25 output=2' },
  { what: 'a large model', price: 'input=3 cacheWrite5m=3.75 output=15' },
  { what: 'a model whose prompts cost as much as its answers', price: 'input=10 output=10' },
];

function callOf(price: string) {
  const book = createPriceBook(bookOf(['openai-compatible'], `m | window=400000 maxOutput=128000 | ${price}`));
  const found = book.lookup({ provider: 'up', kind: 'openai-compatible', model: 'm' }, 0);
  if (found === undefined) throw new Error('no price');
  const input: BoundInput = { facts: { choices: 1, media: [], toolUses: [] }, bodyBytes: 200, maxOutputTokens: 128_000, prices: [found] };
  const cappedAt = (tokens: number): Bound => ({
    costNanoUsd: boundOf({ ...input, maxOutputTokens: Math.min(tokens, 128_000) }).costNanoUsd,
    tokens: 0,
    outputCap: Math.min(tokens, 128_000),
  });
  const smaller: SmallerBounds = {
    cappedAt,
    atMost(nanoUsd) {
      const cap = capForCost(input, nanoUsd);
      return cap === undefined ? undefined : cappedAt(cap);
    },
  };
  const { costNanoUsd } = cappedAt(128_000);
  const rate = (tokens: number, base: bigint) => (BigInt(tokens) * base) / 1_000_000n;
  const costOf = (written: number) => rate(PROMPT_TOKENS, found.rates.input.base) + rate(written, found.rates.output.base);
  return { bound: { costNanoUsd, tokens: 0 }, smaller, costOf };
}

/** 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Virtual time: what is due runs together, then the clock goes on to what is due next. */
async function simulate(price: string, processes: number, seed: number) {
  const random = seeded(seed);
  const { bound, smaller, costOf } = callOf(price);
  const budgetNanoUsd = costOf(ANSWER_TOKENS) * 100n;
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [{ limit_usd: formatUsd(budgetNanoUsd), period: 'month' }] });
  const ledgers = Array.from({ length: processes }, () => world.process({ random }));
  const due: { readonly atMs: number; readonly run: () => Promise<void> }[] = [];
  const startMs = world.clock.now();
  let answers = 0;
  let spentNanoUsd = 0n;
  let mostNanoUsd = 0n;
  const failures: string[] = [];

  const later = (ms: number, run: () => Promise<void>): void => {
    due.push({ atMs: world.clock.now() + ms, run });
  };
  const call = async (): Promise<void> => {
    const ledger = ledgers[Math.floor(random() * processes)];
    const result = await (ledger as NonNullable<typeof ledger>).admit(world.request(key, { bound, smaller }));
    if (result.admitted) return later(ANSWER_MS, () => answered(result.reservation));
    const { reason, retryAfterMs = 0 } = result.refusal;
    if (reason === 'budget_reserved') later(Math.ceil(retryAfterMs / 1_000) * 1_000, call);
    else failures.push(reason);
  };
  const answered = async (reservation: Reservation): Promise<void> => {
    const cap = reservation.bound.outputCap ?? 128_000;
    const written = Math.min(ANSWER_TOKENS, cap);
    const costNanoUsd = costOf(written);
    expect(costNanoUsd <= reservation.bound.costNanoUsd).toBe(true);
    spentNanoUsd += costNanoUsd;
    if (written === ANSWER_TOKENS) answers += 1;
    await reservation.settle(outcome(costNanoUsd));
    const page = await world.page(`key#${key.id}`);
    for (const { remainingNanoUsd, limitNanoUsd } of [page?.periods['month']].filter((period) => period !== undefined)) {
      expect(remainingNanoUsd >= 0n).toBe(true);
      if (limitNanoUsd - remainingNanoUsd > mostNanoUsd) mostNanoUsd = limitNanoUsd - remainingNanoUsd;
    }
  };

  for (let caller = 0; caller < CALLERS; caller++) later(Math.floor(random() * TOGETHER_MS), call);
  while (due.length > 0) {
    due.sort((left, right) => left.atMs - right.atMs);
    const atMs = due[0]?.atMs ?? 0;
    if (atMs - startMs > MINUTE_MS) break;
    world.clock.advance(atMs - world.clock.now());
    const together = due.splice(0, due.filter((event) => event.atMs === atMs).length);
    await Promise.all(together.map(({ run }) => run()));
  }
  return { answers, spentNanoUsd, mostNanoUsd, budgetNanoUsd, failures };
}

test.each(LINES.flatMap((line) => [1, 8, 100].map((processes, seed) => ({ ...line, processes, seed }))))(
  'of 100 callers without a cap whose budget is worth 100 answers, 90 are answered within a minute and nothing is overspent: $what, $processes processes',
  async ({ price, processes, seed }) => {
    const { answers, spentNanoUsd, mostNanoUsd, budgetNanoUsd, failures } = await simulate(price, processes, seed + 1);

    expect(answers).toBeGreaterThanOrEqual(90);
    // The last ones find nothing left that an answer could be had for.
    expect(failures.filter((reason) => reason !== 'budget_spent')).toEqual([]);
    expect(spentNanoUsd <= budgetNanoUsd && mostNanoUsd <= budgetNanoUsd).toBe(true);
  },
  60_000,
);
