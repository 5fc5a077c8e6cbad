import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { StreamEvent } from '../../model/response';
import { BlockWriter } from '../block-writer';
import { nonEmptyText, numberOf, objectOf, textOf } from '../lenient';
import type { Frame, StreamDecoder } from '../protocol';
import { upstreamIncomplete } from '../provider-error';
import { readCitation } from './citations';
import { converseStreamError } from './decode-error';
import { opaque } from './decode-response';
import { converseFinishReason } from './finish-reason';
import { converseUsage } from './usage';

/**
 * Reads the events of ConverseStream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_ResponseSyntax
 */
export class ConverseStreamDecoder implements StreamDecoder {
  public malformed = 0;
  private readonly blocks = new BlockWriter();
  /** Numbers of blocks in which Bedrock reports tools that it ran itself. */
  private readonly hidden = new Set<number>();
  private started = false;
  private hasToolCalls = false;
  private finished = false;
  private ended = false;

  public decode(frame: Frame): StreamEvent[] {
    if (this.ended) return [];
    const body = objectOf(parseJson(frame.data));
    if (frame.exception === true) return this.fail(frame.event, body);
    if (body === undefined) {
      this.malformed += 1;
      return [];
    }
    switch (frame.event) {
      case 'messageStart':
        return this.start();
      case 'contentBlockStart':
        return this.finished ? [] : [...this.start(), ...this.blockStart(indexOf(body), objectOf(body['start']))];
      case 'contentBlockDelta':
        return this.finished ? [] : [...this.start(), ...this.blockDelta(indexOf(body), objectOf(body['delta']) ?? {})];
      case 'contentBlockStop':
        return this.finished ? [] : this.blocks.write(indexOf(body), { kind: 'stop' });
      case 'messageStop':
        return [...this.start(), ...this.finish(body)];
      case 'metadata':
        return this.metadata(body);
      default:
        return [];
    }
  }

  public end(): StreamEvent[] {
    if (this.ended) return [];
    this.ended = true;
    return this.finished ? [{ type: 'end' }] : [{ type: 'error', error: upstreamIncomplete() }];
  }

  private start(): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    return [{ type: 'start' }];
  }

  private blockStart(index: number, start: JsonObject | undefined): StreamEvent[] {
    const toolUse = objectOf(start?.['toolUse']);
    const id = nonEmptyText(toolUse?.['toolUseId']);
    const name = nonEmptyText(toolUse?.['name']);
    if (toolUse?.['type'] === 'server_tool_use' || objectOf(start?.['toolResult']) !== undefined) this.hidden.add(index);
    if (id === undefined || name === undefined || this.hidden.has(index)) return [];
    this.hasToolCalls = true;
    return this.blocks.write(index, { kind: 'tool', id, name });
  }

  private blockDelta(index: number, delta: JsonObject): StreamEvent[] {
    if (this.hidden.has(index)) return [];
    const text = textOf(delta['text']);
    if (text !== undefined) return this.blocks.write(index, { kind: 'text', text });

    const toolUse = objectOf(delta['toolUse']);
    if (toolUse !== undefined) return this.blocks.write(index, { kind: 'arguments', text: textOf(toolUse['input']) ?? '' });

    const reasoning = objectOf(delta['reasoningContent']);
    if (reasoning !== undefined) return this.reasoningDelta(index, reasoning);

    const citation = objectOf(delta['citation']);
    return citation === undefined ? [] : this.blocks.write(index, { kind: 'citation', citation: readCitation(citation) });
  }

  private reasoningDelta(index: number, reasoning: JsonObject): StreamEvent[] {
    const text = nonEmptyText(reasoning['text']);
    if (text !== undefined) return this.blocks.write(index, { kind: 'reasoning', text });
    const signature = nonEmptyText(reasoning['signature']);
    if (signature !== undefined) return this.blocks.write(index, { kind: 'signature', signature: opaque(signature) });
    const redacted = nonEmptyText(reasoning['redactedContent']);
    return redacted === undefined ? [] : this.blocks.write(index, { kind: 'redacted', redacted: opaque(redacted) });
  }

  private finish(body: JsonObject): StreamEvent[] {
    if (this.finished) return [];
    this.finished = true;
    return [...this.blocks.closeAll(), { type: 'finish', choice: 0, reason: converseFinishReason(body, this.hasToolCalls) }];
  }

  /** The last event of a stream. */
  private metadata(body: JsonObject): StreamEvent[] {
    const usage = converseUsage(body);
    const events: StreamEvent[] = usage === undefined ? [] : [...this.start(), { type: 'usage', usage }];
    if (!this.finished) return events;
    this.ended = true;
    return [...events, { type: 'end' }];
  }

  private fail(exception: string, body: JsonObject | undefined): StreamEvent[] {
    this.ended = true;
    return [{ type: 'error', error: converseStreamError(exception, body).error }];
  }
}

function indexOf(body: JsonObject): number {
  return numberOf(body['contentBlockIndex']) ?? 0;
}
