import type { AwsJsonCall } from '../../../lambda/aws/aws-json';
import { createEventBus } from '../../../lambda/aws/events';

interface Sent {
  readonly operation: string;
  readonly entries: readonly {
    readonly EventBusName: string;
    readonly Source: string;
    readonly DetailType: string;
    readonly Detail: string;
    readonly Time: number;
  }[];
}

/** Answers PutEvents, refusing as many entries of each call as told. */
function recordingCall(failed = 0): { sent: Sent[]; call: AwsJsonCall } {
  const sent: Sent[] = [];
  return {
    sent,
    call: async (_service, operation, input) => {
      sent.push({ operation, entries: (input as { Entries: Sent['entries'] }).Entries });
      return { FailedEntryCount: failed, Entries: [] };
    },
  };
}

const event = (number: number) => ({ type: 'key-created', at: '2026-11-24T12:00:00.000Z', detail: { id: String(number) } });

describe('the event bus', () => {
  test('takes events by tens, each with its source, type, time and detail', async () => {
    const { sent, call } = recordingCall();

    await createEventBus(call, 'bus').publish(Array.from({ length: 23 }, (_unused, index) => event(index)));

    expect(sent.map(({ operation, entries }) => [operation, entries.length])).toEqual([
      ['PutEvents', 10],
      ['PutEvents', 10],
      ['PutEvents', 3],
    ]);
    expect(sent[0]?.entries[0]).toEqual({
      EventBusName: 'bus',
      Source: 'llm-gateway',
      DetailType: 'key-created',
      Detail: '{"id":"0"}',
      Time: 1_795_521_600,
    });
  });

  test('fails when the bus takes only some of them, and calls nobody for none', async () => {
    const { sent, call } = recordingCall(1);

    await createEventBus(call, 'bus').publish([]);
    expect(sent).toEqual([]);
    await expect(createEventBus(call, 'bus').publish([event(1)])).rejects.toThrow('refused 1 of 1');
  });
});
