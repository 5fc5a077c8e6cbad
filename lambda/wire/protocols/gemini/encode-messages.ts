import { invalidRequest, unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { objectOfArguments } from '../../fitting';
import type { AssistantPart, Message, ReasoningPart, ToolCallPart, ToolResultPart, UserPart } from '../../model/request';
import type { TargetFacts } from '../protocol';
import { geminiPart } from './encode-media';

/** What Google documents for calls that its model did not sign because another one made them. @see https://ai.google.dev/gemini-api/docs/thought-signatures */
const FOREIGN_SIGNATURE = 'skip_thought_signature_validator';

/** Ids that `madeToolId` gave to calls without one; the model has never seen them. */
const MADE_ID = /^call_[0-9a-f]{24}$/;

type Content = JsonObject & { readonly role: string; readonly parts: JsonObject[] };

export interface Contents {
  /** Text of every system and developer message, wherever it stood. */
  readonly system: JsonObject[];
  readonly contents: Content[];
}

/**
 * Writes the turns: `user` and `model`, of one role each.
 *
 * @throws GatewayError 400 naming the part that Gemini cannot carry
 */
export function writeContents(messages: readonly Message[], { capabilities, mediaLocations }: TargetFacts, dropped: Set<string>): Contents {
  const needsSignatures = capabilities.thinking?.includes('level') === true;
  const writer = new ContentWriter(namesOfCalls(messages), needsSignatures, mediaLocations, dropped);
  messages.forEach((message, index) => {
    writer.write(message, `messages[${index}]`);
  });
  return { system: writer.system, contents: writer.contents };
}

function namesOfCalls(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const part of message.content) if (part.type === 'tool-call') names.set(part.id, part.name);
  }
  return names;
}

class ContentWriter {
  public readonly system: JsonObject[] = [];
  public readonly contents: Content[] = [];
  /** Results of the calls in the last turn of the model's. */
  private results: Content | undefined;

  public constructor(
    private readonly callNames: ReadonlyMap<string, string>,
    private readonly needsSignatures: boolean,
    private readonly locations: TargetFacts['mediaLocations'],
    private readonly dropped: Set<string>,
  ) {}

  public write(message: Message, path: string): void {
    if ('name' in message && message.name !== undefined) this.dropped.add('messages.name');
    switch (message.role) {
      case 'system':
      case 'developer':
        this.system.push(...message.content.flatMap(({ text }) => (text === '' ? [] : [{ text }])));
        return;
      case 'assistant':
        this.append('model', this.modelParts(message.content, path));
        return;
      case 'tool':
      case 'user':
        this.appendUser(this.userParts(message.content, path));
    }
  }

  /** Results are a content of their own, directly behind their calls: with anything else in it Gemini takes it for a turn of the model's. */
  private appendUser(parts: readonly JsonObject[]): void {
    const results = parts.filter(isResult);
    if (results.length > 0) {
      if (this.results === undefined) {
        this.results = { role: 'user', parts: [] };
        const behind = this.contents.findLastIndex(({ role }) => role === 'model') + 1;
        this.contents.splice(behind, 0, this.results);
      }
      this.results.parts.push(...results);
    }
    this.append(
      'user',
      parts.filter((part) => !isResult(part)),
    );
  }

  private append(role: string, parts: readonly JsonObject[]): void {
    if (parts.length === 0) return;
    const last = this.contents.at(-1);
    if (role === 'model') this.results = undefined;
    if (last?.role === role && last !== this.results) last.parts.push(...parts);
    else this.contents.push({ role, parts: [...parts] });
  }

  private userParts(content: readonly (UserPart | ToolResultPart)[], path: string): JsonObject[] {
    return content.flatMap((part, index) => this.userPart(part, `${path}.content[${index}]`));
  }

  private userPart(part: UserPart | ToolResultPart, path: string): JsonObject[] {
    // Empty texts are refused.
    if (part.type === 'text') return part.text === '' ? [] : [{ text: part.text }];
    if (part.type === 'tool-result') return this.toolResult(part, path);
    if (part.type === 'image' && part.detail !== undefined && part.detail !== 'auto') this.dropped.add('image_url.detail');
    if (part.type === 'document' && part.context !== undefined) this.dropped.add('context');
    if (part.type === 'document' && part.citations === true) this.dropped.add('citations');
    return [geminiPart(part, this.locations, path)];
  }

  private modelParts(content: readonly AssistantPart[], path: string): JsonObject[] {
    const parts = content.flatMap((part, index) => this.modelPart(part, `${path}.content[${index}]`));
    const firstCall = parts.find((part) => 'functionCall' in part);
    // Only the first call of a step must be signed.
    if (this.needsSignatures && firstCall !== undefined && !('thoughtSignature' in firstCall)) {
      firstCall['thoughtSignature'] = FOREIGN_SIGNATURE;
    }
    return parts;
  }

  private modelPart(part: AssistantPart, path: string): JsonObject[] {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text === '' ? [] : [{ text: part.text }];
      case 'reasoning':
        return this.thought(part);
      case 'tool-call':
        return [functionCall(part, path)];
      case 'image':
        return [{ ...geminiPart(part, this.locations, path), ...(this.needsSignatures ? { thoughtSignature: FOREIGN_SIGNATURE } : {}) }];
      case 'audio':
        return [geminiPart(part, this.locations, path)];
    }
  }

  /** A signature without text belongs to an answer's text and goes back as an empty part, as it came. */
  private thought(part: ReasoningPart): JsonObject[] {
    if (part.signature?.protocol !== 'gemini') {
      this.dropped.add('reasoning');
      return [];
    }
    const thoughtSignature = part.signature.value;
    return [part.text === '' ? { text: '', thoughtSignature } : { text: part.text, thought: true, thoughtSignature }];
  }

  /** Images and documents of a result follow it as the user's, which every model reads. */
  private toolResult(part: ToolResultPart, path: string): JsonObject[] {
    const name = part.toolName ?? this.callNames.get(part.toolCallId);
    if (name === undefined) throw invalidRequest(path, `${path} is the result of no tool call of an earlier message.`);
    const text = part.content.map((item) => (item.type === 'text' ? item.text : '')).join('');
    const response = part.isError === true ? { error: text } : { output: text };
    const media = part.content.flatMap((item, index) =>
      item.type === 'text' ? [] : [geminiPart(item, this.locations, `${path}.content[${index}]`)],
    );
    return [{ functionResponse: { ...ownId(part.toolCallId), name, response } }, ...media];
  }
}

function isResult(part: JsonObject): boolean {
  return 'functionResponse' in part;
}

function functionCall(part: ToolCallPart, path: string): JsonObject {
  if (part.custom === true) throw unsupported(path, `${path}: Gemini has no custom tools; declare a function instead.`);
  const args = objectOfArguments(part);
  const signature = part.signature?.protocol === 'gemini' ? { thoughtSignature: part.signature.value } : {};
  return { functionCall: { ...ownId(part.id), name: part.name, args }, ...signature };
}

function ownId(id: string): JsonObject {
  return MADE_ID.test(id) ? {} : { id };
}
