import { METRICS } from '../contract';
import type { LogQuery } from './sources';

/** A member of the log's lines whose name holds dots. */
const field = (name: string): string => `\`${name}\``;

const COST = `sum(${field(METRICS.COST)}) as usd`;
const CALLS = 'count(*) as calls';

/** Questions that the log answers, by the name that they are saved under; `docs/observability.md` says what each is for. */
export const QUERIES = {
  'Failed attempts by provider': [
    'filter event = "attempt"',
    `stats ${CALLS}, count_distinct(requestId) as requests by provider, region, error_type, outcome`,
    'sort calls desc',
  ],
  'One request': ['filter requestId = "REQUEST_ID"', 'sort @timestamp asc'],
  'Failed requests': [
    'filter event = "request" and status >= 500',
    `stats ${CALLS} by outcome, reason, provider, model`,
    'sort calls desc',
  ],
  'Refused requests': [
    'filter event = "request" and status >= 400 and status < 500',
    `stats ${CALLS} by outcome, keyId, teamId`,
    'sort calls desc',
  ],
  'Spend by team': ['filter event = "request"', `stats ${COST}, ${CALLS} by teamId`, 'sort usd desc'],
  'Spend by key': ['filter event = "request"', `stats ${COST}, ${CALLS} by keyId, teamId`, 'sort usd desc', 'limit 50'],
  'Spend by model': ['filter event = "request"', `stats ${COST}, ${CALLS} by provider, model`, 'sort usd desc'],
  'Spend by provider': ['filter event = "request"', `stats ${COST}, ${CALLS} by provider`, 'sort usd desc'],
  'Models compared': [
    'filter event = "request" and ispresent(model) and status < 400',
    `stats ${CALLS}, pct(${field(METRICS.TIME_TO_FIRST_TOKEN)}, 50) as first_token_p50, pct(${field(METRICS.TIME_TO_FIRST_TOKEN)}, 90) as first_token_p90,` +
      ` avg(${field(METRICS.TOKENS_PER_SECOND)}) as tokens_per_second, avg(${field(METRICS.COST)}) as usd_a_call,` +
      ` 100 * sum(${field(METRICS.CACHE_READ_TOKENS)}) / sum(${field(METRICS.INPUT_TOKENS)}) as cached_percent by provider, model`,
    'sort calls desc',
  ],
  'Slowest requests': [
    'filter event = "request"',
    'fields @timestamp, requestId, provider, model, status, latencyMs, timeToFirstByteMs, overheadMs, attempts',
    'sort latencyMs desc',
    'limit 50',
  ],
} as const satisfies Readonly<Record<string, LogQuery>>;
