import { bedrockConverse } from '../../../../../lambda/wire/protocols/bedrock-converse';
import type { Frame } from '../../../../../lambda/wire/protocols/protocol';
import { decodeFrames, eachRecorded, factsOfEvents, framesOf, responseBody, responseBytes } from '../../../../support/recorded';
import { checkRecorded } from '../../../../support/recorded-protocol';

const isStop = (frame: Frame) => frame.event === 'messageStop';

const run = (frames: readonly Frame[]) => decodeFrames(bedrockConverse, frames);

describe('recorded Converse answers', () => {
  const { all, streams } = checkRecorded({
    protocol: bedrockConverse,
    wireFormat: 'bedrock-converse',
    fewest: (frames) => frames.findIndex(isStop) + 1,
    usage: (reported: Record<string, number>) => ({
      inputTokens: (reported['inputTokens'] ?? 0) + (reported['cacheReadInputTokens'] ?? 0) + (reported['cacheWriteInputTokens'] ?? 0),
      outputTokens: reported['outputTokens'],
      cacheReadInputTokens: reported['cacheReadInputTokens'],
      cacheCreationInputTokens: reported['cacheWriteInputTokens'],
    }),
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

  eachRecorded('%s is complete without its report', streams, (entry) => {
    const frames = framesOf(entry);
    const withoutUsage = run(frames.slice(0, frames.findIndex(isStop) + 1));

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
