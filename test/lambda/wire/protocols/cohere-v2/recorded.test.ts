import { tokenClasses } from '../../../../../lambda/wire/model/usage';
import { cohereV2 } from '../../../../../lambda/wire/protocols/cohere-v2';
import type { Frame } from '../../../../../lambda/wire/protocols/protocol';
import { decodeFrames, eachRecorded, factsOfEvents, framesOf } from '../../../../support/recorded';
import { checkRecorded } from '../../../../support/recorded-protocol';

interface Reported {
  readonly tokens: Record<string, number>;
  readonly billed_units: Record<string, number>;
  readonly cached_tokens: number;
}

const run = (frames: readonly Frame[]) => decodeFrames(cohereV2, frames);

const event = (data: unknown): Frame => ({ event: 'message', data: JSON.stringify(data) });

describe('recorded Cohere answers', () => {
  const { streams } = checkRecorded({
    protocol: cohereV2,
    wireFormat: 'cohere-v2-chat',
    countsNoReasoning: true,
    usage: ({ tokens, billed_units: billed, cached_tokens: cached }: Reported) => ({
      inputTokens: tokens['input_tokens'],
      outputTokens: tokens['output_tokens'],
      cacheReadInputTokens: cached,
      billedInputTokens: billed['input_tokens'],
      billedOutputTokens: billed['output_tokens'],
    }),
  });

  eachRecorded('%s is read through unknown events and damaged frames', streams, (entry) => {
    const frames = framesOf(entry);
    const noisy = frames.flatMap((frame) => [event({ type: 'something-new', delta: {} }), { event: 'message', data: '{broken' }, frame]);

    expect(factsOfEvents(run(noisy))).toEqual(factsOfEvents(run(frames)));
  });
});

describe('Cohere', () => {
  test('prices what is billed and counts what was used', () => {
    const usage = cohereV2.usage({
      usage: {
        billed_units: { input_tokens: 41, output_tokens: 25 },
        tokens: { input_tokens: 1_441, output_tokens: 54 },
        cached_tokens: 144,
      },
    });

    expect(usage).toMatchObject({ inputTokens: 1_441, outputTokens: 54 });
    expect(tokenClasses(usage ?? {})).toMatchObject({ input: 41, cacheRead: 0, output: 25 });
  });

  test('streams thinking, text and citations as blocks', () => {
    const events = run([
      event({ type: 'message-start', id: 'i', delta: { message: { role: 'assistant' } } }),
      event({ type: 'content-start', index: 0, delta: { message: { content: { type: 'thinking', thinking: '' } } } }),
      event({ type: 'content-delta', index: 0, delta: { message: { content: { thinking: 'hm' } } } }),
      event({ type: 'content-end', index: 0 }),
      event({ type: 'content-start', index: 1, delta: { message: { content: { type: 'text', text: '' } } } }),
      event({ type: 'content-delta', index: 1, delta: { message: { content: { text: 'Paris' } } } }),
      event({
        type: 'citation-start',
        index: 0,
        delta: {
          message: {
            citations: { start: 0, end: 5, text: 'Paris', sources: [{ type: 'document', document: { title: 'Map', url: 'https://x' } }] },
          },
        },
      }),
      event({ type: 'citation-end', index: 0 }),
      event({ type: 'content-end', index: 1 }),
      event({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } }),
    ]);

    expect(factsOfEvents(events)).toMatchObject({ reasoning: 'hm', text: 'Paris', finish: 'COMPLETE', usage: undefined });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'citation',
        citation: expect.objectContaining({ kind: 'url', url: 'https://x', title: 'Map', start: 0, end: 5 }),
      }),
    );
  });

  test('E11 an error at the end of a stream is an error', () => {
    const events = run([
      event({ type: 'message-start', id: 'i' }),
      event({ type: 'message-end', delta: { finish_reason: 'ERROR', error: 'CUDA is gone' } }),
    ]);

    expect(events.at(-1)).toMatchObject({ type: 'error', error: { status: 502, code: 'upstream_error' } });
  });

  test.each([
    [401, 502, 'upstream_auth'],
    [404, 404, 'model_not_found'],
    [422, 400, 'invalid_request'],
    [429, 429, 'rate_limit_exceeded'],
    [498, 400, 'content_policy_violation'],
    [499, 504, 'upstream_timeout'],
    [500, 502, 'upstream_error'],
    [503, 503, 'upstream_overloaded'],
  ])('F03 status %i becomes %i %s', (status, expected, code) => {
    expect(cohereV2.decodeError(status, { message: 'no' }, {}).error).toMatchObject({ status: expected, code });
  });
});
