import { randomUUID } from 'node:crypto';
import { type JsonObject, jsonService } from './json-service';
import type { Place } from './names';
import { AwsError, type AwsService } from './service';

export interface PublishedEvent {
  readonly id: string;
  /** Name of the bus. */
  readonly bus: string;
  readonly source?: string;
  readonly detailType?: string;
  readonly detail: unknown;
}

export interface Events {
  /** The newest thousand, oldest first. */
  readonly published: readonly PublishedEvent[];
  /** Listens from now on. Answers how to stop. */
  onEvent(listener: (event: PublishedEvent) => void): () => void;
  readonly service: AwsService;
}

const KEPT = 1_000;
const MOST_ENTRIES = 10;

/** EventBridge's stand-in: PutEvents, remembered for whoever wants to see. */
export function createEvents({ region, account }: Place): Events {
  const published: PublishedEvent[] = [];
  const listeners = new Set<(event: PublishedEvent) => void>();
  const busOf = (entry: JsonObject): string => {
    const written = String(entry.EventBusName ?? 'default');
    return written.slice(written.lastIndexOf('/') + 1);
  };
  const entriesOf = (input: JsonObject): JsonObject[] => {
    const entries = input.Entries;
    if (!Array.isArray(entries) || entries.length === 0 || entries.length > MOST_ENTRIES) {
      throw new AwsError('ValidationException', `Entries must have 1 to ${MOST_ENTRIES} members`);
    }
    return entries as JsonObject[];
  };

  return {
    published,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    service: jsonService({
      version: '1.1',
      namespace: 'com.amazonaws.events',
      accesses(action, input) {
        const buses = new Set(action === 'PutEvents' ? entriesOf(input).map(busOf) : ['default']);
        return [...buses].map((bus) => ({
          action: `events:${action}`,
          resource: `arn:aws:events:${region}:${account}:event-bus/${bus}`,
        }));
      },
      run(action, input) {
        if (action !== 'PutEvents') throw new AwsError('UnknownOperationException', `the local EventBridge does not know ${action}`);
        const results = entriesOf(input).map((entry) => {
          const detail = detailOf(entry);
          if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
          const event = {
            id: randomUUID(),
            bus: busOf(entry),
            ...(entry.Source === undefined ? {} : { source: String(entry.Source) }),
            ...(entry.DetailType === undefined ? {} : { detailType: String(entry.DetailType) }),
            detail,
          };
          published.push(event);
          for (const listener of listeners) listener(event);
          return { EventId: event.id };
        });
        published.splice(0, published.length - KEPT);
        return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
      },
    }),
  };
}

function detailOf(entry: JsonObject): unknown {
  try {
    const detail: unknown = JSON.parse(String(entry.Detail));
    return detail !== null && typeof detail === 'object' ? detail : undefined;
  } catch {
    return undefined;
  }
}
