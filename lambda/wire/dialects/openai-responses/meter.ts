import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { FinishReason } from '../../model/response';
import type { Usage } from '../../model/usage';
import { WrittenText } from '../../model/written-text';
import { addValue, looksLikeObject } from '../../protocols/frame-scan';
import { nonEmptyText, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import type { Frame, FrameVerdict, StreamMeter } from '../../protocols/protocol';
import { decodeError, errorInside } from './decode-error';
import { isToolCall, readFinishReason } from './finish-reason';
import { usageOf } from './usage';

const FORWARD: FrameVerdict = { kind: 'forward' };
const PREAMBLE: FrameVerdict = { kind: 'preamble' };
const DROP: FrameVerdict = { kind: 'drop' };

const STARTS = new Set(['response.created', 'response.in_progress', 'response.queued']);
const ENDS = new Set(['response.completed', 'response.incomplete', 'response.done', 'response.failed', 'error']);

/** Watches a Responses stream. Parses its first event and its last. */
export class OpenAiResponsesMeter implements StreamMeter {
  public usage: Usage | undefined;
  public finishReason: FinishReason | undefined;
  public responseModel: string | undefined;
  public terminated = false;
  public readonly written = new WrittenText();
  /** Frames that were damaged and dropped. */
  public malformed = 0;

  public get complete(): boolean {
    return this.terminated;
  }

  public observe(frame: Frame): FrameVerdict {
    const { data } = frame;
    if (data === '[DONE]') return DROP;
    if (!looksLikeObject(data)) return this.#damaged(frame);
    const type = frame.event === 'message' ? typeOf(data) : frame.event;
    if (type.endsWith('.delta')) {
      addValue(this.written, data, '"delta"');
      return FORWARD;
    }
    if (STARTS.has(type)) return this.#start(data);
    if (type === '') return this.#untyped(data);
    return ENDS.has(type) ? this.#end(frame) : FORWARD;
  }

  #start(data: string): FrameVerdict {
    this.responseModel ??= nonEmptyText(objectOf(objectOf(parseJson(data))?.['response'])?.['model']);
    return PREAMBLE;
  }

  #end(frame: Frame): FrameVerdict {
    const event = objectOf(parseJson(frame.data));
    if (event === undefined) return this.#damaged(frame);
    const response: JsonObject = objectOf(event['response']) ?? {};
    this.usage = usageOf(response) ?? this.usage;
    const failed = errorInside(event) ?? (frame.event === 'error' ? decodeError(200, event, {}) : undefined);
    if (failed !== undefined) return { kind: 'error', error: failed.error };
    this.terminated = true;
    this.finishReason = readFinishReason(response, objectsOf(response['output']).some(isToolCall));
    this.responseModel = nonEmptyText(response['model']) ?? this.responseModel;
    return this.finishReason.unified === 'error' ? { kind: 'failed', raw: this.finishReason.raw ?? '' } : FORWARD;
  }

  #untyped(data: string): FrameVerdict {
    const failed = errorInside(objectOf(parseJson(data)) ?? {});
    return failed === undefined ? FORWARD : { kind: 'error', error: failed.error };
  }

  #damaged(frame: Frame): FrameVerdict {
    if (frame.event === 'error' || frame.event === 'response.failed')
      return { kind: 'error', error: decodeError(500, undefined, {}).error };
    this.malformed += 1;
    return DROP;
  }
}

/** Servers that leave out the event line say the type in the data alone, nearly always first. */
function typeOf(data: string): string {
  return /^\s*\{\s*"type"\s*:\s*"([a-z._]{1,64})"/.exec(data)?.[1] ?? textOf(objectOf(parseJson(data))?.['type']) ?? '';
}
