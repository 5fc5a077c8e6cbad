import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { objectOfArguments, TOOL_FAILED } from '../../fitting';
import type {
  AssistantPart,
  CachePoint,
  DocumentPart,
  ImagePart,
  Message,
  ModelRequest,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
  VideoPart,
} from '../../model/request';
import type { ModelFamily } from '../model-family';
import { supportsCachePoints, supportsCacheTtl, supportsMediaInResults, supportsToolResultStatus } from '../model-family';
import type { TargetFacts } from '../protocol';
import { fitToolId } from '../tool-ids';
import { Media } from './encode-media';

/** Longest `toolUseId`, in characters. */
const MAX_TOOL_ID = 64;

/** The conversation as Converse wants it: system text apart, then turns that alternate. */
export interface Conversation {
  readonly system: JsonObject[];
  readonly messages: JsonObject[];
}

/**
 * Writes the messages. System and developer messages go to `system`; turns of one role in a row become one.
 *
 * @throws GatewayError 400 naming the part that Converse cannot carry
 */
export function conversation(request: ModelRequest, family: ModelFamily, target: TargetFacts, dropped: Set<string>): Conversation {
  const writer = new MessageWriter(family, target, dropped);
  request.messages.forEach((message, index) => {
    writer.write(message, `messages[${index}]`);
  });
  for (const { content } of writer.messages) giveWords(content);
  return { system: writer.system, messages: writer.messages };
}

/** A document needs a text beside it. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
function giveWords(content: JsonObject[]): void {
  if (content.some((block) => 'document' in block) && !content.some((block) => 'text' in block))
    content.push({ text: 'See the document.' });
}

export function cachePoint(cache: CachePoint, family: ModelFamily): JsonObject {
  return { cachePoint: { type: 'default', ...(cache.ttl !== undefined && supportsCacheTtl(family) ? { ttl: cache.ttl } : {}) } };
}

class MessageWriter {
  public readonly system: JsonObject[] = [];
  public readonly messages: { role: string; content: JsonObject[] }[] = [];
  private readonly media: Media;

  public constructor(
    private readonly family: ModelFamily,
    { mediaLocations }: TargetFacts,
    private readonly dropped: Set<string>,
  ) {
    this.media = new Media(mediaLocations);
  }

  public write(message: Message, path: string): void {
    if ('name' in message && message.name !== undefined) this.dropped.add('messages.name');
    switch (message.role) {
      case 'system':
      case 'developer':
        for (const part of message.content) this.system.push(...this.withCache(textBlocks(part.text), part.cache));
        return;
      case 'assistant':
        this.append(
          'assistant',
          message.content.flatMap((part, index) => this.assistantPart(part, `${path}.content[${index}]`)),
        );
        return;
      case 'tool':
      case 'user':
        this.append('user', this.userParts(message.content, path));
    }
  }

  /** What results hold that may not stand inside of them comes after the last of them. */
  private userParts(content: readonly (UserPart | ToolResultPart)[], path: string): JsonObject[] {
    const beside: JsonObject[] = [];
    const blocks = content.map((part, index) => this.userPart(part, `${path}.content[${index}]`, beside));
    const end = content.findLastIndex(({ type }) => type === 'tool-result') + 1;
    return [...blocks.slice(0, end).flat(), ...beside, ...blocks.slice(end).flat()];
  }

  /** Bedrock refuses turns without content and two turns of one role in a row. */
  private append(role: string, content: JsonObject[]): void {
    if (content.length === 0) return;
    const last = this.messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else this.messages.push({ role, content });
  }

  private userPart(part: UserPart | ToolResultPart, path: string, beside: JsonObject[]): JsonObject[] {
    switch (part.type) {
      case 'text':
        return this.withCache(textBlocks(part.text), part.cache);
      case 'image':
      case 'document':
      case 'video':
        return this.withCache([this.medium(part, path)], part.cache);
      case 'audio':
        return [this.media.audio(part, path)];
      case 'tool-result':
        return this.withCache(
          [this.toolResult(part, path, beside)],
          part.cache ?? part.content.findLast(({ cache }) => cache !== undefined)?.cache,
        );
    }
  }

  private medium(part: ImagePart | DocumentPart | VideoPart, path: string): JsonObject {
    switch (part.type) {
      case 'image':
        if (part.detail !== undefined && part.detail !== 'auto') this.dropped.add('image_url.detail');
        return this.media.image(part, path);
      case 'document':
        return this.media.document(part, path);
      case 'video':
        if (part.clip !== undefined) this.dropped.add('video_metadata');
        return this.media.video(part, path);
    }
  }

  private assistantPart(part: AssistantPart, path: string): JsonObject[] {
    switch (part.type) {
      case 'text':
        return this.withCache(textBlocks(part.text), part.cache);
      case 'refusal':
        return textBlocks(part.text);
      case 'reasoning':
        return this.reasoning(part);
      case 'tool-call':
        return this.withCache([toolUse(part, path)], part.cache);
      case 'image':
        this.dropped.add('messages.images');
        return [];
      case 'audio':
        throw unsupported(path, `${path}: Amazon Bedrock takes no ${part.type} from the assistant.`);
    }
  }

  private withCache(blocks: JsonObject[], cache: CachePoint | undefined): JsonObject[] {
    if (cache === undefined || blocks.length === 0) return blocks;
    if (supportsCachePoints(this.family)) return [...blocks, cachePoint(cache, this.family)];
    this.dropped.add('cache_control');
    return blocks;
  }

  /**
   * Thoughts go back only with what proves them: Claude's signatures hold on every platform, others' only where they were made.
   *
   * @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking#preserving-thinking-blocks
   */
  private reasoning(part: ReasoningPart): JsonObject[] {
    const accepted = this.family === 'claude' ? ['bedrock-converse', 'anthropic-messages'] : ['bedrock-converse'];
    if (part.redacted !== undefined && accepted.includes(part.redacted.protocol)) {
      return [{ reasoningContent: { redactedContent: part.redacted.value } }];
    }
    if (part.signature !== undefined && accepted.includes(part.signature.protocol)) {
      return [{ reasoningContent: { reasoningText: { text: part.text, signature: part.signature.value } } }];
    }
    this.dropped.add('reasoning');
    return [];
  }

  private toolResult(part: ToolResultPart, path: string, beside: JsonObject[]): JsonObject {
    const content = part.content.flatMap((item, index): JsonObject[] => {
      if (item.type === 'text') return textBlocks(item.text);
      const medium = this.medium(item, `${path}.content[${index}]`);
      if (supportsMediaInResults(this.family)) return [medium];
      beside.push(medium);
      return [];
    });
    if (content.length === 0 && part.content.some(({ type }) => type !== 'text')) content.push({ text: 'The result follows.' });
    const failed = part.isError === true;
    const hasStatus = supportsToolResultStatus(this.family);
    // Where no field says so, a text does: the model must know.
    if (failed && !hasStatus) content.unshift({ text: TOOL_FAILED });
    const status = failed && hasStatus ? { status: 'error' } : {};
    return { toolResult: { toolUseId: fitToolId(part.toolCallId, MAX_TOOL_ID), content, ...status } };
  }
}

/** Blank text is refused. */
function textBlocks(text: TextPart['text']): JsonObject[] {
  return text === '' ? [] : [{ text }];
}

function toolUse(part: ToolCallPart, path: string): JsonObject {
  if (part.custom === true) throw unsupported(path, `${path}: Amazon Bedrock has no custom tools; declare a function instead.`);
  return { toolUse: { toolUseId: fitToolId(part.id, MAX_TOOL_ID), name: part.name, input: objectOfArguments(part) } };
}
