import type { GatewayError } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { StreamEvent } from '../../model/response';
import { baseResponseError } from '../../protocols/base-response';
import { FrameTemplate } from '../../protocols/frame-template';
import { countOf, defined, nonEmptyText, objectOf, textOf } from '../../protocols/lenient';
import type { Frame, StreamDecoder } from '../../protocols/protocol';
import { upstreamIncomplete } from '../../protocols/provider-error';
import { madeToolId } from '../../protocols/tool-ids';
import { readCitation } from './citations';
import { decodeError, errorInside } from './decode-error';
import { readFinishReason } from './finish-reason';
import { readOpaque } from './signatures';
import { UsageReader } from './usage';

/** A block that is open. */
type OpenBlock =
  | { readonly kind: 'text'; readonly block: number }
  | { readonly kind: 'reasoning'; readonly block: number; signature: string; readonly redacted?: string }
  | { readonly kind: 'tool-call'; readonly block: number; started: boolean; readonly input: JsonObject };

/** Where the text of a delta belongs that is like the one before it. */
type Piece = Omit<Extract<StreamEvent, { type: 'text-delta' | 'reasoning-delta' | 'tool-call-delta' }>, 'text' | 'logprobs'>;

/** Learning from deltas that differ all the time stops after so many misses. */
const MAX_MISSES = 64;

/**
 * Reads the events of a stream. Anthropic's blocks never overlap; blocks of server-side tools and of types unknown here are
 * left out, and so the blocks are numbered anew.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/streaming
 */
export class AnthropicMessagesStreamDecoder implements StreamDecoder {
  public malformed = 0;

  readonly #usage = new UsageReader();
  /** By the provider's number; undefined for those that are left out. */
  readonly #open = new Map<number, OpenBlock | undefined>();
  #blocks = 0;
  #hasToolCalls = false;
  #id: string | undefined;
  #started = false;
  #finished = false;
  #over = false;
  /** The last frame was a piece of text and nothing else: how to recognise the next, and what it stands for. */
  #template: FrameTemplate | undefined;
  #name = '';
  #piece: Piece | undefined;
  #misses = 0;

  public decode(frame: Frame): StreamEvent[] {
    if (this.#over) return [];
    if (this.#template !== undefined && this.#piece !== undefined && frame.event === this.#name) {
      const text = this.#template.text(frame.data);
      if (text !== undefined) return text === '' && this.#piece.type !== 'text-delta' ? [] : [withText(this.#piece, text)];
    }
    this.#template = undefined;
    const event = objectOf(parseJson(frame.data));
    if (event === undefined) {
      if (frame.event === 'error') return this.#fail(decodeError(500, undefined, {}).error);
      this.malformed += 1;
      return [];
    }
    const refused = baseResponseError(event);
    if (refused !== undefined) return this.#fail(refused.error);
    switch (textOf(event['type']) ?? frame.event) {
      case 'content_block_delta': {
        const events = this.#delta(event);
        this.#learn(frame, events);
        return events;
      }
      case 'message_start':
        return this.#start(event);
      case 'content_block_start':
        return this.#finished ? [] : this.#startBlock(event);
      case 'content_block_stop':
        return this.#closeBlock(countOf(event['index']) ?? 0);
      case 'message_delta':
        return this.#messageDelta(event);
      case 'message_stop':
        return this.#complete();
      default: {
        const failure = errorInside(event);
        return failure === undefined ? [] : this.#fail(failure.error);
      }
    }
  }

  public end(): StreamEvent[] {
    return this.#over ? [] : this.#complete();
  }

  #start(event: JsonObject): StreamEvent[] {
    const message = objectOf(event['message']) ?? {};
    this.#usage.add(objectOf(message['usage']));
    if (this.#started) return [];
    this.#started = true;
    this.#id = nonEmptyText(message['id']);
    return [defined({ type: 'start' as const, id: this.#id, model: nonEmptyText(message['model']), usage: this.#usage.usage })];
  }

  /** What every answer begins with, although the provider's own beginning was lost. */
  #begin(): StreamEvent[] {
    return this.#started ? [] : this.#start({});
  }

  #startBlock(event: JsonObject): StreamEvent[] {
    const index = countOf(event['index']) ?? this.#open.size;
    const content = objectOf(event['content_block']) ?? {};
    const closed = [...this.#begin(), ...this.#closeAll()];
    const block = this.#blocks;
    switch (content['type']) {
      case 'text': {
        this.#add(index, { kind: 'text', block });
        const text = textOf(content['text']) ?? '';
        const started: StreamEvent[] = [...closed, { type: 'text-start', choice: 0, block }];
        if (text !== '') started.push({ type: 'text-delta', choice: 0, block, text });
        return started;
      }
      case 'thinking': {
        this.#add(index, { kind: 'reasoning', block, signature: textOf(content['signature']) ?? '' });
        const text = textOf(content['thinking']) ?? '';
        const started: StreamEvent[] = [...closed, { type: 'reasoning-start', choice: 0, block }];
        if (text !== '') started.push({ type: 'reasoning-delta', choice: 0, block, text });
        return started;
      }
      case 'redacted_thinking':
        this.#add(index, { kind: 'reasoning', block, signature: '', redacted: textOf(content['data']) ?? '' });
        return [...closed, { type: 'reasoning-start', choice: 0, block }];
      case 'tool_use': {
        this.#hasToolCalls = true;
        this.#add(index, { kind: 'tool-call', block, started: false, input: objectOf(content['input']) ?? {} });
        const id = nonEmptyText(content['id']) ?? madeToolId(this.#id, 0, block);
        return [...closed, { type: 'tool-call-start', choice: 0, block, id, name: textOf(content['name']) ?? '' }];
      }
      default:
        this.#open.set(index, undefined);
        return closed;
    }
  }

  #add(index: number, block: OpenBlock): void {
    this.#open.set(index, block);
    this.#blocks += 1;
  }

  #delta(event: JsonObject): StreamEvent[] {
    const open = this.#open.get(countOf(event['index']) ?? 0);
    const delta = objectOf(event['delta']);
    if (open === undefined || delta === undefined) return [];
    const { block } = open;
    switch (delta['type']) {
      case 'text_delta':
        return open.kind === 'text' ? [{ type: 'text-delta', choice: 0, block, text: textOf(delta['text']) ?? '' }] : [];
      case 'input_json_delta': {
        const text = textOf(delta['partial_json']) ?? '';
        if (open.kind !== 'tool-call' || text === '') return [];
        open.started = true;
        return [{ type: 'tool-call-delta', choice: 0, block, text }];
      }
      case 'thinking_delta': {
        const text = textOf(delta['thinking']) ?? '';
        return open.kind === 'reasoning' && text !== '' ? [{ type: 'reasoning-delta', choice: 0, block, text }] : [];
      }
      case 'signature_delta':
        if (open.kind === 'reasoning') open.signature += textOf(delta['signature']) ?? '';
        return [];
      case 'citations_delta': {
        const citation = objectOf(delta['citation']);
        return open.kind === 'text' && citation !== undefined
          ? [{ type: 'citation', choice: 0, block, citation: readCitation(citation) }]
          : [];
      }
      default:
        return [];
    }
  }

  #learn(frame: Frame, [event]: readonly StreamEvent[]): void {
    if (event === undefined || this.#misses >= MAX_MISSES) return;
    if (event.type !== 'text-delta' && event.type !== 'reasoning-delta' && event.type !== 'tool-call-delta') return;
    this.#misses += 1;
    this.#template = FrameTemplate.learn(frame.data, event.text, undefined);
    this.#name = frame.event;
    this.#piece = { type: event.type, choice: 0, block: event.block };
  }

  #closeAll(): StreamEvent[] {
    return [...this.#open.keys()].flatMap((index) => this.#closeBlock(index));
  }

  #closeBlock(index: number): StreamEvent[] {
    const open = this.#open.get(index);
    this.#open.delete(index);
    if (open === undefined) return [];
    const { block } = open;
    switch (open.kind) {
      case 'text':
        return [{ type: 'text-end', choice: 0, block }];
      case 'reasoning': {
        const signature = readOpaque(open.signature);
        const redacted = readOpaque(open.redacted);
        return [
          defined({
            type: 'reasoning-end' as const,
            choice: 0,
            block,
            signature: redacted === undefined ? signature : undefined,
            redacted,
          }),
        ];
      }
      case 'tool-call': {
        const end: StreamEvent = { type: 'tool-call-end', choice: 0, block };
        return open.started ? [end] : [{ type: 'tool-call-delta', choice: 0, block, text: JSON.stringify(open.input) }, end];
      }
    }
  }

  #messageDelta(event: JsonObject): StreamEvent[] {
    this.#usage.add(objectOf(event['usage']));
    const delta = objectOf(event['delta']) ?? {};
    const raw = nonEmptyText(delta['stop_reason']);
    if (raw === undefined || this.#finished) return [];
    this.#finished = true;
    const reason = readFinishReason(raw, delta, this.#hasToolCalls);
    return [...this.#begin(), ...this.#closeAll(), { type: 'finish', choice: 0, reason }];
  }

  /** Complete when the model has said why it stopped, with or without `message_stop`. */
  #complete(): StreamEvent[] {
    if (!this.#finished) return this.#fail(upstreamIncomplete());
    this.#over = true;
    return [...this.#usageEvents(), { type: 'end' }];
  }

  #fail(error: GatewayError): StreamEvent[] {
    this.#over = true;
    return [...this.#usageEvents(), { type: 'error', error }];
  }

  #usageEvents(): StreamEvent[] {
    const { usage } = this.#usage;
    return usage === undefined ? [] : [{ type: 'usage', usage }];
  }
}

/** One shape for the events there are most of. */
function withText({ type, choice, block }: Piece, text: string): StreamEvent {
  return { type, choice, block, text };
}
