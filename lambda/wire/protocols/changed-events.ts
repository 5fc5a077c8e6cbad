import type { StreamEvent } from '../model/response';
import type { StreamDecoder } from './protocol';

/** A decoder whose events are changed on their way: each becomes what `change` makes of it, in order. */
export function changedEvents(inner: StreamDecoder, change: (event: StreamEvent) => readonly StreamEvent[]): StreamDecoder {
  return {
    decode: (frame) => inner.decode(frame).flatMap(change),
    end: () => inner.end().flatMap(change),
    get malformed() {
      return inner.malformed;
    },
  };
}
