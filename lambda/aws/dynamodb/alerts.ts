import { STREAMED_RECORDS } from '../../../lib/private/contract';
import { type Item, toItem } from './attributes';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

/** Something that people should hear of. */
export interface Alert {
  /** What is to be told once has one id, whoever finds it and how often. */
  readonly id: string;
  /** `detail-type` of its event. */
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
  /** What its event says beside the id, the gateway and the time. */
  readonly detail: Readonly<Record<string, string | number>>;
}

/** Alerts that were raised. */
export interface AlertStore {
  /** Answers whether it is new. */
  raise(alert: Alert): Promise<boolean>;
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
    async raise({ id, type, at, detail }) {
      const ttl = Math.floor(Date.parse(at) / 1_000) + KEPT_DAYS * 86_400;
      const item = toItem({ pk: `${ALERT_PREFIX}${id}`, sk: 'alert', id, type, at, detail: JSON.stringify(detail), ttl });
      const put = { TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' };
      return (await conditional(() => connector.putItem(put, { timeoutMs: TIMEOUT_MS }))) === 'done';
    },
  };
}

/**
 * Reads an image of the stream as an alert.
 *
 * @throws where it is none
 */
export function readAlert(item: Item): Alert {
  const text = (name: string) => item[name]?.S as string;
  return { id: text('id'), type: text('type'), at: text('at'), detail: JSON.parse(text('detail')) };
}
