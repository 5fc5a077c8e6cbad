import { GatewayError } from '../../platform/error';
import type { AssistantPart } from '../model/request';
import type { FinishReason, ModelResponse, StreamEvent } from '../model/response';
import { scrub } from '../model/scrub';
import type { Usage } from '../model/usage';
import type { Frame, StreamDecoder } from './protocol';

const ANSWERING: ReadonlySet<StreamEvent['type']> = new Set<StreamEvent['type']>([
  'text-delta',
  'tool-call-start',
  'image',
  'refusal-delta',
]);

/**
 * A provider says under a good status that what its model wrote is of no use: a call that cannot be read, or of a tool that it was not
 * given. Or the model wrote nothing, and ended for a reason that is none of an answer's. It is billed, and says nothing about the provider's
 * health.
 */
export class FailedGeneration extends GatewayError {
  public constructor(
    raw: string | undefined,
    public readonly usage: Usage | undefined,
  ) {
    super({
      code: 'upstream_error',
      message: `The model gave no usable answer${raw === undefined ? '' : ` (${scrub(raw)})`}; try again.`,
    });
  }
}

/** @throws FailedGeneration when no choice of a whole answer is of use */
export function checkGenerated({ choices, usage }: ModelResponse): void {
  const failed = choices.filter(({ finishReason, content }) => isFailure(finishReason, content.some(isAnswer)));
  if (failed.length > 0 && failed.length === choices.length) throw new FailedGeneration(failed[0]?.finishReason.raw, usage);
}

/** Ends a stream whose model failed in an error, after its usage, where the provider would end it like any other. */
export function failingStream(inner: StreamDecoder): StreamDecoder {
  return new FailingStream(inner);
}

class FailingStream implements StreamDecoder {
  /** How it failed, in the provider's word; empty when it had none. */
  #failed: string | undefined;
  #usage: Usage | undefined;
  #answers = false;

  public constructor(private readonly inner: StreamDecoder) {}

  public get malformed(): number {
    return this.inner.malformed;
  }

  public decode(frame: Frame): StreamEvent[] {
    return this.#checked(this.inner.decode(frame));
  }

  public end(): StreamEvent[] {
    return this.#checked(this.inner.end());
  }

  #checked(events: StreamEvent[]): StreamEvent[] {
    if (this.#failed === undefined) {
      let fails = false;
      for (const event of events) fails ||= this.#fails(event);
      if (!fails) return events;
    }
    return events.flatMap((event): StreamEvent[] => {
      if (event.type === 'usage') this.#usage = event.usage;
      if (this.#fails(event)) {
        this.#failed = event.reason.raw ?? '';
        return [];
      }
      return event.type === 'end' && this.#failed !== undefined
        ? [{ type: 'error', error: new FailedGeneration(this.#failed === '' ? undefined : this.#failed, this.#usage) }]
        : [event];
    });
  }

  #fails(event: StreamEvent): event is StreamEvent & { type: 'finish' } {
    this.#answers ||= ANSWERING.has(event.type);
    return event.type === 'finish' && isFailure(event.reason, this.#answers);
  }
}

function isFailure({ unified, raw }: FinishReason, answers: boolean): boolean {
  return unified === 'error' || (unified === 'other' && raw !== undefined && !answers);
}

/** Thinking alone is no answer. */
function isAnswer(part: AssistantPart): boolean {
  return part.type !== 'reasoning' && !(part.type === 'text' && part.text === '');
}
