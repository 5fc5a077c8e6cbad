import type { Usage } from '../../lambda/wire/model/usage';
import type { Frame, Protocol } from '../../lambda/wire/protocols/protocol';
import {
  type AnswerFacts,
  checkWellFormed,
  decodeFrames,
  eachRecorded,
  factsOfEvents,
  factsOfResponse,
  framesOf,
  type Recorded,
  recordings,
  responseBody,
  sha256,
} from './recorded';

export interface RecordedProtocol {
  readonly protocol: Protocol;
  /** As the recordings' index names it. */
  readonly wireFormat: string;
  /** What the common model must hold of a report; fields that are undefined must be absent. */
  readonly usage: (reported: never) => { readonly [Name in keyof Usage]: Usage[Name] | undefined };
  /** The provider gives calls no ids, so they are not compared. */
  readonly namesNoCalls?: true;
  /** The index does not count what is shown as thinking. */
  readonly countsNoReasoning?: true;
  /** How many frames are too few for an answer; default: all but the last. */
  readonly fewest?: (frames: readonly Frame[]) => number;
}

/** What was recorded of a protocol that is no dialect, by kind. */
export interface RecordedKinds {
  readonly all: readonly Recorded[];
  readonly streams: readonly Recorded[];
}

/** Registers what holds for the recordings of each protocol, in the current `describe`. */
export function checkRecorded({ protocol, wireFormat, fewest = (frames) => frames.length, ...facts }: RecordedProtocol): RecordedKinds {
  const all = recordings(wireFormat);
  const good = all.filter(({ status }) => status === 200);
  const streams = good.filter(({ streaming }) => streaming);

  eachRecorded(
    '%s decodes to its facts',
    good.filter(({ streaming }) => !streaming),
    (entry) => expectFacts(factsOfResponse(protocol.decodeResponse(responseBody(entry))), entry, facts),
  );

  eachRecorded('%s decodes to its facts as a stream', streams, (entry) => {
    expectFacts(factsOfEvents(decodeFrames(protocol, framesOf(entry))), entry, facts);
  });

  eachRecorded('%s cut after any frame ends in one clean error', streams, (entry) => {
    const frames = framesOf(entry);
    for (let count = 0; count < fewest(frames); count++) {
      const events = decodeFrames(protocol, frames.slice(0, count));
      checkWellFormed(events);
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_incomplete', status: 502 } });
    }
  });

  return { all, streams };
}

function expectFacts(
  actual: AnswerFacts,
  { facts }: Recorded,
  { usage, namesNoCalls, countsNoReasoning }: Pick<RecordedProtocol, 'usage' | 'namesNoCalls' | 'countsNoReasoning'>,
): void {
  expect(sha256(actual.text)).toBe(facts.text_sha256);
  if (countsNoReasoning !== true) expect([...actual.reasoning].length).toBe(facts.reasoning_chars);
  const named = ({ id, name, args }: { id: string | null; name: string; args: unknown }) =>
    namesNoCalls === true ? { name, args } : { id, name, args };
  expect(actual.toolCalls.map(named)).toEqual(facts.tool_calls.map((call) => named({ ...call, args: JSON.parse(call.args) as unknown })));
  expect(actual.finish).toBe(facts.finish);
  for (const [name, value] of Object.entries(usage(facts.usage as never)))
    expect([name, actual.usage?.[name as keyof Usage]]).toEqual([name, value]);
}
