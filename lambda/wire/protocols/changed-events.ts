import type { StreamEvent } from '../model/response';
import type { Frame, StreamDecoder } from './protocol';

/** A decoder whose events are changed on their way: each becomes what `change` makes of it, in order. */
export function changedEvents(inner: StreamDecoder, change: (event: StreamEvent) => readonly StreamEvent[]): StreamDecoder {
  return new ChangedEvents(inner, change);
}

class ChangedEvents implements StreamDecoder {
  public constructor(
    private readonly inner: StreamDecoder,
    private readonly change: (event: StreamEvent) => readonly StreamEvent[],
  ) {}

  public get malformed(): number {
    return this.inner.malformed;
  }

  public decode(frame: Frame): StreamEvent[] {
    return this.inner.decode(frame).flatMap(this.change);
  }

  public end(): StreamEvent[] {
    return this.inner.end().flatMap(this.change);
  }
}
