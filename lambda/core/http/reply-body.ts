import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

/** Bytes that may lie unread before the provider is told to wait. */
const HIGH_WATER_BYTES = 65_536;

/** A provider's answer as it comes. Destroying it before its end ends the call. */
export class ReplyBody extends Readable {
  #complete = false;

  public constructor(private readonly controller: Dispatcher.DispatchController) {
    super({ highWaterMark: HIGH_WATER_BYTES });
  }

  public override _read(): void {
    this.controller.resume();
  }

  public override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#complete) this.controller.abort(error ?? new Error('the answer is not wanted any more'));
    callback(error);
  }

  public receive(chunk: Buffer): void {
    if (!this.push(chunk)) this.controller.pause();
  }

  public complete(): void {
    this.#complete = true;
    this.push(null);
  }

  public cut(error: Error): void {
    this.#complete = true;
    this.destroy(error);
  }
}
