import type { ModelRequest } from '../model/request';
import type { StreamEvent } from '../model/response';
import { changedEvents } from './changed-events';
import type { Protocol } from './protocol';
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
    streamDecoder: () => {
      const choices = new Map<number, ReturnType<typeof freshIds>>();
      return changedEvents(protocol.streamDecoder(), (event): StreamEvent[] => {
        if (event.type !== 'tool-call-start') return [event];
        const fresh = choices.get(event.choice) ?? freshIds();
        choices.set(event.choice, fresh);
        return [{ ...event, id: fresh(event.id) }];
      });
    },
  };
}
