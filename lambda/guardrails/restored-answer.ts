import type { StreamEvent } from '../wire/model';
import type { MaskRestorer, Masks } from './masks';

type Onward = (event: StreamEvent) => void;
type Citation = Extract<StreamEvent, { readonly type: 'citation' }>['citation'];
type Finish = Extract<StreamEvent, { readonly type: 'finish' }>;
type BlockEvent = Extract<StreamEvent, { readonly block: number }>;

/** The block that is open in one choice. */
interface OpenBlock {
  readonly restorer: MaskRestorer;
  readonly delta: 'text-delta' | 'refusal-delta' | 'tool-call-delta';
}

/**
 * Puts the caller's own values in place of their masks, in texts and in what tools are called with; thoughts stay as they were thought, since they
 * may be signed.
 */
export class RestoredAnswer {
  /** By choice. */
  readonly #open = new Map<number, OpenBlock>();

  public constructor(private readonly masks: Masks) {}

  public take(event: StreamEvent, onward: Onward): void {
    switch (event.type) {
      case 'text-start':
        this.#begin(event, 'text-delta', 'text');
        return onward(event);
      case 'refusal-start':
        this.#begin(event, 'refusal-delta', 'text');
        return onward(event);
      case 'tool-call-start':
        this.#begin(event, 'tool-call-delta', event.custom === true ? 'text' : 'json');
        return onward({ ...event, name: this.#restoredText(event.name) });
      case 'text-delta':
      case 'refusal-delta':
      case 'tool-call-delta': {
        const block = this.#open.get(event.choice);
        return block === undefined ? onward(event) : this.#tell(block, block.restorer.write(event.text), event, onward);
      }
      case 'text-end':
      case 'refusal-end':
      case 'tool-call-end': {
        const block = this.#open.get(event.choice);
        this.#open.delete(event.choice);
        if (block !== undefined) this.#tell(block, block.restorer.end(), event, onward);
        return onward(event);
      }
      case 'finish':
        return onward(this.#restoredEnd(event));
      case 'citation':
        return onward({ ...event, citation: this.#restored(event.citation) });
      default:
        onward(event);
    }
  }

  #begin({ choice }: BlockEvent, delta: OpenBlock['delta'], form: 'text' | 'json'): void {
    this.#open.set(choice, { restorer: this.masks.restorer(form), delta });
  }

  #tell({ delta }: OpenBlock, text: string, { choice, block }: BlockEvent, onward: Onward): void {
    if (text !== '') onward({ type: delta, choice, block, text });
  }

  /** A sequence at which the model stopped is one of the caller's. */
  #restoredEnd(event: Finish): Finish {
    const { stopSequence } = event.reason;
    if (stopSequence === undefined) return event;
    return { ...event, reason: { ...event.reason, stopSequence: this.#restoredText(stopSequence) } };
  }

  #restoredText(text: string): string {
    const restorer = this.masks.restorer('text');
    return restorer.write(text) + restorer.end();
  }

  /** Places are those of the text with its masks, so they are left out. */
  #restored({ start: _start, end: _end, ...citation }: Citation): Citation {
    const restorer = this.masks.restorer('json');
    return JSON.parse(restorer.write(JSON.stringify(citation)) + restorer.end()) as Citation;
  }
}
