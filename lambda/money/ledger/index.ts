/** Admission, settlement and healing: how money and limits stay true. The protocol is modelled in `spec/`. */
export type * from './admission';
export type { DecisionStores, Held } from './decide';
export { createHealing, type Healing } from './healing';
export type { KeyRow, LevelKind, LevelRow } from './holders';
export { createLedger, type Ledger, type LedgerOptions } from './ledger';
export { type BoundLevel, bindLevel, GATEWAY_ID, labelOf } from './levels';
export { LIFETIME_MS } from './lifetime';
export { type Period, type PeriodName, periodAt } from './period';
export type { QueuedWork, SettlementQueue } from './persist';
export { createPlannedLevels } from './planned-levels';
export { readQueued, settlementQueue, writeQueued } from './queue-message';
export { bookQueued } from './queued';
export { createSpentBefore } from './shown-spend';
export { createSweeper, type Sweeper, type SweepOptions, type SweepReport } from './sweep';
