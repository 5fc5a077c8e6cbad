import type { MetricName } from '../../../lib/private/contract';
import type { Transport } from '../../platform/http';
import { type Attributes, encodeSpans, MetricBatch, type Span } from '../../platform/otlp';
import type { Clock, Log, MetricDimensions, MetricValues } from '../../platform/runtime';
import { addAttemptMeasures, requestMeasures } from '../after/measures';
import type { Trace } from '../after/trace';
import { type Destination, exportTo } from './export';
import { spansOf } from './spans';
import type { PlaceNames, Telemetry } from './telemetry';

export interface TelemetryParts {
  /** Name of the gateway. */
  readonly gateway: string;
  readonly metrics?: Destination | undefined;
  readonly spans?: Destination | undefined;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
}

/** What comes within this time is sent together. */
const EVERY_MS = 1_000;
/** So much is sent at once, however short the time. */
const MOST_SERIES = 2_000;
const MOST_SPANS = 500;
/** A collector that is gone is told of no more often. */
const COMPLAIN_EVERY_MS = 60_000;

/** Keeps metrics and spans of requests until they are due, and sends them. What cannot be sent is dropped: nobody waits for it. */
export function createTelemetry({ gateway: name, metrics, spans: traces, transport, clock, log }: TelemetryParts): Telemetry {
  const resource: Attributes = { 'service.name': name };
  let batch = new MetricBatch();
  let kept: Span[] = [];
  let sinceAt = clock.now();
  let sentMs = Number.NEGATIVE_INFINITY;
  let complainedMs = Number.NEGATIVE_INFINITY;

  const add = (values: MetricValues, attributes: Attributes): void => {
    for (const metric in values) batch.add(metric as MetricName, values[metric as MetricName] as number, attributes);
  };

  const send = async (destination: Destination, body: Buffer): Promise<void> => {
    try {
      await exportTo(transport, destination, body);
    } catch (error) {
      if (clock.monotonic() - complainedMs < COMPLAIN_EVERY_MS) return;
      complainedMs = clock.monotonic();
      log.write('warn', 'telemetry-unsent', { code: error instanceof Error ? error.name : 'unknown', bytes: body.length });
    }
  };

  const flush = async (): Promise<void> => {
    const [full, told, since, now] = [batch, kept, sinceAt, clock.now()];
    batch = new MetricBatch();
    kept = [];
    sinceAt = now;
    sentMs = clock.monotonic();
    await Promise.all([
      ...(metrics === undefined || full.size === 0 ? [] : [send(metrics, full.encode(resource, since, now))]),
      ...(traces === undefined || told.length === 0 ? [] : [send(traces, encodeSpans(resource, told))]),
    ]);
  };

  return {
    makesSpans: traces !== undefined,
    count: (values) => {
      if (metrics !== undefined) add(values, {});
    },
    note(trace, names) {
      if (trace.operation === undefined) return undefined;
      if (metrics !== undefined) addRequest(trace, names, add);
      if (traces !== undefined) kept.push(...spansOf(trace, names, clock));
      const isDue = clock.monotonic() - sentMs >= EVERY_MS || batch.size >= MOST_SERIES || kept.length >= MOST_SPANS;
      return isDue ? flush() : undefined;
    },
    flush,
  };
}

type Add = (values: MetricValues, attributes: Attributes) => void;

function addRequest(trace: Trace, names: PlaceNames, add: Add): void {
  const { provider, requestModel: model } = trace;
  const by = provider === undefined || model === undefined ? {} : names.of({ provider, model });
  const caller = { 'llm_gateway.key.id': trace.keyId, 'llm_gateway.team.id': trace.teamId, 'llm_gateway.project.id': trace.projectId };
  add(requestMeasures(trace), { ...attributesOf(names, trace, { ...by, region: undefined }), ...caller });
  for (const attempt of trace.attempts) {
    const values: Parameters<typeof addAttemptMeasures>[0] = {};
    const fault = addAttemptMeasures(values, attempt);
    add(values, { ...attributesOf(names, trace, names.of(attempt)), 'error.type': fault });
  }
}

function attributesOf(
  names: PlaceNames,
  { operation }: Trace,
  by: { readonly [Name in keyof MetricDimensions]: string | undefined },
): Attributes {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': names.vendorOf(by.provider),
    'gen_ai.request.model': by.model,
    'llm_gateway.provider': by.provider,
    'cloud.region': by.region,
  };
}
