import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { FinishReason } from '../../model/response';
import type { Usage } from '../../model/usage';
import { WrittenText } from '../../model/written-text';
import { baseResponseError } from '../../protocols/base-response';
import { addValue, looksLikeObject } from '../../protocols/frame-scan';
import { nonEmptyText, objectOf } from '../../protocols/lenient';
import type { Frame, FrameVerdict, StreamMeter } from '../../protocols/protocol';
import { decodeError, errorInside } from './decode-error';
import { isToolCall, readFinishReason } from './finish-reason';
import { UsageReader } from './usage';

const FORWARD: FrameVerdict = { kind: 'forward' };
const PREAMBLE: FrameVerdict = { kind: 'preamble' };
const DROP: FrameVerdict = { kind: 'drop' };

/** Fields of a delta that hold generated text. */
const TEXT_KEYS = ['"text"', '"partial_json"', '"thinking"'];

/** Watches a Messages stream. The event's name says which frames are worth parsing; deltas never are. */
export class AnthropicMessagesMeter implements StreamMeter {
  public finishReason: FinishReason | undefined;
  public responseModel: string | undefined;
  public terminated = false;
  public readonly written = new WrittenText();
  /** Frames that were damaged and dropped. */
  public malformed = 0;

  readonly #usage = new UsageReader();
  #hasToolCalls = false;

  public get usage(): Usage | undefined {
    return this.#usage.usage;
  }

  public get complete(): boolean {
    return this.finishReason !== undefined;
  }

  public observe(frame: Frame): FrameVerdict {
    const { data } = frame;
    if (!looksLikeObject(data)) return this.#malformed(frame);
    if (frame.event === 'content_block_delta') return this.#delta(data);
    if (frame.event === 'ping') return PREAMBLE;
    const event = objectOf(parseJson(data));
    return event === undefined ? this.#malformed(frame) : this.#read(event, data);
  }

  #read(event: JsonObject, data: string): FrameVerdict {
    const refused = baseResponseError(event);
    if (refused !== undefined) return { kind: 'error', error: refused.error };
    switch (event['type']) {
      case 'message_start': {
        const message = objectOf(event['message']);
        this.responseModel ??= nonEmptyText(message?.['model']);
        this.#usage.add(objectOf(message?.['usage']));
        return PREAMBLE;
      }
      case 'ping':
        return PREAMBLE;
      case 'content_block_delta':
        return this.#delta(data);
      case 'content_block_start':
        this.#hasToolCalls ||= isToolCall(objectOf(event['content_block']) ?? {});
        return FORWARD;
      case 'message_delta': {
        this.#usage.add(objectOf(event['usage']));
        const delta = objectOf(event['delta']) ?? {};
        const raw = nonEmptyText(delta['stop_reason']);
        if (raw !== undefined) this.finishReason = readFinishReason(raw, delta, this.#hasToolCalls);
        return raw !== undefined && this.finishReason?.unified === 'error' ? { kind: 'failed', raw } : FORWARD;
      }
      case 'message_stop':
        this.terminated = true;
        return FORWARD;
      default: {
        const failure = errorInside(event);
        return failure === undefined ? FORWARD : { kind: 'error', error: failure.error };
      }
    }
  }

  #delta(data: string): FrameVerdict {
    TEXT_KEYS.some((key) => addValue(this.written, data, key));
    return FORWARD;
  }

  #malformed(frame: Frame): FrameVerdict {
    if (frame.event === 'error') return { kind: 'error', error: decodeError(500, undefined, {}).error };
    this.malformed += 1;
    return DROP;
  }
}
