import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { StreamEvent } from '../../model/response';
import type { BlockStep } from '../block-writer';
import { BlockWriter } from '../block-writer';
import { defined, nonEmptyText, numberOf, objectOf, textOf } from '../lenient';
import { bareError } from '../openai-error';
import type { Frame, StreamDecoder } from '../protocol';
import { upstreamIncomplete } from '../provider-error';
import { isOfText, readCitation } from './citations';
import { cohereStreamError } from './decode-error';
import { cohereFinishReason } from './finish-reason';
import { cohereUsage } from './usage';

/** The plan comes first. */
const PLAN_KEY = -1;

/**
 * Reads the events of Cohere's stream: the name is in the data, whether or not SSE names it too.
 *
 * @see https://docs.cohere.com/reference/chat-stream
 */
export class CohereStreamDecoder implements StreamDecoder {
  public malformed = 0;
  private readonly blocks = new BlockWriter();
  private contentKey = 0;
  private hasToolCalls = false;
  private started = false;
  private ended = false;

  public decode(frame: Frame): StreamEvent[] {
    if (this.ended) return [];
    const body = objectOf(parseJson(frame.data));
    if (body === undefined) {
      if (frame.data.trim() !== '[DONE]') this.malformed += 1;
      return [];
    }
    const delta = objectOf(body['delta']) ?? {};
    const message = objectOf(delta['message']) ?? {};
    const index = numberOf(body['index']) ?? 0;
    switch (textOf(body['type']) ?? frame.event) {
      case 'message-start':
        return this.start(body);
      case 'content-start':
      case 'content-delta':
        return this.content(index, objectOf(message['content']) ?? {});
      case 'content-end':
        return this.write(contentKey(index), { kind: 'stop' });
      case 'tool-plan-delta':
        return this.write(PLAN_KEY, { kind: 'reasoning', text: textOf(message['tool_plan']) ?? '' });
      case 'tool-call-start':
        return this.toolStart(index, objectOf(message['tool_calls']) ?? {});
      case 'tool-call-delta':
        return this.toolArguments(index, objectOf(message['tool_calls']));
      case 'tool-call-end':
        return this.write(toolKey(index), { kind: 'stop' });
      case 'citation-start': {
        const citation = objectOf(message['citations']);
        return citation === undefined || !isOfText(citation)
          ? []
          : this.write(this.contentKey, { kind: 'citation', citation: readCitation(citation) });
      }
      case 'message-end':
        return this.finish(delta);
      default:
        return this.strange(body);
    }
  }

  public end(): StreamEvent[] {
    if (this.ended) return [];
    this.ended = true;
    return [{ type: 'error', error: upstreamIncomplete() }];
  }

  private start(body: JsonObject): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    return [defined({ type: 'start' as const, id: nonEmptyText(body['id']) })];
  }

  private write(key: number, step: BlockStep): StreamEvent[] {
    return [...this.start({}), ...this.blocks.write(key, step)];
  }

  private content(index: number, content: JsonObject): StreamEvent[] {
    this.contentKey = contentKey(index);
    const thinking = textOf(content['thinking']);
    if (thinking !== undefined) return this.write(this.contentKey, { kind: 'reasoning', text: thinking });
    return this.write(this.contentKey, { kind: 'text', text: textOf(content['text']) ?? '' });
  }

  private toolStart(index: number, call: JsonObject): StreamEvent[] {
    const id = nonEmptyText(call['id']);
    const name = nonEmptyText(objectOf(call['function'])?.['name']);
    if (id === undefined || name === undefined) return [];
    this.hasToolCalls = true;
    return [...this.write(toolKey(index), { kind: 'tool', id, name }), ...this.toolArguments(index, call)];
  }

  private toolArguments(index: number, call: JsonObject | undefined): StreamEvent[] {
    return this.write(toolKey(index), { kind: 'arguments', text: textOf(objectOf(call?.['function'])?.['arguments']) ?? '' });
  }

  private finish(delta: JsonObject): StreamEvent[] {
    const message = nonEmptyText(delta['error']);
    if (message !== undefined) return this.fail(message);
    this.ended = true;
    const usage = cohereUsage(delta);
    return [
      ...this.start({}),
      ...this.blocks.closeAll(),
      { type: 'finish', choice: 0, reason: cohereFinishReason(nonEmptyText(delta['finish_reason']) ?? '', this.hasToolCalls) },
      ...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]),
      { type: 'end' },
    ];
  }

  /** An event of tomorrow, or an error in a form that no page describes. */
  private strange(body: JsonObject): StreamEvent[] {
    const failure = body['type'] === undefined ? bareError(body) : undefined;
    if (failure === undefined) return [];
    this.ended = true;
    return [{ type: 'error', error: failure.error }];
  }

  private fail(message: string | undefined): StreamEvent[] {
    this.ended = true;
    return [{ type: 'error', error: cohereStreamError(message).error }];
  }
}

/** Contents and tool calls are numbered apart. */
function contentKey(index: number): number {
  return 2 * index;
}

function toolKey(index: number): number {
  return 2 * index + 1;
}
