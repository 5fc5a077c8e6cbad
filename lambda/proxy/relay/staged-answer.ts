import { GatewayError } from '../../platform/error';
import type { Ticker, Watcher } from '../../platform/runtime';
import { answerOf, eventsOf, type ModelResponse, type StreamEvent } from '../../wire/model';
import { type AnswerStage, StageChain } from './stages';

/** How long stages may hold an answer back. */
export interface Patience {
  readonly ticker: Ticker;
  /** Monotonic. */
  readonly untilMs: number;
}

/** The answer as the stages let it pass, the very same where they changed nothing; or why they did not. */
export type StagedAnswer =
  | { readonly response: ModelResponse; readonly events: readonly StreamEvent[] }
  | { readonly response?: undefined; readonly error: GatewayError };

/** Shows a whole answer to stages. */
export function throughStages(
  stages: readonly AnswerStage[],
  response: ModelResponse,
  { ticker, untilMs }: Patience,
): Promise<StagedAnswer> {
  return new Promise((fulfil) => {
    const told = eventsOf(response);
    const events: StreamEvent[] = [];
    const late: Watcher = {
      tick: (nowMs) => {
        if (nowMs >= untilMs) finish({ error: tooLate() });
      },
    };
    const finish = (answer: StagedAnswer): void => {
      ticker.unwatch(late);
      fulfil(answer);
    };
    const chain = new StageChain(stages, (event) => {
      events.push(event);
      if (event.type === 'error') finish({ error: event.error });
      else if (event.type === 'end') finish({ response: isSame(told, events) ? response : answerOf(response, told, events), events });
    });
    ticker.watch(late);
    for (const event of told) if (!chain.over) chain.take(event);
  });
}

function isSame(told: readonly StreamEvent[], events: readonly StreamEvent[]): boolean {
  return told.length === events.length && told.every((event, index) => event === events[index]);
}

function tooLate(): GatewayError {
  return new GatewayError({ code: 'upstream_timeout', message: 'The call took longer than it may.' });
}
