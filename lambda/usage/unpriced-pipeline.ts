import { filterOnEventType } from 'aws-lambda-stream/filters/event';
import type { Rule, Step, UnitOfWork } from 'aws-lambda-stream/types';
import _ from 'highland';
import { EVENTS } from '../../lib/private/contract';
import type { Alert, AlertStore, Item } from '../aws/dynamodb';
import { readRecord } from '../aws/dynamodb';
import { formatUsd } from '../money/pricing';
import type { PipelineRecord } from './records';

export interface UnpricedPipeline {
  readonly alerts: AlertStore;
}

/** Charged at the dearest price that there is, because nobody knows the one of what answered. */
const UNPRICED = 'ceiling';
const LONGEST_MODEL = 200;

/** Requests in, an alert for each model that answered without a known price, once a model and UTC day. */
export function unpriced({ alerts }: UnpricedPipeline): (rule: Rule) => Step {
  return (rule) => (stream) =>
    stream
      .filter((uow) => filterOnEventType(rule, uow))
      .map((uow) => alertOf(uow as unknown as UnitOfWork<PipelineRecord>))
      .filter((alert) => alert !== undefined)
      .collect()
      .flatMap((found) => _(raise(found as readonly Alert[])));

  async function raise(found: readonly Alert[]): Promise<void> {
    for (const alert of new Map(found.map((one) => [one.id, one])).values()) await alerts.raise(alert);
  }
}

/** Told as of the request, so that whoever tells it again says the same. */
function alertOf({ record }: UnitOfWork<PipelineRecord>): Alert | undefined {
  let request: ReturnType<typeof readRecord>;
  try {
    request = readRecord(record.images.newItem as Item);
  } catch {
    // The rollups make a fault of it.
    return undefined;
  }
  const { priceSource, provider, responseModel, requestModel, id, createdAt, costNanoUsd } = request;
  if (priceSource !== UNPRICED || provider === undefined) return undefined;
  const model = `${provider}/${responseModel ?? requestModel ?? ''}`.slice(0, LONGEST_MODEL);
  const day = createdAt.slice(0, 10);
  return {
    id: `price#${model}#${day}`,
    type: EVENTS.PRICE_UNKNOWN,
    at: createdAt,
    detail: { model, day, request_id: id, charged_usd: formatUsd(costNanoUsd) },
  };
}
