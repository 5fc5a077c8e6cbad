import type { GatewayError } from '../../platform/error';
import type { StreamEvent } from '../../wire/model';
import type { StreamEncoder } from '../../wire/protocols';
import type { StreamSink } from './translation';

/** Events that an answer may begin with before it says anything. */
const PREAMBLE: ReadonlySet<StreamEvent['type']> = new Set(['start', 'usage', 'text-start', 'reasoning-start']);

/** The answer says something with this event, or ends. */
export function isMeaningful({ type }: StreamEvent): boolean {
  return !PREAMBLE.has(type);
}

/** Writes events as the caller's bytes; what belongs together goes out as one piece. */
export class EventWriter {
  #text = '';
  /** The caller's answer has ended; what follows is only counted. */
  #told = false;

  public constructor(private readonly encoder: StreamEncoder) {}

  /** True when nothing may follow. */
  public write(event: StreamEvent, sink: StreamSink): boolean {
    if (event.type === 'error') {
      this.flush(sink);
      sink.fail(event.error);
      return true;
    }
    const encoded = this.#told ? '' : this.encoder.encode(event);
    if (PREAMBLE.has(event.type) && this.#text === '') {
      if (encoded !== '') sink.preamble(encoded);
    } else this.#text += encoded;
    if (event.type !== 'end') return false;
    this.flush(sink);
    sink.complete();
    return true;
  }

  public flush(sink: StreamSink): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    sink.content(text);
  }

  /** The end of an answer that broke off, behind what was not sent of it yet. */
  public terminal(error: GatewayError): string {
    this.#told = true;
    return this.#text + this.encoder.encode({ type: 'error', error });
  }
}
