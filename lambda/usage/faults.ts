import type { DynamoDBRecord } from 'aws-lambda';
import type { FaultEvent, UnitOfWork } from 'aws-lambda-stream/types';
import type { Stream } from 'highland';
import _ from 'highland';
import { EVENTS } from '../../lib/private/contract';
import type { BusEvent, EventBus } from '../aws/events';
import type { Clock, Log } from '../platform/runtime';

export interface FaultParts {
  readonly bus: EventBus;
  readonly log: Log;
  readonly clock: Pick<Clock, 'now'>;
  readonly gateway: string;
}

type RecordIds = Pick<DynamoDBRecord, 'eventID' | 'dynamodb'>;

/** Publishes what could not be processed: ids only, never a record's content. When that fails the whole batch fails, so nothing is skipped. */
export function publishFaults(parts: FaultParts): () => (stream: Stream<{ event: FaultEvent }>) => Stream<unknown> {
  return () => (stream) =>
    stream
      .map(({ event }) => faultEvent(parts, event.tags.pipeline, event.err.name, recordOf(event.uow)))
      .collect()
      .flatMap((events) => _(parts.bus.publish(events)));
}

/** The same for records that no pipeline can take in. */
export async function publishMalformed(parts: FaultParts, records: readonly DynamoDBRecord[]): Promise<void> {
  await parts.bus.publish(records.map((record) => faultEvent(parts, 'stream', 'MalformedRecord', record)));
}

/** A fault of the first step carries the bare record in place of a unit of work. */
function recordOf(uow: Partial<UnitOfWork> & object): RecordIds {
  return uow.record ?? (uow as RecordIds);
}

function faultEvent({ log, clock, gateway }: FaultParts, pipeline: string, error: string, record: RecordIds): BusEvent {
  const at = new Date(clock.now()).toISOString();
  const keys = record.dynamodb?.Keys;
  log.write('error', 'usage-fault', {
    reason: pipeline,
    code: error,
    ...(record.eventID === undefined ? {} : { requestId: record.eventID }),
  });
  return {
    type: EVENTS.FAULT,
    at,
    detail: {
      id: record.eventID,
      gateway,
      at,
      pipeline,
      error,
      sequence_number: record.dynamodb?.SequenceNumber,
      record: { pk: keys?.['pk']?.S, sk: keys?.['sk']?.S },
    },
  };
}
