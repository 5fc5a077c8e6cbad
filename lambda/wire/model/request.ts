import type { JsonObject, JsonValue } from '../../platform/json';

/** Wire formats that providers speak. */
export type ProtocolName = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'bedrock-converse' | 'gemini' | 'cohere-v2';

/** What providers are asked for. */
export type ProviderOperation = 'chat' | 'embeddings' | 'count-tokens';
/** What is asked for. */
export type Operation = ProviderOperation | 'moderations';

/** Marks the end of a prefix that the provider should cache. */
export interface CachePoint {
  readonly ttl?: '5m' | '1h';
}

/** A value only the protocol that made it can read (a signature, encrypted reasoning); carried back to it unread. */
export interface Opaque {
  readonly protocol: ProtocolName;
  readonly value: string;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly cache?: CachePoint;
  readonly citations?: readonly Citation[];
}

/** Bytes by reference or inline. `data` is base64. */
export type MediaSource =
  /** A URL that anybody may fetch, or an object in a bucket (`s3://`, `gs://`). `mediaType` where the caller says it. */
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string };

export interface ImagePart {
  readonly type: 'image';
  readonly source: MediaSource;
  /** OpenAI's `detail`: `low`, `high`, `auto`. */
  readonly detail?: string;
  readonly cache?: CachePoint;
}

export interface DocumentPart {
  readonly type: 'document';
  /** `text` documents carry their text as base64 with mediaType `text/plain`. */
  readonly source: MediaSource;
  readonly name?: string;
  readonly context?: string;
  readonly citations?: boolean;
  readonly cache?: CachePoint;
}

export interface AudioPart {
  readonly type: 'audio';
  /** `wav`, `mp3`, ... */
  readonly format: string;
  /** Base64. */
  readonly data: string;
}

export interface VideoPart {
  readonly type: 'video';
  readonly source: MediaSource;
  /** Which of it is looked at. */
  readonly clip?: { readonly startOffset?: string; readonly endOffset?: string; readonly framesPerSecond?: number };
  readonly cache?: CachePoint;
}

/** Where a piece of the answer's text comes from. */
export interface Citation {
  readonly kind: 'url' | 'document' | 'other';
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
  /** Range in the answer's text, where the provider gives one. */
  readonly start?: number;
  readonly end?: number;
  /** The provider's own object, for the same family. */
  readonly raw?: JsonObject;
}

/** Thinking. `text` may be empty when the provider only gives an opaque form. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  readonly id?: string;
  /** Signature over `text`, to be sent back with it. */
  readonly signature?: Opaque;
  /** Reasoning hidden or encrypted by the provider. */
  readonly redacted?: Opaque;
  readonly summary?: boolean;
}

export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** JSON text exactly as the model wrote it; `{}` for a call without arguments. For `custom` tools: free text. */
  readonly arguments: string;
  readonly custom?: boolean;
  /** Thought signature that belongs to this call (Gemini). */
  readonly signature?: Opaque;
  readonly cache?: CachePoint;
}

export interface ToolResultPart {
  readonly type: 'tool-result';
  readonly toolCallId: string;
  /** Where the dialect names it or it can be found in an earlier call. */
  readonly toolName?: string;
  readonly content: readonly (TextPart | ImagePart | DocumentPart | VideoPart)[];
  readonly isError?: boolean;
  readonly cache?: CachePoint;
}

export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}

export type UserPart = TextPart | ImagePart | DocumentPart | AudioPart | VideoPart;
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | RefusalPart | ImagePart | AudioPart;

/** One turn. System and developer messages stand where the caller put them. */
export type Message =
  | { readonly role: 'system' | 'developer'; readonly content: readonly TextPart[]; readonly name?: string }
  | { readonly role: 'user'; readonly content: readonly (UserPart | ToolResultPart)[]; readonly name?: string }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[]; readonly name?: string }
  | { readonly role: 'tool'; readonly content: readonly ToolResultPart[] };

/** A function that the caller runs. Server-side tools never reach the common model: they are refused or passed in the same dialect. */
export interface Tool {
  readonly name: string;
  /** Responses: the namespace that the first part of the name stands for. */
  readonly namespace?: string;
  readonly description?: string;
  /** JSON Schema of the arguments. Absent: a tool without arguments. */
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
  /** OpenAI `custom` tools: free text in, optionally by a grammar, whose `format` is as Responses writes it. */
  readonly custom?: { readonly format?: JsonObject };
  readonly cache?: CachePoint;
}

export type ToolChoice = { readonly type: 'auto' | 'none' | 'required' } | { readonly type: 'tool'; readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
      readonly description?: string;
    };

/** How much to think. */
export interface Reasoning {
  /** `none` switches it off. */
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  readonly budgetTokens?: number;
  /** Anthropic `thinking: {type: adaptive}`: the model decides. */
  readonly adaptive?: boolean;
  /** How thoughts are shown: `auto`, `concise`, `detailed`, or hidden. */
  readonly summary?: string;
}

/** What a call says whatever it asks for. The rest is its operation's own, declared in its folder. */
export interface AnyRequest {
  /** The name sent to the provider. */
  readonly model: string;
  /** Names of request fields that were dropped on purpose while decoding; reported in the warning header. */
  readonly dropped?: readonly string[];
}

/**
 * A conversation in no dialect: what every dialect decodes to and every protocol encodes from.
 * An absent field was not given by the caller; the provider's default holds.
 */
export interface ModelRequest extends AnyRequest {
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  /** Chat Completions: the caller knows nothing of `tool_calls` yet, and is answered by the field that they replaced. */
  readonly answersByFunctionCall?: true;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly logitBias?: Readonly<Record<string, number>>;
  /** Number of alternative answers. */
  readonly choices?: number;
  /** Log probabilities wanted, with this many alternatives per token. */
  readonly logprobs?: { readonly top: number };
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: Reasoning;
  /** `low`, `medium`, `high` (OpenAI `verbosity`). */
  readonly verbosity?: string;
  /** As the caller wrote it: `auto`, `default`, `flex`, `priority`, `standard_only`. */
  readonly serviceTier?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The caller's own name for its end user. */
  readonly user?: string;
  readonly promptCacheKey?: string;
  /** Fields of one provider's API, by their names there: for that one alone, which says what of them it takes. */
  readonly native?: Readonly<Record<string, JsonValue>>;
  /** Features of Anthropic's API that the caller switches on by name, in a header. */
  readonly betas?: readonly string[];
  readonly modalities?: readonly string[];
  /** Audio output settings as given (`voice`, `format`). */
  readonly audio?: JsonObject;
}
