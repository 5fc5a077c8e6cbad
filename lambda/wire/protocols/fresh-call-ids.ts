import type { ModelRequest } from '../model/request';
import type { StreamEvent } from '../model/response';
import type { Frame, Protocol, StreamDecoder } from './protocol';
import { idGiver } from './tool-ids';

/**
 * The protocol whose answers bear no id of a call that the conversation has already. Some servers number the calls of each answer from the start; agents
 * pair results with calls by their ids alone, and would take an old result for the new one.
 */
export function withFreshCallIds(protocol: Protocol, { tools = [], messages }: ModelRequest): Protocol {
  if (tools.length === 0) return protocol;
  const freshIds = () =>
    idGiver(new Set(messages.flatMap(({ content }) => content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])))));
  return {
    ...protocol,
    decodeResponse: (body) => {
      const response = protocol.decodeResponse(body);
      return {
        ...response,
        choices: response.choices.map((choice) => {
          const fresh = freshIds();
          return { ...choice, content: choice.content.map((part) => (part.type === 'tool-call' ? { ...part, id: fresh(part.id) } : part)) };
        }),
      };
    },
    streamDecoder: (asked) => new FreshIds(protocol.streamDecoder(asked), freshIds),
  };
}

type GiveId = (id: string) => string;

class FreshIds implements StreamDecoder {
  readonly #choices = new Map<number, GiveId>();

  public constructor(
    private readonly inner: StreamDecoder,
    private readonly idsOfChoice: () => GiveId,
  ) {}

  public get malformed(): number {
    return this.inner.malformed;
  }

  public decode(frame: Frame): StreamEvent[] {
    return this.#named(this.inner.decode(frame));
  }

  public end(): StreamEvent[] {
    return this.#named(this.inner.end());
  }

  #named(events: StreamEvent[]): StreamEvent[] {
    for (const [index, event] of events.entries()) {
      if (event.type === 'tool-call-start') events[index] = { ...event, id: this.#give(event.choice)(event.id) };
    }
    return events;
  }

  #give(choice: number): GiveId {
    const known = this.#choices.get(choice) ?? this.idsOfChoice();
    this.#choices.set(choice, known);
    return known;
  }
}
