import { closeSync, writeSync } from 'node:fs';
import type { TracedCall } from '../aws/traced-call';
import { openPrivately } from '../private-files';
import { LocalRunError } from '../template/failure';
import { type RequestTrace, requestTrace } from './request-trace';
import { type TraceLine, traceLine } from './trace-line';

/** The answer's head reaches the local API Gateway a little after its function is done. */
const LATE_HEAD_MS = 1_000;

interface Named {
  /** The gateway's own, once its answer has said it. */
  requestId?: string;
  /** Calls of the invocation so far, while nobody knows which request they are for. */
  readonly waiting: TracedCall[];
  /** All that was told of it. */
  readonly lines: TraceLine[];
}

/**
 * What `--trace-aws` tells: each call of AWS, and each request with all of its calls. A function says the request's id in its answer's
 * head, after its first calls, so those wait for it. Nothing is asked of the function.
 */
export class CallTrace {
  private readonly byTraceId = new Map<string, Named>();
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(private readonly sink: TraceSink) {}

  /** Tells of each request once it is over. */
  public static ofRequests(onRequest: (trace: RequestTrace) => void): CallTrace {
    return new CallTrace({ request: onRequest, close: () => undefined });
  }

  /**
   * One JSON line for each call. Begins the file anew; only the user can read it.
   *
   * @param onError told once, when no more can be written
   * @throws LocalRunError when it cannot be written
   */
  public static open(path: string, onError: (message: string) => void): CallTrace {
    try {
      return new CallTrace(fileSink(openPrivately(path, 'w'), onError));
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
    else this.write(call, named);
  }

  /** The answer of an invocation says which request of the gateway it is for. */
  public name(traceId: string, requestId: string): void {
    const named = this.of(traceId);
    named.requestId = requestId;
    for (const call of named.waiting.splice(0)) this.write(call, named);
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
    this.sink.close();
  }

  private of(traceId: string): Named {
    const named = this.byTraceId.get(traceId) ?? { waiting: [], lines: [] };
    this.byTraceId.set(traceId, named);
    return named;
  }

  private forget(traceId: string): void {
    const named = this.byTraceId.get(traceId);
    for (const call of named?.waiting ?? []) this.write(call, undefined);
    if (named?.requestId !== undefined && named.lines.length > 0) this.sink.request?.(requestTrace(named.requestId, named.lines));
    this.byTraceId.delete(traceId);
  }

  private write(call: TracedCall, named: Named | undefined): void {
    const line = traceLine(call, named?.requestId);
    named?.lines.push(line);
    this.sink.call?.(line);
  }
}

/** Where a trace goes. */
interface TraceSink {
  call?(line: TraceLine): void;
  request?(trace: RequestTrace): void;
  close(): void;
}

/** A full disk must not fail the call that is traced. */
function fileSink(descriptor: number, onError: (message: string) => void): TraceSink {
  let broken = false;
  return {
    call(line) {
      if (broken) return;
      try {
        writeSync(descriptor, `${JSON.stringify(line)}\n`);
      } catch (error) {
        broken = true;
        onError(`--trace-aws: nothing more is written (${(error as NodeJS.ErrnoException).code})`);
      }
    },
    close() {
      broken = true;
      closeSync(descriptor);
    },
  };
}
