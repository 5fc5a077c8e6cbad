import type { Authorizer } from '../core/auth/authorize';
import type { LiveConfiguration } from '../core/config/live';
import type { Secrets } from '../core/connectors/secrets';
import type { Transport } from '../core/http/exchange';
import type { Authenticator } from '../core/keys/authenticate';
import type { Admission } from '../core/ledger/admission';
import type { BudgetSources } from '../core/ledger/budget-state';
import type { LevelCache } from '../core/ledger/levels';
import type { PriceBook } from '../core/pricing';
import type { Protocols } from '../core/protocols';
import type { Clock } from '../core/runtime/clock';
import type { Log } from '../core/runtime/log';
import type { Metrics } from '../core/runtime/metrics';
import type { Ticker } from '../core/runtime/ticker';
import type { AttemptBudget } from './attempt-budget';
import type { Cooldowns } from './cooldowns';
import type { OwnRate } from './own-rate';

/** Everything that outlives a request, made once and passed in. */
export interface Gateway {
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly configuration: LiveConfiguration;
  readonly protocols: Protocols;
  readonly authenticator: Authenticator;
  /** Rows of teams, projects and users, at most 10 s old. */
  readonly levels: LevelCache;
  /** How budgets stand. */
  readonly budgets: BudgetSources;
  readonly admission: Admission;
  /** What models cost, run-time changes included, as it stands now. */
  prices(): PriceBook;
  readonly secrets: Secrets;
  readonly authorizer: Authorizer;
  readonly transport: Transport;
  /** AWS's own client for Bedrock, loaded by the first call that wants it. */
  readonly bedrockSdk: Transport;
  readonly cooldowns: Cooldowns;
  readonly attemptBudget: AttemptBudget;
  readonly ownRate: OwnRate;
  /** 0 to 1, for jitter. */
  random(): number;
}
