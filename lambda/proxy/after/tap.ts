import type { Writable } from 'node:stream';
import type { Exchange } from '../../platform/http';
import { type Log, safeStack } from '../../platform/runtime';
import type { Trace } from './trace';

/** Follows the bytes of one exchange. */
export interface OpenTap {
  /** Bytes of the answer, in order, as they are handed to the caller's connection. They must not be changed. */
  sent(bytes: Buffer): void;
  /** Everything is sent, settled and logged. The process stays awake for what this returns. */
  end(trace: Trace): Promise<void> | void;
}

/** Sees what callers send and what they are sent, whatever it is: answers, errors, refusals. Can change nothing, and its faults reach nobody. */
export interface Tap {
  /** The request is `exchange.body`; the trace tells more and more. Undefined leaves this exchange alone. */
  open(exchange: Exchange, trace: Trace): OpenTap | undefined;
}

/** An exchange that is listened to. */
export interface TappedExchange {
  readonly exchange: Exchange;
  end(trace: Trace): Promise<void>;
}

/** Undefined where nobody listens, so that nothing is in the way of the bytes. */
export function openTaps(taps: readonly Tap[], exchange: Exchange, trace: Trace, log: Log): TappedExchange | undefined {
  if (taps.length === 0) return undefined;
  const guard = <T>(step: () => T): T | undefined => {
    try {
      return step();
    } catch (error) {
      log.write('error', 'tap-failed', { stack: safeStack(error) });
      return undefined;
    }
  };
  const open = taps.flatMap((tap) => guard(() => tap.open(exchange, trace)) ?? []);
  if (open.length === 0) return undefined;
  const heard = (bytes: Buffer): void => {
    for (const tap of open) guard(() => tap.sent(bytes));
  };
  return {
    exchange: { ...exchange, respond: (status, headers) => overheard(exchange.respond(status, headers), heard) },
    async end(trace) {
      const ends = open.map(async (tap) => tap.end(trace));
      for (const end of await Promise.allSettled(ends)) {
        if (end.status === 'rejected') log.write('error', 'tap-failed', { stack: safeStack(end.reason) });
      }
    },
  };
}

/** The stream itself, so that its back-pressure and its events stay what they are. */
function overheard(out: Writable, heard: (bytes: Buffer) => void): Writable {
  const write = out.write.bind(out);
  const end = out.end.bind(out);
  return Object.assign(out, {
    write(bytes: Buffer | string): boolean {
      heard(asBuffer(bytes));
      return write(bytes);
    },
    end(bytes?: Buffer | string): Writable {
      if (bytes === undefined) return end();
      heard(asBuffer(bytes));
      return end(bytes);
    },
  });
}

function asBuffer(bytes: Buffer | string): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
}
