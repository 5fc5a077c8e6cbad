import { AFTERNOON, CALM, CROWD, disturbed, HURRICANE, type SimulationOptions } from './ledger-simulation';
import type { Mutant } from './mutants';

/** A mistake, and the weather in which it shows soonest. Default: a storm. */
export interface LedgerMutant extends Mutant {
  readonly weather?: SimulationOptions;
}

const CALLS = 'lambda/money/ledger';
const PAGES = 'lambda/money/pages';
const STORES = 'lambda/aws/dynamodb';

/** Processes stand still more often than not, and others meet what they hold. */
const STANDSTILL: SimulationOptions = { ...AFTERNOON, fault: 0, stall: 0.2, crash: 0 };

/** Answers are lost, and what was asked comes much later. */
const LATE: SimulationOptions = { ...CALM, requests: 60, fault: 0.25, limits: [900, 700, 500] };
/** The same with budgets that soon refuse. */
const TIGHT: SimulationOptions = { ...LATE, limits: [140, 130, 120] };

/** Mistakes that broke this protocol when it was searched exhaustively, and others of their kind. Each must be noticed. */
export const MUTANTS: readonly LedgerMutant[] = [
  {
    name: 'releasing a complete or doubtful attempt without a void',
    file: `${CALLS}/ledger.ts`,
    find: 'isIncomplete(round) && free',
    replace: 'true',
    weather: AFTERNOON,
  },
  {
    name: 'releasing although the void was never heard',
    file: `${CALLS}/retreat.ts`,
    find: 'await decide(this.#options, this.#word, timeoutMs?.());',
    replace: "await decide(this.#options, this.#word, timeoutMs?.()).catch(() => ({ outcome: 'done' as const }));",
    weather: AFTERNOON,
  },
  {
    name: 'leaving what was not taken back in time to nobody',
    file: `${CALLS}/ledger.ts`,
    find: 'if (!retreat.done) left.push(retreat);',
    replace: '',
    weather: disturbed('slow'),
  },
  {
    name: 'giving up when the queue does not take it at once',
    file: `${CALLS}/persist.ts`,
    find: 'if (tries >= MOST_TRIES || clock.monotonic() + DEAF_PAUSE_MS >= lastMonotonicMs) throw error;',
    replace: 'if (tries < MOST_TRIES) return;',
    weather: disturbed('dead'),
  },
  {
    name: 'losing what goes to the queue',
    file: `${CALLS}/persist.ts`,
    find: 'await queue.send(work);',
    replace: '',
    weather: disturbed('deafening'),
  },
  {
    name: 'dropping the message',
    file: `${CALLS}/queued.ts`,
    find: 'const decision = await decide(stores, record);',
    replace: "const decision = { outcome: 'done' as const, costNanoUsd: 0n };\n  if (held.length > 0) return 'done';",
    weather: disturbed('deafening'),
  },
  {
    name: 'saying nothing to a record that charged what was not sent',
    file: `${CALLS}/decide.ts`,
    find: "if (put.found.state !== 'expired_charged') return",
    replace: 'return',
    weather: disturbed('deafening'),
  },
  {
    name: 'sending by the plan, whatever the rows say',
    file: `${CALLS}/verdict.ts`,
    find: 'rows.ok && rows.value && claim.ok',
    replace: 'rows.ok && claim.ok',
    weather: { ...CALM, loweredTo: 25 },
  },
  {
    name: 'sending although a page has not answered',
    file: `${CALLS}/verdict.ts`,
    find: "return pages.every(({ kind }) => kind === 'held')",
    replace: "return pages.every(({ kind }) => kind === 'held' || kind === 'missing')",
    weather: HURRICANE,
  },
  {
    name: 'sending although all was heard too late',
    file: `${CALLS}/ledger.ts`,
    find: 'round, heardInTime(attempt))',
    replace: 'round, heardInTime(attempt) || true)',
    weather: AFTERNOON,
  },
  {
    name: 'sending when the process must have ended',
    file: `${CALLS}/reservation.ts`,
    find: 'if (clock.now() > lastMs || clock.monotonic() - began.monotonicMs > lastMs - began.wallMs) {',
    replace: 'if (clock.now() < 0) {',
    weather: STANDSTILL,
  },
  {
    name: 'freeing without a void',
    file: `${CALLS}/healing.ts`,
    find: 'const voided = await records.put(word);',
    replace: 'const voided = { done: true } as const;',
    weather: HURRICANE,
  },
  {
    name: 'freeing although the void failed',
    file: `${CALLS}/healing.ts`,
    find: 'if (voided.done) {',
    replace: 'if (voided !== undefined) {',
    weather: HURRICANE,
  },
  {
    name: 'returning the money of a dead call that may have been billed',
    file: `${CALLS}/healing.ts`,
    find: '} else if (!held.complete) {',
    replace: '} else if (!held.complete || entry.expiresAtMs < now) {',
  },
  {
    name: 'charging what may live',
    file: `${CALLS}/healing.ts`,
    find: '} else if (entry.expiresAtMs >= now) {',
    replace: '} else if (entry.expiresAtMs < 0) {',
    weather: AFTERNOON,
  },
  {
    name: 'keeping before the record says so',
    file: `${CALLS}/healing.ts`,
    find: 'const charged = await records.put(',
    replace: 'await keep(id, held.found);\n        const charged = await records.put(',
    weather: HURRICANE,
  },
  {
    name: 'dropping a kept entry without a decision of the record',
    file: `${CALLS}/healing.ts`,
    find: "const adjusted = await records.adjust({ ...record, state: 'adjusted' });",
    replace: 'const adjusted = { done: true } as const;',
  },
  {
    name: 'deciding what is decided',
    file: `${STORES}/usage-records.ts`,
    find: 'await create(connector, table, item, { timeoutMs });',
    replace: 'await connector.putItem({ TableName: table, Item: item }, { timeoutMs }).then(() => ({ done: item }));',
    weather: HURRICANE,
  },
  {
    name: 'adjusting what is adjusted',
    file: `${STORES}/usage-record-item.ts`,
    find: ' = :charged`,',
    replace: ' <= :charged`,',
    weather: disturbed('deafening'),
  },
  {
    name: 'reserving twice under one id',
    file: `${STORES}/page-take.ts`,
    find: "conditions.push('attribute_not_exists(o.#id)', 'attribute_not_exists(k.#id)');",
    replace: '',
    weather: HURRICANE,
  },
  {
    name: 'closing without the entry',
    file: `${STORES}/page-return.ts`,
    find: "    conditions.push(texts.took);\n    values[':took'] = starts;",
    replace: '',
  },
  {
    name: 'giving the bound back instead of what was not spent',
    file: `${PAGES}/entry.ts`,
    find: 'const change = entry.nanoUsd - back.costNanoUsd;',
    replace: 'const change = entry.nanoUsd;',
  },
  {
    name: 'reserving where the index does not look',
    file: `${STORES}/page-take.ts`,
    find: "set.push('o.#id = :e, ds = :ds, due = :due');",
    replace: "set.push('o.#id = :e, ds = :ds');\n    delete values[':due'];",
    weather: AFTERNOON,
  },
  {
    name: 'reserving under older limits than the page knows',
    file: `${PAGES}/take.ts`,
    find: "if (page !== undefined && page.generation > spec.generation) return { kind: 'stale', generation: page.generation };",
    replace: '',
    weather: HURRICANE,
  },
  {
    name: 'moving a limit and not what remains of it',
    file: `${STORES}/page-take.ts`,
    find: 'values[text.take] = number(nanoUsd - period.change);',
    replace: 'values[text.take] = number(nanoUsd);',
  },
  {
    name: 'lending what the root does not have',
    file: `${STORES}/page-shards.ts`,
    find: 'if (binds) conditions.push(text.hasAmount);',
    replace: '',
    weather: CROWD,
  },
  {
    name: 'taking a parcel twice',
    file: `${STORES}/page-shards.ts`,
    find: "conditions.push('q = :q');\n      values[':n'] = number(loanNumber);",
    replace: "conditions.push('q >= :q');\n      values[':n'] = number(loanNumber);",
    weather: CROWD,
  },
  {
    name: 'receiving twice what came home',
    file: `${STORES}/page-shards.ts`,
    find: "change.conditions.push('sh.#i.n = :q', 'attribute_not_exists(sh.#i.a)');",
    replace: "change.conditions.push('sh.#i.n >= :q', 'attribute_not_exists(sh.#i.a)');",
    weather: CROWD,
  },
  {
    name: 'packing over what is on its way home',
    file: `${STORES}/page-shards.ts`,
    find: "conditions.push('attribute_not_exists(bk)', ",
    replace: 'conditions.push(',
    weather: CROWD,
  },
  {
    name: 'closing whichever try at a reserve is there',
    file: `${STORES}/page-return.ts`,
    find: 'if (tryNumber === 1) conditions.push(texts.isFirstTry);',
    replace: 'if (tryNumber !== undefined) conditions.push(texts.exists);',
    weather: LATE,
  },
  {
    name: 'charging what another try took that came after the close',
    file: `${CALLS}/healing.ts`,
    find: '(told.find(({ page }) => page === key)?.tryNumber ?? 1) === (entries.get(key)?.tryNumber ?? 1)',
    replace: 'told.length >= 0',
    weather: LATE,
  },
  {
    name: 'taking a refusal for the last word although a try may yet come',
    file: `${CALLS}/round.ts`,
    find: 'if (unheard > 0) return busy();',
    replace: '',
    weather: TIGHT,
  },
];
