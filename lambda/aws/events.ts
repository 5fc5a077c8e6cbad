import { EVENTS } from '../../lib/private/contract';
import type { AwsJsonCall, AwsJsonService } from './aws-json';

/** One event for the bus. */
export interface BusEvent {
  /** `budget-threshold-reached`, `key-revoked`, ... */
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
  readonly detail: object;
}

/** A bus that takes events. */
export interface EventBus {
  /** @throws what the service answered, or an error named `EventsRefused` when the bus took only some of them */
  publish(events: readonly BusEvent[]): Promise<void>;
}

/** What `source` says of every event of ours. */
export const EVENT_SOURCE = EVENTS.SOURCE;

/** EventBridge takes ten entries in one call. */
const LARGEST_BATCH = 10;
const TIMEOUT_MS = 3_000;
const SERVICE: AwsJsonService = { name: 'events', version: '1.1', target: 'AWSEvents' };

/**
 * An EventBridge bus by our own signed call.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function createEventBus(call: AwsJsonCall, busName: string, endpoint?: string): EventBus {
  const service = endpoint === undefined ? SERVICE : { ...SERVICE, endpoint };
  return {
    async publish(events) {
      for (let start = 0; start < events.length; start += LARGEST_BATCH) {
        const entries = events.slice(start, start + LARGEST_BATCH).map((event) => ({
          EventBusName: busName,
          Source: EVENT_SOURCE,
          DetailType: event.type,
          Detail: JSON.stringify(event.detail),
          Time: Date.parse(event.at) / 1_000,
        }));
        const { FailedEntryCount: failed } = await call(service, 'PutEvents', { Entries: entries }, TIMEOUT_MS);
        if (typeof failed === 'number' && failed > 0) {
          throw Object.assign(new Error(`the event bus refused ${failed} of ${entries.length} events`), { name: 'EventsRefused' });
        }
      }
    },
  };
}
