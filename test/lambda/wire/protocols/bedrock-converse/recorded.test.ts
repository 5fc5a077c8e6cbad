import { bedrockConverse } from '../../../../../lambda/wire/protocols/bedrock-converse';
import type { Frame } from '../../../../../lambda/wire/protocols/protocol';
import type { AnswerFacts, Recorded } from '../../../../support/recorded';
import {
  checkWellFormed,
  decodeFrames,
  eachRecorded,
  factsOfEvents,
  factsOfResponse,
  framesOf,
  recordings,
  responseBody,
  responseBytes,
  sha256,
} from '../../../../support/recorded';

const all = recordings('bedrock-converse');
const answers = all.filter((entry) => entry.status === 200 && !entry.streaming);
const streams = all.filter((entry) => entry.status === 200 && entry.streaming);

function expectFacts(actual: AnswerFacts, { facts }: Recorded): void {
  const usage = facts.usage as Record<string, number>;
  const cached = (usage['cacheReadInputTokens'] ?? 0) + (usage['cacheWriteInputTokens'] ?? 0);
  expect(sha256(actual.text)).toBe(facts.text_sha256);
  expect([...actual.reasoning].length).toBe(facts.reasoning_chars);
  expect(actual.toolCalls).toEqual(facts.tool_calls.map(({ id, name, args }) => ({ id, name, args: JSON.parse(args) })));
  expect(actual.finish).toBe(facts.finish);
  expect(actual.usage).toMatchObject({ inputTokens: (usage['inputTokens'] ?? 0) + cached, outputTokens: usage['outputTokens'] });
  expect(actual.usage?.cacheReadInputTokens).toBe(usage['cacheReadInputTokens']);
  expect(actual.usage?.cacheCreationInputTokens).toBe(usage['cacheWriteInputTokens']);
}

const run = (frames: readonly Frame[]) => decodeFrames(bedrockConverse, frames);

describe('recorded Converse answers', () => {
  eachRecorded('%s decodes to its facts', answers, (entry) => {
    expectFacts(factsOfResponse(bedrockConverse.decodeResponse(responseBody(entry))), entry);
  });

  eachRecorded('%s decodes to its facts as a stream', streams, (entry) => {
    expectFacts(factsOfEvents(run(framesOf(entry))), entry);
  });

  // Between two messages the framing holds nothing, so each can be cut on its own.
  eachRecorded('E01 %s gives the same frames wherever its bytes are cut', streams, (entry) => {
    let rest = responseBytes(entry);
    for (const frame of framesOf(entry)) {
      const length = rest.readUInt32BE(0);
      const message = rest.subarray(0, length);
      for (let at = 1; at < length; at++) expect(framesOf(entry, message, [at])).toEqual([frame]);
      rest = rest.subarray(length);
    }
  });

  eachRecorded('%s cut after any frame ends in one clean error', streams, (entry) => {
    const frames = framesOf(entry);
    const stopped = frames.findIndex((frame) => frame.event === 'messageStop');
    for (let count = 0; count <= stopped; count++) {
      const events = run(frames.slice(0, count));
      checkWellFormed(events);
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_incomplete', status: 502 } });
    }
    const withoutUsage = run(frames.slice(0, stopped + 1));
    expect(withoutUsage.at(-1)).toEqual({ type: 'end' });
    expect(withoutUsage.some((event) => event.type === 'usage')).toBe(false);
  });

  eachRecorded('%s is read through unknown events, fields and damaged frames', streams, (entry) => {
    const frames = framesOf(entry);
    const noisy = frames.flatMap((frame): Frame[] => [
      { event: 'somethingNew', data: '{"x":1}' },
      { event: 'contentBlockDelta', data: '{"contentBlockIndex":0,"delta":{"somethingNew":{}}}' },
      { event: 'contentBlockDelta', data: '{broken' },
      { ...frame, data: frame.data.replace('{', '{"unknown":{"a":[1]},') },
    ]);
    const decoder = bedrockConverse.streamDecoder();
    const events = [...noisy.flatMap((frame) => decoder.decode(frame)), ...decoder.end()];

    expect(factsOfEvents(events)).toEqual(factsOfEvents(run(frames)));
    expect(decoder.malformed).toBeGreaterThan(0);
  });

  eachRecorded(
    '%s keeps what proves the reasoning',
    all.filter((entry) => entry.facts.reasoning_chars > 0 && entry.status === 200),
    (entry) => {
      const signature = entry.streaming
        ? run(framesOf(entry)).flatMap((event) => (event.type === 'reasoning-end' ? event.signature : []))
        : bedrockConverse
            .decodeResponse(responseBody(entry))
            .choices[0]?.content.flatMap((part) => (part.type === 'reasoning' ? part.signature : []));

      expect(signature).toEqual([{ protocol: 'bedrock-converse', value: expect.stringMatching(/^[\w+/=]{40,}$/) }]);
    },
  );

  eachRecorded(
    '%s becomes a 404 of the target, without an account',
    all.filter((entry) => entry.status === 400),
    (entry) => {
      const { error, failover } = bedrockConverse.decodeError(400, responseBody(entry), { 'x-amzn-errortype': 'ValidationException' });

      expect(error).toMatchObject({ status: 404, code: 'model_not_found', retryable: false });
      expect(failover).toBe(true);
    },
  );
});
