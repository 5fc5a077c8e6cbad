/** What every part runs on: clock, environment, log, metrics, ids, patterns of names. */

export { Base64Bytes } from './base64-bytes';
export { type Cancellable, Cancellation, type CancellationToken, NEVER_CANCELLED } from './cancellation';
export { ageMs, type Clock, daysBefore, isoTime, type Moment, momentOf, systemClock, utcDay } from './clock';
export { type Environment, readEnvironment } from './environment';
export { fileKind } from './file-kind';
export { foldCase } from './fold';
export { matchesAnyGlob, matchesGlob, matchesModel } from './glob';
export { attemptId, timeOfAttempt, uuidV7 } from './ids';
export { createLog, type Log, type LogFields, safeStack } from './log';
export { isMeantForLoopback } from './loopback-host';
export { createMemo } from './memo';
export { createMetrics, type MetricDimensions, type Metrics, type MetricValues } from './metrics';
export { giveWay, type Pause, pause } from './pause';
export { createRenewed, type Expiring } from './renewed';
export { type Member, Roster } from './roster';
export { sharedReads } from './shared-reads';
export type { Soon } from './soon';
export { createTicker, type Ticker, type Watcher } from './ticker';
export { compileAtFirstCall, createTierUp } from './tier-up';
export { withoutTrailingSlash } from './trailing-slash';
