import type { ManagedGuards } from '../guardrails';
import type { Authenticator, IdentityRows, KeptRows, Secrets } from '../identity';
import type { Admission } from '../money/ledger';
import type { BudgetSources } from '../money/pages';
import type { PriceBook } from '../money/pricing';
import type { Transport } from '../platform/http';
import type { Clock, Log, Metrics, Ticker } from '../platform/runtime';
import type { Health, LiveConfiguration } from '../routing';
import type { TransportName } from '../wire/providers';
import type { Probes } from './after/probes';
import type { RefusalCounts } from './after/refusals';
import type { Tap } from './after/tap';
import type { AnswerSource } from './answer/source';
import type { UsualOutput } from './before/usual-output';
import type { Offer } from './offer';
import type { DeepHealth } from './own/deep-health';
import type { OwnRate } from './own/own-rate';
import type { Stage } from './relay/stages';
import type { Shadows } from './shadow/shadows';
import type { Telemetry } from './telemetry/telemetry';
import type { AttemptBudget } from './upstream/attempt-budget';
import type { Authorizer } from './upstream/authorize/authorize';

/** Everything that outlives a request, made once and passed in. */
export interface Gateway {
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly configuration: LiveConfiguration;
  readonly offer: Offer;
  readonly authenticator: Authenticator;
  /** Rows of keys and of the levels above them. */
  readonly rows: IdentityRows;
  /** How budgets stand. */
  readonly budgets: BudgetSources;
  readonly admission: Admission<KeptRows>;
  /** What models cost, run-time changes included, as it stands now. */
  prices(): PriceBook;
  readonly secrets: Secrets;
  readonly authorizer: Authorizer;
  readonly transport: Transport;
  /** Loaded by the first call that wants one. */
  readonly otherTransports: Readonly<Record<TransportName, Transport>>;
  /** How providers answer of late. */
  readonly health: Health;
  readonly deepHealth: DeepHealth;
  readonly probes: Probes;
  readonly shadows: Shadows;
  readonly attemptBudget: AttemptBudget;
  readonly ownRate: OwnRate;
  readonly usualOutput: UsualOutput;
  readonly refusals: RefusalCounts;
  /** What calls are answered from, in the order in which they are asked. */
  readonly sources: readonly AnswerSource[];
  /** What reads or changes the contents of answers, in the order in which they see them. */
  readonly stages: readonly Stage[];
  /** What managed rules of guardrail policies ask. */
  readonly managedGuards: ManagedGuards;
  /** What follows the bytes that callers send and are sent. */
  readonly taps: readonly Tap[];
  /** Absent: metrics and spans are sent nowhere but to the log. */
  readonly telemetry: Telemetry | undefined;
  /** 0 to 1, for jitter. */
  random(): number;
}
