import { GatewayError } from '../../platform/error';
import type { FinishReason, StreamEvent } from '../../wire/model';
import type { RoutedCall } from '../before/call';

/** Where events go on: to the next stage, behind the last one to the caller. */
export type Onward = (event: StreamEvent) => void;

/**
 * Sits on one answer's events, between the provider's decoder and the caller's encoder; a whole answer comes as events too.
 *
 * An event goes on when it is handed `onward`, at once or later, as it is or another in its place; what is not handed on is held back or
 * gone. A text that is changed loses the `logprobs` of its event. Whoever ends an answer early hands on a `finish` and `end`, which closes
 * what is open, or an `error`: the provider is then read no further. Nothing may be thrown later than in `take`.
 */
export interface AnswerStage {
  take(event: StreamEvent, onward: Onward): void;
}

/** What reads, or changes, the contents of answers. Any stage that is open makes an answer go the way of the common model. */
export interface Stage {
  /** For each attempt to answer a call anew. Undefined leaves its answer alone. */
  open(call: RoutedCall): AnswerStage | undefined;
}

const NONE: readonly AnswerStage[] = [];

/** Those that look at this call's answer, in order. Only chats are told in events. */
export function openStages(stages: readonly Stage[], call: RoutedCall): readonly AnswerStage[] {
  if (!call.operation.generates) return NONE;
  let opened = NONE;
  for (const stage of stages) {
    const answer = stage.open(call);
    if (answer !== undefined) opened = [...opened, answer];
  }
  return opened;
}

/** A stage ended the answer, not the provider. */
export interface EndedByStage {
  /** The provider had come to its end too, so its report is the last word. */
  readonly complete: boolean;
}

/** One answer's stages in a row. Whatever they do, what comes out is well formed and ends once. */
export class StageChain {
  public endedByStage: EndedByStage | undefined;
  /** The last event is out. */
  public over = false;
  /** Why the answer ended, as the caller is told. */
  public reason: FinishReason | undefined;

  readonly #first: Onward;
  readonly #out: Onward;
  /** The end of the block that is open, by choice. */
  readonly #closing = new Map<number, Extract<StreamEvent, { readonly block: number }>>();
  readonly #unfinished = new Set<number>();
  /** What the provider ended its answer with. */
  #last: StreamEvent | undefined;

  public constructor(stages: readonly AnswerStage[], out: Onward) {
    this.#out = out;
    this.#first = stages.reduceRight<Onward>(
      (onward, stage) => linked(stage, onward),
      (event) => this.#leave(event),
    );
  }

  /** The provider's answer is over, and a stage still holds something of it. */
  public get pending(): boolean {
    return this.#last !== undefined && !this.over;
  }

  public take(event: StreamEvent): void {
    if (isLast(event)) this.#last = event;
    this.#first(event);
  }

  #leave(event: StreamEvent): void {
    if (this.over) return;
    if ('choice' in event) {
      if (!this.#follow(event)) return this.#leave({ type: 'error', error: stageFailed('a block that is not open goes on') });
    } else if (isLast(event)) {
      this.over = true;
      if (event !== this.#last) this.endedByStage = { complete: this.#last !== undefined };
      if (event.type === 'end') this.#finishAll();
    }
    this.#out(event);
  }

  /** False where the event has no place. */
  #follow(event: Extract<StreamEvent, { readonly choice: number }>): boolean {
    const { choice } = event;
    if (event.type === 'finish') {
      this.#close(choice);
      this.#unfinished.delete(choice);
      this.reason = event.reason;
      return true;
    }
    this.#unfinished.add(choice);
    switch (event.type) {
      case 'text-start':
      case 'reasoning-start':
      case 'tool-call-start':
      case 'refusal-start':
        this.#close(choice);
        this.#closing.set(choice, { type: ENDS[event.type], choice, block: event.block });
        return true;
      case 'text-end':
      case 'reasoning-end':
      case 'tool-call-end':
      case 'refusal-end':
        return this.#closing.get(choice)?.block === event.block && this.#closing.delete(choice);
      case 'image':
        this.#close(choice);
        return true;
      default:
        return this.#closing.get(choice)?.block === event.block;
    }
  }

  #close(choice: number): void {
    const closing = this.#closing.get(choice);
    if (closing === undefined) return;
    this.#closing.delete(choice);
    this.#out(closing);
  }

  #finishAll(): void {
    for (const choice of this.#unfinished) {
      this.#close(choice);
      this.#out({ type: 'finish', choice, reason: this.reason ?? { unified: 'other' } });
    }
  }
}

const ENDS = {
  'text-start': 'text-end',
  'reasoning-start': 'reasoning-end',
  'tool-call-start': 'tool-call-end',
  'refusal-start': 'refusal-end',
} as const;

function linked(stage: AnswerStage, onward: Onward): Onward {
  let over = false;
  const on: Onward = (event) => {
    if (over) return;
    over = isLast(event);
    onward(event);
  };
  return (event) => {
    if (over) return;
    try {
      stage.take(event, on);
    } catch (error) {
      on({ type: 'error', error: error instanceof GatewayError ? error : stageFailed(error) });
    }
  };
}

function isLast({ type }: StreamEvent): boolean {
  return type === 'end' || type === 'error';
}

/** What a stage should have seen must not pass without it. */
function stageFailed(cause: unknown): GatewayError {
  return new GatewayError({ code: 'internal_error', message: 'The gateway failed.', cause });
}
