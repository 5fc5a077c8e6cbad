import type { JsonValue } from '../../platform/json';
import type { Citation, MediaSource, Opaque } from '../model/request';
import type { StreamEvent } from '../model/response';

/** One thing that a provider says about a block of its answer. */
export type BlockStep =
  | { readonly kind: 'text'; readonly text: string; readonly logprobs?: JsonValue }
  | { readonly kind: 'citation'; readonly citation: Citation }
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'signature'; readonly signature: Opaque }
  | { readonly kind: 'redacted'; readonly redacted: Opaque }
  | { readonly kind: 'tool'; readonly id: string; readonly name: string; readonly custom?: boolean; readonly signature?: Opaque }
  | { readonly kind: 'arguments'; readonly text: string }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'image'; readonly source: MediaSource }
  | { readonly kind: 'stop' };

interface OpenBlock {
  readonly key: number;
  readonly block: number;
  readonly kind: 'text' | 'reasoning' | 'tool' | 'refusal';
  hasArguments: boolean;
  signature: Opaque | undefined;
  redacted: Opaque | undefined;
}

/**
 * Keeps the blocks of one choice well formed, whatever a provider sends: each starts once, ends once, and the next one
 * starts after it. Text and reasoning give way to whatever comes next; a tool call keeps its place, and what belongs to
 * other blocks waits until it has ended, because its arguments must not be cut in two.
 */
export class BlockWriter {
  private current: OpenBlock | undefined;
  private nextBlock = 0;
  private readonly waiting = new Map<number, BlockStep[]>();
  private readonly choice: number;

  public constructor(choice = 0) {
    this.choice = choice;
  }

  /** @param key the provider's own number of the block */
  public write(key: number, step: BlockStep): StreamEvent[] {
    const { current } = this;
    if (current !== undefined && current.key !== key && current.kind === 'tool') {
      const steps = this.waiting.get(key);
      if (steps === undefined) this.waiting.set(key, [step]);
      else steps.push(step);
      return [];
    }
    return this.apply(key, step);
  }

  /** Ends every block that is still open or waiting. */
  public closeAll(): StreamEvent[] {
    const events = this.close();
    while (this.waiting.size > 0) events.push(...this.resume(), ...this.close());
    return events;
  }

  private apply(key: number, step: BlockStep): StreamEvent[] {
    switch (step.kind) {
      case 'text':
        if (step.text === '') return [];
        return [
          ...this.open(key, 'text'),
          { type: 'text-delta', ...this.place(), text: step.text, ...(step.logprobs === undefined ? {} : { logprobs: step.logprobs }) },
        ];
      case 'refusal':
        if (step.text === '') return [];
        return [...this.open(key, 'refusal'), { type: 'refusal-delta', ...this.place(), text: step.text }];
      case 'citation':
        return [...this.open(key, 'text'), { type: 'citation', ...this.place(), citation: step.citation }];
      case 'reasoning':
        if (step.text === '') return [];
        return [...this.open(key, 'reasoning'), { type: 'reasoning-delta', ...this.place(), text: step.text }];
      case 'signature': {
        const events = this.open(key, 'reasoning');
        if (this.current !== undefined) this.current.signature = step.signature;
        return events;
      }
      case 'redacted': {
        const events = this.open(key, 'reasoning');
        if (this.current !== undefined) this.current.redacted = step.redacted;
        return events;
      }
      case 'image':
        return [...this.close(), { type: 'image', choice: this.choice, block: this.nextBlock++, source: step.source }];
      case 'tool':
        return this.startTool(key, step);
      case 'arguments':
        if (step.text === '' || this.current?.kind !== 'tool') return [];
        this.current.hasArguments = true;
        return [{ type: 'tool-call-delta', ...this.place(), text: step.text }];
      case 'stop':
        return this.current?.key === key ? [...this.close(), ...this.resume()] : [];
    }
  }

  private startTool(key: number, step: BlockStep & { kind: 'tool' }): StreamEvent[] {
    const events = this.close();
    const block = this.begin(key, 'tool');
    block.signature = step.signature;
    // A custom tool takes free text, which may be empty.
    block.hasArguments = step.custom === true;
    const custom = step.custom === true ? { custom: true } : {};
    return [...events, { type: 'tool-call-start', ...this.place(), id: step.id, name: step.name, ...custom }];
  }

  private open(key: number, kind: 'text' | 'reasoning' | 'refusal'): StreamEvent[] {
    if (this.current?.key === key && this.current.kind === kind) return [];
    const events = this.close();
    this.begin(key, kind);
    return [...events, { type: `${kind}-start`, ...this.place() }];
  }

  private begin(key: number, kind: OpenBlock['kind']): OpenBlock {
    this.current = { key, kind, block: this.nextBlock++, hasArguments: false, signature: undefined, redacted: undefined };
    return this.current;
  }

  private close(): StreamEvent[] {
    const { current } = this;
    if (current === undefined) return [];
    const place = this.place();
    this.current = undefined;
    const signature = current.signature === undefined ? {} : { signature: current.signature };
    if (current.kind === 'text' || current.kind === 'refusal') return [{ type: `${current.kind}-end`, ...place }];
    if (current.kind === 'reasoning') {
      return [{ type: 'reasoning-end', ...place, ...signature, ...(current.redacted === undefined ? {} : { redacted: current.redacted }) }];
    }
    const empty: StreamEvent[] = current.hasArguments ? [] : [{ type: 'tool-call-delta', ...place, text: '{}' }];
    return [...empty, { type: 'tool-call-end', ...place, ...signature }];
  }

  /** Goes on with the blocks that waited, in the order they came, as far as they have ended. */
  private resume(): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const [key, steps] of this.waiting) {
      this.waiting.delete(key);
      for (const step of steps) events.push(...this.apply(key, step));
      if (this.current?.kind === 'tool') break;
    }
    return events;
  }

  private place(): { choice: number; block: number } {
    return { choice: this.choice, block: this.current?.block ?? 0 };
  }
}
