import type { GatewayError } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { FinishReason, StreamEvent } from '../../model/response';
import { BlockWriter } from '../block-writer';
import { countOf, defined, nonEmptyText, objectOf, objectsOf } from '../lenient';
import type { Frame, StreamDecoder } from '../protocol';
import { upstreamIncomplete } from '../provider-error';
import { madeToolId } from '../tool-ids';
import { errorInside } from './decode-error';
import type { GeminiPart } from './decode-parts';
import { isSound, readCitations, readParts, UNHEARD } from './decode-parts';
import { blockReason, createdAt } from './decode-response';
import { geminiFinishReason } from './finish-reason';
import { readLogprobs } from './logprobs';
import { geminiUsage } from './usage';

/** Gemini does not number its blocks: within a candidate each is the next one. */
const KEY = 0;

interface Candidate {
  readonly blocks: BlockWriter;
  calls: number;
  finish: string | undefined;
  /** Sources told so far: chunks repeat them. */
  readonly cited: Set<string>;
  /** It was told that there is sound. */
  sounds: boolean;
}

/**
 * Reads `streamGenerateContent?alt=sse`: whole answers, each holding what came since the last. Nothing marks the last one, and some
 * models say why they stopped in every chunk, so that the finish is told when the stream ends.
 */
export class GeminiStreamDecoder implements StreamDecoder {
  public malformed = 0;
  private readonly candidates = new Map<number, Candidate>();
  private answerId: string | undefined;
  private blocked: FinishReason | undefined;
  /** The last chunk that reported usage; it is read at the end, because each replaces the one before. */
  private reported: JsonObject | undefined;
  private started = false;
  private ended = false;

  public decode(frame: Frame): StreamEvent[] {
    if (this.ended) return [];
    const body = objectOf(parseJson(frame.data));
    if (body === undefined) {
      // Some proxies end with OpenAI's terminator.
      if (frame.data.trim() !== '[DONE]') this.malformed += 1;
      return [];
    }
    const failure = errorInside(body);
    if (failure !== undefined) return this.fail(failure.error);
    const events = this.start(body);
    this.blocked ??= blockReason(body);
    if (body['usageMetadata'] !== undefined) this.reported = body;
    objectsOf(body['candidates']).forEach((candidate, index) => {
      events.push(...this.read(candidate, countOf(candidate['index']) ?? index));
    });
    return events;
  }

  public end(): StreamEvent[] {
    if (this.ended) return [];
    this.ended = true;
    const all = [...this.candidates];
    const complete = all.length === 0 ? this.blocked !== undefined : all.every(([, { finish }]) => finish !== undefined);
    if (!complete) return [{ type: 'error', error: upstreamIncomplete() }];

    const events = all.flatMap(([choice, candidate]): StreamEvent[] => [
      ...candidate.blocks.closeAll(),
      { type: 'finish', choice, reason: geminiFinishReason(candidate.finish ?? '', candidate.calls > 0) },
    ]);
    if (all.length === 0 && this.blocked !== undefined) events.push({ type: 'finish', choice: 0, reason: this.blocked });
    const usage = this.reported === undefined ? undefined : geminiUsage(this.reported);
    if (usage !== undefined) events.push({ type: 'usage', usage });
    return [...events, { type: 'end' }];
  }

  private start(body: JsonObject): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    this.answerId = nonEmptyText(body['responseId']);
    return [defined({ type: 'start' as const, id: this.answerId, model: nonEmptyText(body['modelVersion']), createdAt: createdAt(body) })];
  }

  private read(source: JsonObject, choice: number): StreamEvent[] {
    let candidate = this.candidates.get(choice);
    if (candidate === undefined) {
      candidate = { blocks: new BlockWriter(choice), calls: 0, finish: undefined, cited: new Set(), sounds: false };
      this.candidates.set(choice, candidate);
    }
    const current = candidate;
    current.finish = nonEmptyText(source['finishReason']) ?? current.finish;
    // They are of the whole chunk, and go with its first piece of text.
    let logprobs = readLogprobs(source);
    const events = readParts(source).flatMap((part) => {
      const own = part.kind === 'text' && part.text !== '' ? logprobs : undefined;
      if (own !== undefined) logprobs = undefined;
      return this.part(part, choice, current, own);
    });
    for (const citation of readCitations(source)) {
      const key = JSON.stringify([citation.url, citation.start, citation.end]);
      if (!current.cited.has(key)) events.push(...current.blocks.write(KEY, { kind: 'citation', citation }));
      current.cited.add(key);
    }
    return events;
  }

  private part(part: GeminiPart, choice: number, candidate: Candidate, logprobs: JsonObject | undefined): StreamEvent[] {
    const { blocks } = candidate;
    switch (part.kind) {
      case 'text':
        return [...blocks.write(KEY, defined({ kind: 'text' as const, text: part.text, logprobs })), ...signed(blocks, part)];
      case 'thought':
        return [...blocks.write(KEY, { kind: 'reasoning', text: part.text }), ...signed(blocks, part)];
      case 'call': {
        const id = part.id ?? madeToolId(this.answerId, choice, candidate.calls);
        candidate.calls += 1;
        const signature = part.signature === undefined ? {} : { signature: part.signature };
        return [
          ...blocks.write(KEY, { kind: 'tool', id, name: part.name, ...signature }),
          ...blocks.write(KEY, { kind: 'arguments', text: part.arguments }),
          ...blocks.write(KEY, { kind: 'stop' }),
        ];
      }
      case 'media':
        if (isSound(part)) return this.sound(choice, candidate);
        return part.source.mediaType.startsWith('image/') ? blocks.write(KEY, { kind: 'image', source: part.source }) : [];
    }
  }

  /** Once, however many pieces it comes in. */
  private sound(choice: number, candidate: Candidate): StreamEvent[] {
    if (candidate.sounds) return [];
    candidate.sounds = true;
    return this.part(UNHEARD, choice, candidate, undefined);
  }

  private fail(error: GatewayError): StreamEvent[] {
    this.ended = true;
    return [{ type: 'error', error }];
  }
}

/** A signature ends the block that it proves. */
function signed(blocks: BlockWriter, part: GeminiPart & { kind: 'text' | 'thought' }): StreamEvent[] {
  if (part.signature === undefined) return [];
  return [...blocks.write(KEY, { kind: 'signature', signature: part.signature }), ...blocks.write(KEY, { kind: 'stop' })];
}
