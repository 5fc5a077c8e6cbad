import { gemini } from '../../../../../lambda/wire/protocols/gemini';
import type { Frame } from '../../../../../lambda/wire/protocols/protocol';
import {
  checkWellFormed,
  decodeFrames,
  eachRecorded,
  factsOfEvents,
  factsOfResponse,
  framesOf,
  responseBody,
} from '../../../../support/recorded';
import { checkRecorded } from '../../../../support/recorded-protocol';

const run = (frames: readonly Frame[]) => decodeFrames(gemini, frames);

describe('recorded Gemini answers', () => {
  const { all, streams } = checkRecorded({
    protocol: gemini,
    wireFormat: 'gemini-generate-content',
    namesNoCalls: true,
    usage: (reported: Record<string, number>) => ({
      inputTokens: reported['promptTokenCount'],
      outputTokens: (reported['candidatesTokenCount'] ?? 0) + (reported['thoughtsTokenCount'] ?? 0),
      reasoningOutputTokens: reported['thoughtsTokenCount'],
      cacheReadInputTokens: reported['cachedContentTokenCount'],
    }),
  });

  eachRecorded('%s is read through unknown fields and damaged frames', streams, (entry) => {
    const frames = framesOf(entry);
    const noisy = frames.flatMap((frame): Frame[] => [
      { event: 'message', data: '{"somethingNew":{"x":[1]}}' },
      { event: 'message', data: '{broken' },
      { ...frame, data: frame.data.replace('{', '{"unknown":1,').replace('"parts": [', '"parts": [{"somethingNew":{}},') },
    ]);
    const decoder = gemini.streamDecoder();
    const { toolCalls, ...facts } = factsOfEvents([...noisy.flatMap((frame) => decoder.decode(frame)), ...decoder.end()]);
    const { toolCalls: expected, ...rest } = factsOfEvents(run(frames));

    expect(facts).toEqual(rest);
    expect(toolCalls.map(({ name, args }) => ({ name, args }))).toEqual(expected.map(({ name, args }) => ({ name, args })));
    expect(decoder.malformed).toBe(frames.length);
  });

  eachRecorded(
    '%s maps to one error',
    all.filter((entry) => entry.status >= 400),
    (entry) => {
      const { error, failover } = gemini.decodeError(entry.status, responseBody(entry), {});

      if (entry.status === 404) expect(error).toMatchObject({ status: 404, code: 'model_not_found' });
      else expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', retryable: true, retryAfterMs: 34_400 });
      expect(failover).toBe(true);
    },
  );
});

describe('Gemini streams', () => {
  const chunk = (parts: unknown[], more: Record<string, unknown> = {}): Frame => ({
    event: 'message',
    data: JSON.stringify({ candidates: [{ content: { role: 'model', parts }, index: 0, ...more }], responseId: 'r' }),
  });

  test('keeps the signature of a text, in its place', () => {
    const events = run([chunk([{ text: 'Hi' }]), chunk([{ text: '', thoughtSignature: 'sig' }], { finishReason: 'STOP' })]);

    expect(events).toContainEqual({ type: 'reasoning-end', choice: 0, block: 1, signature: { protocol: 'gemini', value: 'sig' } });
    expect(factsOfEvents(events).text).toBe('Hi');
  });

  test('tells parallel calls without ids apart, and names them as the whole answer does', () => {
    const parts = [{ functionCall: { name: 'a', args: { x: 1 } } }, { functionCall: { name: 'a', args: { x: 2 } } }];
    const streamed = factsOfEvents(run([chunk([parts[0]]), chunk([parts[1]], { finishReason: 'STOP' })]));
    const whole = factsOfResponse(gemini.decodeResponse(JSON.parse(chunk(parts, { finishReason: 'STOP' }).data)));

    expect(new Set(streamed.toolCalls.map(({ id }) => id)).size).toBe(2);
    expect(streamed.toolCalls).toEqual(whole.toolCalls);
    expect(gemini.decodeResponse(JSON.parse(chunk(parts, { finishReason: 'STOP' }).data)).choices[0]?.finishReason).toEqual({
      unified: 'tool-calls',
      raw: 'STOP',
    });
  });

  test('a blocked prompt is a filtered answer, not a broken stream', () => {
    const events = run([
      {
        event: 'message',
        data: '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9}}',
      },
    ]);

    expect(events.slice(1)).toEqual([
      { type: 'finish', choice: 0, reason: { unified: 'content-filter', raw: 'PROHIBITED_CONTENT' } },
      { type: 'usage', usage: { inputTokens: 9, outputTokens: 0 } },
      { type: 'end' },
    ]);
  });

  test('E11 an error after content ends the stream', () => {
    const events = run([
      chunk([{ text: 'Hi' }]),
      { event: 'message', data: '{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}' },
    ]);

    expect(events.at(-1)).toMatchObject({ type: 'error', error: { status: 503, type: 'overloaded_error' } });
    checkWellFormed(events);
  });
});
