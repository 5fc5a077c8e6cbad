import { parseJson } from '../../platform/json';
import { closingQuote } from './frame-scan';

/**
 * Nearly all frames of a stream are the same text around one string that the model wrote. A template learned from one such
 * frame tells in a few comparisons, without parsing, that another says nothing else.
 */
export class FrameTemplate {
  readonly #head: string;
  readonly #tail: string;
  /** What follows a second string that may differ, such as OpenAI's padding. */
  readonly #end: string | undefined;

  private constructor(head: string, tail: string, end: string | undefined) {
    this.#head = head;
    this.#tail = tail;
    this.#end = end;
  }

  /**
   * Learns from a frame whose one text of interest is `text`; `padding` is another string in it that has no meaning.
   * Undefined when their places in the frame are not certain.
   */
  public static learn(frame: string, text: string, padding: string | undefined): FrameTemplate | undefined {
    const written = JSON.stringify(text);
    const at = frame.indexOf(`:${written}`);
    if (at === -1 || frame.indexOf(`:${written}`, at + 1) !== -1) return undefined;
    const head = frame.slice(0, at + 2);
    const rest = frame.slice(at + 1 + written.length);
    if (padding === undefined) return new FrameTemplate(head, rest, undefined);

    const end = `${JSON.stringify(padding)}}`;
    if (!rest.endsWith(end) || rest.includes('\\')) return undefined;
    return new FrameTemplate(head, rest.slice(0, rest.length - end.length + 1), '"}');
  }

  /** Where the text of a frame of this kind begins. */
  public get start(): number {
    return this.#head.length;
  }

  /** The frame's text; undefined when the frame is not of this kind. */
  public text(frame: string): string | undefined {
    const length = this.match(frame);
    if (length === -1) return undefined;
    const written = frame.slice(this.#head.length, this.#head.length + length);
    if (!written.includes('\\')) return written;
    const text = parseJson(`"${written}"`);
    return typeof text === 'string' ? text : undefined;
  }

  /** Characters of the frame's text, escapes included; -1 when the frame is not of this kind. */
  public match(frame: string): number {
    const start = this.#head.length;
    // Slices compare three times as fast as `startsWith`.
    if (frame.slice(0, start) !== this.#head) return -1;
    const close = closingQuote(frame, start);
    if (close === -1) return -1;
    const after = close + 1 + this.#tail.length;
    if (frame.slice(close + 1, after) !== this.#tail) return -1;
    if (this.#end === undefined) return after === frame.length ? close - start : -1;
    const paddingEnd = closingQuote(frame, after);
    return paddingEnd !== -1 && frame.slice(paddingEnd) === this.#end ? close - start : -1;
  }
}
