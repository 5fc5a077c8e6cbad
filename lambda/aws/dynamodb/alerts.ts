import { STREAMED_RECORDS } from '../../../lib/private/contract';
import { type Item, toItem } from './attributes';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

/** A budget has reached one of its thresholds in one period. */
export interface BudgetAlert {
  /** The budget's page and its period. */
  readonly counter: string;
  /** `team`, `key`, ... */
  readonly level: string;
  readonly levelId: string;
  readonly period: string;
  /** ISO 8601. */
  readonly periodStart: string;
  readonly model?: string;
  /** Share of the limit, such as 0.8. */
  readonly threshold: number;
  /** Decimal US dollars. */
  readonly limitUsd: string;
  readonly spentNanoUsd: bigint;
  /** ISO 8601. */
  readonly at: string;
}

/** Alerts that were raised. Each is raised once per period, threshold and limit. */
export interface AlertStore {
  /** Answers whether it is new. */
  raise(alert: BudgetAlert): Promise<boolean>;
}

export const ALERT_PREFIX = STREAMED_RECORDS.ALERT;
const KEPT_DAYS = 400;
const TIMEOUT_MS = 5_000;

/**
 * Alerts, kept in the records table; its stream carries them on.
 *
 * @param table name of the records table
 */
export function createAlertStore(connector: DynamoDbConnector, table: string): AlertStore {
  return {
    async raise(alert) {
      const item = toItem({
        pk: `${ALERT_PREFIX}${alert.counter}#${alert.threshold}#${alert.limitUsd}`,
        sk: 'alert',
        counter: alert.counter,
        level: alert.level,
        level_id: alert.levelId,
        period: alert.period,
        period_start: alert.periodStart,
        model: alert.model,
        threshold: String(alert.threshold),
        limit_usd: alert.limitUsd,
        spent_nano_usd: String(alert.spentNanoUsd),
        at: alert.at,
        ttl: Math.floor(Date.parse(alert.at) / 1_000) + KEPT_DAYS * 86_400,
      });
      const put = { TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' };
      return (await conditional(() => connector.putItem(put, { timeoutMs: TIMEOUT_MS }))) === 'done';
    },
  };
}

/** Reads an image of the stream as an alert. */
export function readAlert(item: Item): BudgetAlert {
  const text = (name: string) => item[name]?.S ?? '';
  return {
    counter: text('counter'),
    level: text('level'),
    levelId: text('level_id'),
    period: text('period'),
    periodStart: text('period_start'),
    ...(item['model']?.S === undefined ? {} : { model: item['model'].S }),
    threshold: Number(text('threshold')),
    limitUsd: text('limit_usd'),
    spentNanoUsd: BigInt(text('spent_nano_usd')),
    at: text('at'),
  };
}
