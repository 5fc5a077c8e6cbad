/** Pages as pure decisions: which ones a request reserves on, what it takes of each, what it gives back. */
export { type BudgetSources, budgetNames, budgetStates, type SpentBefore } from './budget-states';
export { keepCounting, movePages } from './budgets';
export { type AttemptTimes, type EntryPlace, entryOf, type Giving, givingOf, isOpen, ratesOf } from './entry';
export { marksLeft, WINDOW_MS } from './marks';
export { dueAt, levelOfPage, loanName, pageKey, shardKey, shardKeysOf, spreadOf } from './names';
export {
  countingPeriod,
  narrowingsOf,
  type PageQuestion,
  type PlannedPage,
  type PlannedPeriod,
  pagesOf,
  periodName,
  plannedPage,
  restartName,
} from './plan';
export { SHARD_POLICY, type ShardPolicy, type Size, wholeOf } from './shard-plan';
export { createShards, readWhole, type Shards, type ShardVerdict } from './shards';
export { firstTake, type Lack, MOST_ENTRIES, moveOf, type PageAnswer, type PageGuess, type PageRequest, takeFrom } from './take';
