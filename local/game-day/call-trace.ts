import { closeSync, writeSync } from 'node:fs';
import type { Disturbance } from '../aws/disturbance';
import type { TracedCall } from '../aws/traced-call';
import { openPrivately } from '../private-files';
import { LocalRunError } from '../template/failure';
import { functionKind } from '../template/functions';
import { resourceName } from './disturber';

/** The answer's head reaches the local API Gateway a little after its function is done. */
const LATE_HEAD_MS = 1_000;

interface Named {
  /** The gateway's own, once its answer has said it. */
  requestId?: string;
  /** Calls of the invocation so far, while nobody knows which request they are for. */
  readonly waiting: TracedCall[];
}

/**
 * The file of `--trace-aws`: one JSON line for each call of AWS. A function says the request's id in its answer's head, after its first
 * calls, so those lines wait for it. Nothing is asked of the function.
 */
export class CallTrace {
  private readonly byTraceId = new Map<string, Named>();
  private readonly timers = new Set<NodeJS.Timeout>();

  private broken = false;

  private constructor(
    private readonly descriptor: number,
    private readonly onError: (message: string) => void,
  ) {}

  /**
   * Begins the file anew; only the user can read it.
   *
   * @param onError told once, when no more can be written
   * @throws LocalRunError when it cannot be written
   */
  public static open(path: string, onError: (message: string) => void): CallTrace {
    try {
      return new CallTrace(openPrivately(path, 'w'), onError);
    } catch (error) {
      throw new LocalRunError(`--trace-aws ${path}: it cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  public record(call: TracedCall): void {
    const traceId = call.invocation?.traceId;
    if (traceId === undefined) {
      this.write(call, undefined);
      return;
    }
    const named = this.of(traceId);
    if (named.requestId === undefined) named.waiting.push(call);
    else this.write(call, named.requestId);
  }

  /** The answer of an invocation says which request of the gateway it is for. */
  public name(traceId: string, requestId: string): void {
    const named = this.of(traceId);
    named.requestId = requestId;
    for (const call of named.waiting.splice(0)) this.write(call, requestId);
  }

  /** The invocation is over. */
  public ended(traceId: string): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.forget(traceId);
    }, LATE_HEAD_MS);
    timer.unref();
    this.timers.add(timer);
  }

  public close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    for (const traceId of [...this.byTraceId.keys()]) this.forget(traceId);
    this.broken = true;
    closeSync(this.descriptor);
  }

  private of(traceId: string): Named {
    const named = this.byTraceId.get(traceId) ?? { waiting: [] };
    this.byTraceId.set(traceId, named);
    return named;
  }

  private forget(traceId: string): void {
    for (const call of this.byTraceId.get(traceId)?.waiting ?? []) this.write(call, undefined);
    this.byTraceId.delete(traceId);
  }

  private write(call: TracedCall, requestId: string | undefined): void {
    const line = {
      request_id: requestId ?? null,
      invocation_id: call.invocation?.requestId ?? null,
      function: functionKind(call.principal) ?? call.principal,
      function_id: call.principal,
      service: call.service,
      action: call.action,
      resources: [
        ...new Set(call.accesses.filter(({ action }) => !action.startsWith('kms:')).map(({ resource }) => resourceName(resource))),
      ],
      start: rounded(call.startMs),
      end: rounded(call.endMs),
      read_units: call.consumption.readUnits,
      write_units: call.consumption.writeUnits,
      ...(call.error === undefined ? {} : { error: call.error }),
      ...(call.disturbance === undefined ? {} : { disturbed: effectOf(call.disturbance) }),
    };
    this.append(`${JSON.stringify(line)}\n`);
  }

  /** A full disk must not fail the call that is traced. */
  private append(line: string): void {
    if (this.broken) return;
    try {
      writeSync(this.descriptor, line);
    } catch (error) {
      this.broken = true;
      this.onError(`--trace-aws: nothing more is written (${(error as NodeJS.ErrnoException).code})`);
    }
  }
}

function effectOf({ lost, error }: Disturbance): string {
  if (lost !== undefined) return `lost-${lost}`;
  return error === undefined ? 'slow' : 'refused';
}

/** To the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
