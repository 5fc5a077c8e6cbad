import { AwsEventStreamDecoder, toFrame } from '../../lambda/wire/framing/aws-event-stream';
import { SseParser } from '../../lambda/wire/framing/sse';
import type { Frame } from '../../lambda/wire/protocols/protocol';
import { DIALECTS, decode, encode, type Scenario } from '../support/answer-grid';
import { fixtures, scenarioOf } from '../support/fixtures';

/** Every streamed scenario, cut in two at every byte and written byte by byte, through framing, decoder and encoder. */

jest.setTimeout(600_000);

function translate({ protocol, framing }: Scenario, chunks: readonly Buffer[]): string {
  const events = decode(protocol, framing === 'sse' ? sseFrames(chunks) : messages(chunks));
  return DIALECTS.map((dialect) => encode(dialect, events)).join('\n');
}

function sseFrames(chunks: readonly Buffer[]): Frame[] {
  const parser = new SseParser();
  return chunks.flatMap((bytes) => parser.push(bytes)).map(({ event, data }) => ({ event, data }));
}

function messages(chunks: readonly Buffer[]): Frame[] {
  const decoder = new AwsEventStreamDecoder();
  return chunks.flatMap((bytes) => decoder.push(bytes)).map(toFrame);
}

const streams = fixtures()
  .filter(({ streaming }) => streaming)
  .map(scenarioOf);

test.each(streams.map((scenario) => [scenario.id, scenario] as const))(
  'E01 E02 %s gives every caller the same bytes however it is cut',
  (_id, scenario) => {
    const bytes = scenario.bytes();
    const whole = translate(scenario, [bytes]);

    for (let cut = 1; cut < bytes.length; cut += 1) {
      if (translate(scenario, [bytes.subarray(0, cut), bytes.subarray(cut)]) !== whole)
        throw new Error(`another answer when cut at byte ${cut}`);
    }
    expect(
      translate(
        scenario,
        Array.from(bytes, (byte) => Buffer.from([byte])),
      ) === whole,
    ).toBe(true);
  },
);
