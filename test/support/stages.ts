import type { AnswerSource } from '../../lambda/proxy/answer/source';
import type { AnswerStage, Onward, Stage } from '../../lambda/proxy/relay/stages';
import type { ModelResponse, StreamEvent } from '../../lambda/wire/model';

/** What the changing stage makes of a text, however it is cut. */
export function changed(text: string): string {
  return text.replace(/[aeiou]/gi, '$&¨');
}

/** What it makes of a call's arguments. */
export function changedArguments(args: string): string {
  return JSON.stringify({ seen: JSON.parse(args) });
}

/** Changes what is said piece by piece, and what a tool is called with as a whole: its pieces are held back. */
export class ChangingStage implements AnswerStage {
  #held = '';

  public take(event: StreamEvent, onward: Onward): void {
    switch (event.type) {
      case 'text-delta': {
        const { logprobs: _logprobs, ...rest } = event;
        return onward({ ...rest, text: changed(event.text) });
      }
      case 'reasoning-delta':
      case 'refusal-delta':
        return onward({ ...event, text: changed(event.text) });
      case 'tool-call-start':
        this.#held = '';
        return onward(event);
      case 'tool-call-delta':
        this.#held += event.text;
        return;
      case 'tool-call-end':
        onward({ type: 'tool-call-delta', choice: event.choice, block: event.block, text: changedArguments(this.#held) });
        return onward(event);
      default:
        onward(event);
    }
  }
}

export const changing: Stage = { open: () => new ChangingStage() };

/** A stage made of one function, which keeps nothing from one event to the next. */
export function stageOf(take: AnswerStage['take']): Stage {
  return { open: () => ({ take }) };
}

/** Answers calls for one model out of its own head. */
export function cannedSource(model: string, response: ModelResponse): AnswerSource {
  return {
    async answer({ call }, sink) {
      return call.facts.model === model ? sink.send(response) : { declined: undefined };
    },
  };
}
