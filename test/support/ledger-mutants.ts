import { CALM, CROWD, disturbed, HURRICANE, type SimulationOptions } from './ledger-simulation';
import type { Mutant } from './mutants';

/** A mistake, and the weather in which it shows soonest. Default: a storm. */
export interface LedgerMutant extends Mutant {
  readonly weather?: SimulationOptions;
}

const LEDGER = 'lambda/money/ledger';
const STORES = 'lambda/aws/dynamodb';

/** Mistakes that broke this protocol when it was searched exhaustively, and others of their kind. Each must be noticed. */
export const MUTANTS: readonly LedgerMutant[] = [
  {
    name: 'releasing although the void was never acknowledged',
    file: `${LEDGER}/abandonment.ts`,
    find: 'if (!this.#voided) await this.#void(nowMs, timeoutMs);',
    replace: 'if (!this.#voided) await this.#void(nowMs, timeoutMs).catch(() => undefined);\n    this.#voided = true;',
    weather: HURRICANE,
  },
  {
    name: 'releasing before the record is void',
    file: `${LEDGER}/abandonment.ts`,
    find: 'if (!this.#voided) await this.#void(nowMs, timeoutMs);',
    replace: 'if (!this.#voided) void this.#void(nowMs, timeoutMs).catch(() => undefined);\n    this.#voided = true;',
    weather: HURRICANE,
  },
  {
    name: 'leaving what was not taken back in time to the sweeper',
    file: `${LEDGER}/ledger.ts`,
    find: 'if (!abandonment.done) left.push(abandonment);',
    replace: '',
    weather: disturbed('slow'),
  },
  {
    name: 'giving up when the queue does not take it at once',
    file: `${LEDGER}/persist.ts`,
    find: 'if (tries >= MOST_TRIES || clock.monotonic() + DEAF_PAUSE_MS >= lastMonotonicMs) throw error;',
    replace: 'if (tries < MOST_TRIES) return;',
    weather: disturbed('dead'),
  },
  {
    name: 'dropping the message that tells what was not sent',
    file: `${LEDGER}/queued.ts`,
    find: 'await abandonment.work(nowMs);',
    replace: '',
    weather: disturbed('deafening'),
  },
  {
    name: 'charging what its process says was not sent',
    file: `${LEDGER}/abandonment.ts`,
    find: "'adjusting', { costNanoUsd: 0n }, nowMs)",
    replace: "'adjusting', {}, nowMs)",
    weather: disturbed('deafening'),
  },
  {
    name: 'losing sight of a void record before its entries are gone',
    file: `${LEDGER}/abandonment.ts`,
    find: 'openUntilMs: listed ? nowMs + LOOK_AGAIN_MS : null,',
    replace: 'openUntilMs: null,',
    weather: disturbed('slow'),
  },
  {
    name: 'losing sight of a void record whose reservation may still arrive',
    file: `${LEDGER}/abandonment.ts`,
    find: 'this.#mayCome = unsent.counters.some(({ counter }) => !held.has(counter));',
    replace: 'this.#mayCome = false;',
    weather: disturbed('slow'),
  },
  {
    name: 'sweeping a void record only once',
    file: `${LEDGER}/sweep.ts`,
    find: 'looks.find((atMs) => atMs > now) ?? null',
    replace: 'null',
    weather: disturbed('dead'),
  },
  {
    name: 'sweeping only what has an entry',
    file: `${LEDGER}/sweep.ts`,
    find: 'await count(report, () => sweepRequest(id));',
    replace: '',
  },
  {
    name: 'sweeping only what has a record',
    file: `${LEDGER}/sweep.ts`,
    find: 'await count(report, () => sweepRequest(id, { counter: counter.key, nanoUsd: entry.nanoUsd }));',
    replace: '',
  },
  {
    name: 'dropping a token without a decision of the record',
    file: `${LEDGER}/sweep.ts`,
    find: "const adjusting = await records.transition(record.id, ['expired_charged'], state, { costNanoUsd: record.boundNanoUsd }, now);",
    replace: 'const adjusting = { done: true as const, record }; await giveBack(options, record);',
  },
  {
    name: 'returning the money of a dead request that may have been billed',
    file: `${LEDGER}/sweep.ts`,
    find: 'if (!complete) {',
    replace: 'if (complete || !complete) {',
  },
  {
    name: 'creating a counter without checking the limit',
    file: `${STORES}/counters.ts`,
    find: 'if (!holds(spec, remaining, entry.nanoUsd))',
    replace: 'if (spec.soft)',
    weather: { ...CALM, limits: [1_000, 25, 1_000] },
  },
  {
    name: 'creating a counter by a limit that was read long ago',
    file: `${STORES}/counters.ts`,
    find: 'const budget = await fresh();',
    replace: 'const budget = { spec, spentNanoUsd: 0n } as FreshBudget | undefined;',
    weather: { ...CALM, loweredTo: 25 },
  },
  {
    name: 'moving a budget by the last difference',
    file: `${STORES}/counters.ts`,
    find: "          'generation = :generation AND #limit = :limit',\n          { '#limit': 'limit' },",
    replace: "          '(:generation = :generation AND :limit = :limit)',\n          { '#limit': 'limit' },",
  },
  {
    name: 'overwriting a void with an intent',
    file: `${STORES}/records.ts`,
    find: "Item: item, ConditionExpression: 'attribute_not_exists(pk)'",
    replace: 'Item: item',
  },
  {
    name: 'settling without the entry',
    file: `${STORES}/counters.ts`,
    find: "'SET remaining = remaining + :refund REMOVE #open.#id',\n        'attribute_exists(#open.#id)',",
    replace: "'SET remaining = remaining + :refund REMOVE #open.#id',\n        'attribute_exists(#open)',",
  },
  {
    name: 'settling whatever state the record is in',
    file: `${LEDGER}/settlement.ts`,
    find: "transition(attemptId, ['intent'], 'settling', booked, nowMs)",
    replace: "transition(attemptId, ['intent', 'void', 'expired_charged', 'settled', 'adjusted'], 'settling', booked, nowMs)",
  },
  {
    name: 'giving the bound back instead of what was not spent',
    file: `${LEDGER}/settlement.ts`,
    find: 'nanoUsd - cost)',
    replace: 'nanoUsd)',
  },
  {
    name: 'sending long after the attempt began',
    file: `${LEDGER}/reservation.ts`,
    find: 'if (late || wallMs > this.#expiresAtMs - SEND_MARGIN_MS) {',
    replace: 'if (late && wallMs < 0) {',
    weather: HURRICANE,
  },
  {
    name: 'sending by the wall clock alone, which may stand still or be set',
    file: `${LEDGER}/reservation.ts`,
    find: ' || clock.monotonic() - monotonicMs > LATEST_SEND_MS',
    replace: '',
    weather: HURRICANE,
  },
  {
    name: 'settling what is settled',
    file: `${LEDGER}/settlement.ts`,
    find: "transition(attemptId, ['intent'], 'settling', booked, nowMs)",
    replace: "transition(attemptId, ['intent', 'settled'], 'settling', booked, nowMs)",
  },
  {
    name: 'reserving under an older budget than the counter knows',
    file: `${LEDGER}/counter-state.ts`,
    find: "if (found.generation > spec.generation) return { kind: 'stale', generation: found.generation };",
    replace: '',
    weather: { ...CALM, loweredTo: 25 },
  },
  {
    name: 'lending what the root does not have',
    file: `${STORES}/escrow.ts`,
    find: "'remaining >= :amount AND generation = :generation AND #limit = :limit AND shards > :none'",
    replace: "'generation = :generation AND #limit = :limit AND shards > :none'",
    weather: CROWD,
  },
  {
    name: 'recalling from a shard what was read long ago',
    file: `${STORES}/escrow.ts`,
    find: "'remaining = :left AND generation <= :generation'",
    replace: "'attribute_exists(remaining) AND generation <= :generation'",
    weather: CROWD,
  },
  {
    name: 'admitting although the intent is not known to be written',
    file: `${LEDGER}/attempt.ts`,
    find: 'reply(options, () => stores.records.putIntent(intent, timeoutMs));',
    replace: "reply(options, () => stores.records.putIntent(intent, timeoutMs).catch(() => 'done' as const));",
  },
  {
    name: 'admitting although a reservation is not known to be made',
    file: `${LEDGER}/ledger.ts`,
    find: 'const failed = [replies.key, replies.intent, replies.claim, ...replies.counters, ...replies.gates]',
    replace: 'const failed = [replies.key, replies.intent, replies.claim, ...replies.gates]',
  },
];
