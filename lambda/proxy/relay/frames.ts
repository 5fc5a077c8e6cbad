import { AwsEventStreamDecoder, EventStreamError, SseParser, toFrame } from '../../wire/framing';
import type { Frame, Protocol } from '../../wire/protocols';
import { upstreamIncomplete } from '../../wire/protocols';

/** A frame and, where the framing is the caller's own, the bytes it came in. */
export interface RawFrame extends Frame {
  readonly raw?: Buffer;
}

/** Cuts a provider's bytes into frames. Throws `GatewayError` 502 when they cannot be cut any further. */
export interface FrameSource {
  push(chunk: Buffer): readonly RawFrame[];
  /** What is still complete when the stream is over. */
  finish(): readonly RawFrame[];
}

/** Bytes that are cut nowhere: each chunk is a frame. */
export const BYTE_FRAMES: FrameSource = { push: (raw) => [{ event: 'message', data: '', raw }], finish: () => [] };

export function frameSource(framing: Protocol['framing']): FrameSource {
  return framing === 'sse' ? sseFrames() : awsFrames();
}

function sseFrames(): FrameSource {
  const parser = new SseParser();
  return {
    push: (chunk) => parser.push(chunk),
    finish: () => {
      const last = parser.finish();
      return last === undefined ? [] : [last];
    },
  };
}

function awsFrames(): FrameSource {
  const decoder = new AwsEventStreamDecoder();
  const guarded = <T>(step: () => T): T => {
    try {
      return step();
    } catch (error) {
      throw error instanceof EventStreamError ? upstreamIncomplete() : error;
    }
  };
  return {
    push: (chunk) => guarded(() => decoder.push(chunk).map(toFrame)),
    finish: () =>
      guarded(() => {
        decoder.end();
        return [];
      }),
  };
}
