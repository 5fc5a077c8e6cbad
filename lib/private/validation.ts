import { type Duration, Token } from 'aws-cdk-lib';
import type { Deadlines } from '../deadlines';
import type { Budget, Level, Limits, UnknownPrice } from '../limits';
import { BudgetPeriod } from '../limits';
import {
  type BudgetConfig,
  DEFAULT_DEADLINES,
  type DeadlineConfig,
  type LevelConfig,
  type LimitsConfig,
  type UnknownPriceConfig,
} from './contract';

/** Longest silence that API Gateway allows a regional stream, in milliseconds. */
const API_IDLE_MS = 300_000;

/** Characters of an alias or a model glob: what model names hold, and `*`. */
const GLOB = /^[A-Za-z0-9*][A-Za-z0-9._:/@+~*-]{0,255}$/;

/** Throws when a glob holds characters that no model name has. `what` names the prop. */
export function checkGlob(what: string, glob: string): string {
  if (!GLOB.test(glob)) {
    throw new Error(
      `${what} is "${glob}"; use 1 to 256 letters, digits and . _ : / @ + ~ -, with * for any characters, for example "claude-*"`,
    );
  }
  return glob;
}

/** Throws unless the text is a positive decimal that an exact number of nano-dollars can hold. */
export function checkUsd(what: string, usd: string): string {
  if (!/^(0|[1-9]\d{0,8})(\.\d{1,9})?$/.test(usd) || /^[0.]+$/.test(usd)) {
    throw new Error(
      `${what} is "${usd}"; give US dollars above 0 and below 1000000000 as a decimal with at most 9 places and no sign, for example "25.00"`,
    );
  }
  return usd;
}

/** Throws unless the text is a decimal that an exact number of nano-dollars can hold; 0 is one. */
export function checkPriceUsd(what: string, usd: string): string {
  if (!/^(0|[1-9]\d{0,8})(\.\d{1,9})?$/.test(usd)) {
    throw new Error(`${what} is "${usd}"; give US dollars per million tokens as a decimal with at most 9 places, for example "2.50"`);
  }
  return usd;
}

/** The document's form of a level. Throws on values that make no sense. */
export function levelConfig(what: string, level: Level): LevelConfig {
  const limits = limitsConfig(`${what} limits`, level.limits);
  const seen = new Set<string>();
  const perModel = (level.modelLimits ?? []).map(({ model, ...rest }): [string, LimitsConfig] => {
    checkGlob(`"model" of ${what} modelLimits`, model);
    if (seen.has(model)) throw new Error(`${what} modelLimits names "${model}" twice; merge the two entries`);
    seen.add(model);
    return [model, limitsConfig(`${what} modelLimits of "${model}"`, rest)];
  });
  const all: LimitsConfig = { ...limits, ...(perModel.length === 0 ? {} : { per_model: Object.fromEntries(perModel) }) };
  return {
    ...(level.budgets === undefined || level.budgets.length === 0
      ? {}
      : { budgets: level.budgets.map((budget) => budgetConfig(what, budget)) }),
    ...(Object.keys(all).length === 0 ? {} : { limits: all }),
  };
}

function budgetConfig(what: string, budget: Budget): BudgetConfig {
  const known = Object.values(BudgetPeriod) as string[];
  if (!known.includes(budget.period)) {
    throw new Error(`"period" of a ${what} budget is "${budget.period}"; use one of ${known.join(', ')}`);
  }
  for (const share of budget.alertAt ?? []) {
    if (!(share > 0 && share <= 1))
      throw new Error(`"alertAt" of a ${what} budget holds ${share}; give shares above 0 and at most 1, such as 0.8`);
  }
  return {
    limit_usd: checkUsd(`"limitUsd" of a ${what} budget`, budget.limitUsd),
    period: budget.period,
    ...(budget.model === undefined ? {} : { model: checkGlob(`"model" of a ${what} budget`, budget.model) }),
    ...(budget.soft === undefined ? {} : { soft: budget.soft }),
    ...(budget.alertAt === undefined ? {} : { alert_at: [...budget.alertAt].sort((a, b) => a - b) }),
  };
}

function limitsConfig(what: string, limits: Limits = {}): LimitsConfig {
  const wire: Record<string, number | undefined> = {
    requests_per_minute: limits.requestsPerMinute,
    requests_per_day: limits.requestsPerDay,
    tokens_per_minute: limits.tokensPerMinute,
    tokens_per_day: limits.tokensPerDay,
    concurrent_requests: limits.concurrentRequests,
  };
  for (const [name, value] of Object.entries(wire)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new Error(`"${name}" of ${what} is ${value}; give a whole number above 0, or leave it out for no limit`);
    }
  }
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined));
}

/** A throttle of API Gateway's, which refuses others only when they are deployed. Throws when a figure is none. */
export function checkThrottle(names: { readonly rate: string; readonly burst: string }, rate: number, burst: number): void {
  if (!Token.isUnresolved(rate) && !(Number.isFinite(rate) && rate > 0)) {
    throw new Error(`"${names.rate}" is ${rate}; give requests a second above 0`);
  }
  if (!Token.isUnresolved(burst) && !(Number.isSafeInteger(burst) && burst > 0)) {
    throw new Error(`"${names.burst}" is ${burst}; give a whole number of requests above 0`);
  }
}

/** The document's form of the policy for unknown prices; they are refused by default. */
export function unknownPriceConfig(policy: UnknownPrice | undefined): UnknownPriceConfig {
  if (policy?.ceilingUsd === undefined) return { policy: 'refuse' };
  return { policy: 'ceiling', ceilingUsd: checkUsd('the ceiling of "unknownPrice"', policy.ceilingUsd) };
}

/** The document's deadlines. Throws when one does not fit into what Lambda and API Gateway allow. */
export function deadlineConfig(deadlines: Deadlines = {}): DeadlineConfig {
  const ms = (duration: Duration | undefined, fallback: number): number => duration?.toMilliseconds() ?? fallback;
  const config: DeadlineConfig = {
    connectMs: ms(deadlines.connect, DEFAULT_DEADLINES.connectMs),
    firstEventMs: ms(deadlines.firstEvent, DEFAULT_DEADLINES.firstEventMs),
    idleMs: ms(deadlines.idle, DEFAULT_DEADLINES.idleMs),
    totalMs: ms(deadlines.total, DEFAULT_DEADLINES.totalMs),
    streamCommitMs: ms(deadlines.streamCommit, DEFAULT_DEADLINES.streamCommitMs),
    jsonCommitMs: ms(deadlines.jsonCommit, DEFAULT_DEADLINES.jsonCommitMs),
    heartbeatMs: ms(deadlines.heartbeat, DEFAULT_DEADLINES.heartbeatMs),
  };
  const ceilings: [keyof Deadlines, number, number, string][] = [
    ['total', config.totalMs, DEFAULT_DEADLINES.totalMs, "so that the function can still settle within Lambda's 15 minutes"],
    ['connect', config.connectMs, config.totalMs, 'which is the total deadline'],
    ['firstEvent', config.firstEventMs, config.totalMs, 'which is the total deadline'],
    ['idle', config.idleMs, config.totalMs, 'which is the total deadline'],
    ['streamCommit', config.streamCommitMs, API_IDLE_MS - 30_000, 'because API Gateway cuts 5 idle minutes'],
    ['jsonCommit', config.jsonCommitMs, API_IDLE_MS - 30_000, 'because API Gateway cuts 5 idle minutes'],
    ['heartbeat', config.heartbeatMs, DEFAULT_DEADLINES.heartbeatMs, 'because clients and proxies give up on silence'],
  ];
  for (const [name, value, ceiling, reason] of ceilings) {
    if (value <= 0 || value > ceiling) {
      throw new Error(`the deadline "${name}" is ${value} ms; give more than 0 and at most ${ceiling} ms, ${reason}`);
    }
  }
  return config;
}
