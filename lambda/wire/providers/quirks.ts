import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { entryOf } from '../../platform/table';
import type { ProtocolName } from '../model/request';
import { withoutReasoning } from '../protocols/openai-history';
import { withAllowedToolsOnly } from './allowed-tools';
import { withThinkingRules } from './deepseek-thinking';
import { forMistral } from './mistral-messages';
import { withArgumentsAsObjects } from './object-arguments';
import { withOneSystem } from './one-system';
import { withSchemaInWords } from './schema-in-words';
import { inStrictOrder } from './strict-order';

/** What a quirk made of a body. */
interface Reshaped {
  readonly body: JsonObject;
  /** Fields that are gone because they do not change the answer's meaning. */
  readonly dropped?: readonly string[];
}

interface Quirk {
  /** Wire formats of the bodies that the quirk concerns. */
  readonly protocols: readonly ProtocolName[];
  /** Returns undefined when the body has nothing to change. Never mutates it. `original` is the caller's body in the same wire format. */
  readonly reshape: (body: JsonObject, original: JsonObject | undefined) => Reshaped | undefined;
}

/**
 * Quirks that the protocol's own encoder acts on (`TargetFacts.quirks`), not the finished body.
 *
 * - `replays-reasoning`: earlier thinking goes back as `reasoning_content`. @see https://api-docs.deepseek.com/guides/thinking_mode
 * - `thinking-switch`: thinking is switched off by `thinking`. @see https://api-docs.deepseek.com/guides/thinking_mode
 * - `films`: films go as `video_url`, which OpenAI itself does not know. @see https://openrouter.ai/docs/features/multimodal/videos
 * - `no-free-text-tools`: OpenAI's `custom` tools are unknown, so they are sent as functions.
 * - `vertex-operations`: embeddings are made by `predict`, tokens counted of bare contents. @see https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export type EncoderQuirk = 'replays-reasoning' | 'thinking-switch' | 'films' | 'no-free-text-tools' | 'vertex-operations';

export type QuirkName = keyof typeof QUIRKS | EncoderQuirk;

/** Where a provider's dialect departs from the one it is compatible with. Each is applied to the body about to be sent. */
const QUIRKS = {
  /** The output cap has its older name. @see https://docs.mistral.ai/api @see https://api-docs.deepseek.com/api/create-chat-completion */
  'max-tokens': chat((body) => renamed(body, 'max_completion_tokens', 'max_tokens')),

  /** Every compatible server knows `max_tokens`, not all the newer name: it is kept only where the caller wrote it. */
  'prefers-max-tokens': chat((body, original) =>
    original !== undefined && 'max_completion_tokens' in original ? undefined : renamed(body, 'max_completion_tokens', 'max_tokens'),
  ),

  /** Usage comes unasked with the last chunk, and the field is refused. @see https://docs.mistral.ai/api */
  'no-stream-options': chat((body) => without(body, ['stream_options'], false)),

  /** Only `system` is known; it means the same. @see https://api-docs.deepseek.com/api/create-chat-completion */
  'developer-as-system': chat(developerAsSystem),

  /** Some models take one system message, at the head. */
  'one-system': { protocols: ['openai-chat', 'openai-responses'], reshape: withOneSystem },

  /** Content is one string, not parts of text. @see https://api-docs.deepseek.com/api/create-chat-completion */
  'plain-strings': chat(withPlainStrings),

  /** Answers are held to being JSON, not to a schema. @see https://api-docs.deepseek.com/guides/json_mode */
  'schema-in-words': chat(withSchemaInWords),

  /** Roles have an order. @see https://docs.mistral.ai/capabilities/function_calling @see https://docs.mistral.ai/capabilities/completion/prefix */
  'strict-order': chat(withStrictOrder),

  /** Arguments of earlier calls are read again, and must be an object. @see https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/chat_utils.py */
  'object-arguments': chat(withObjectArguments),

  /** Fields of messages, and ids of calls, as Mistral knows them. */
  'mistral-messages': chat((body) => {
    const dropped = new Set<string>();
    const changed = eachMessage(body, (message) => forMistral(message, dropped));
    return changed === undefined ? undefined : { body: changed, dropped: [...dropped] };
  }),

  /** @see https://api-docs.deepseek.com/guides/thinking_mode */
  'thinks-unless-told': chat(withThinkingRules),

  /** Notes are for calls that are kept. @see https://platform.openai.com/docs/api-reference/chat/create#chat_create-metadata */
  'metadata-of-stored-only': chat((body) => (body['store'] === true ? undefined : without(body, ['metadata'], true))),

  /** Models that think have no `max_tokens`. @see https://platform.openai.com/docs/api-reference/chat/create#chat_create-max_tokens */
  'max-completion-tokens': chat((body) => renamed(body, 'max_tokens', 'max_completion_tokens')),

  /** A message's `name` is refused. @see https://console.groq.com/docs/openai#currently-unsupported-openai-features */
  'no-message-name': chat(withoutMessageNames),

  /** Thinking of earlier turns, which the gateway shows callers of other providers, is refused when it comes back. */
  'no-reasoning-replay': chat((body) => withoutReasoning(body)),

  /** A refusal of an earlier turn has no field of its own. @see https://docs.mistral.ai/api/endpoint/chat */
  'refusal-as-text': chat(withRefusalsAsText),

  /** @see https://docs.mistral.ai/api/endpoint/chat */
  'random-seed': chat((body) => renamed(body, 'seed', 'random_seed')),

  /** "Some tool must be called" is `any`. @see https://docs.mistral.ai/capabilities/function_calling */
  'tool-choice-any': chat((body) => (body['tool_choice'] === 'required' ? { body: { ...body, tool_choice: 'any' } } : undefined)),

  /** What a list of allowed tools says is said by the tools themselves. @see https://docs.mistral.ai/api/endpoint/chat */
  'no-allowed-tools': chat(withAllowedToolsOnly),

  /** How wordy to be and how long to think is asked for by `reasoning_effort` alone. @see https://docs.mistral.ai/api/endpoint/chat */
  'effort-alone': chat((body) => without(body, ['verbosity', 'thinking', 'reasoning'], true)),

  /** The end user's name has its older field, unless the caller wrote the newer one. @see https://console.groq.com/docs/api-reference#chat-create */
  'user-by-older-name': chat((body, original) =>
    original !== undefined && 'safety_identifier' in original ? undefined : renamed(body, 'safety_identifier', 'user'),
  ),

  /** The length of vectors. @see https://docs.mistral.ai/api/endpoint/embeddings */
  'output-dimension': { protocols: ['openai-chat'], reshape: (body) => renamed(body, 'dimensions', 'output_dimension') },

  /** The end user's name is refused. @see https://docs.mistral.ai/api/endpoint/chat */
  'no-user': chat((body) => without(body, ['user', 'safety_identifier'], true)),

  /** Fields of OpenAI's own bookkeeping, which never change an answer, are refused. @see https://docs.mistral.ai/api/endpoint/chat */
  'no-openai-bookkeeping': chat((body) => without(body, ['store', 'prompt_cache_key', 'prompt_cache_retention'], true)),

  /** A function names its parameters, none too. @see https://docs.mistral.ai/api/endpoint/chat */
  'tool-parameters': chat(withToolParameters),

  /** A document is a URL, its bytes too. @see https://docs.mistral.ai/capabilities/document_qna */
  'documents-by-url': chat((body) => withParts(body, documentByUrl)),

  /** Sound is a text of its bytes alone. @see https://docs.mistral.ai/capabilities/audio */
  'bare-audio': chat((body) => withParts(body, bareAudio)),

  /** Tiers that it has are called otherwise. @see https://console.groq.com/docs/service-tiers */
  'tiers-of-groq': chat((body) =>
    withTier(body, { auto: 'auto', default: 'on_demand', on_demand: 'on_demand', flex: 'flex', performance: 'performance' }),
  ),

  /** Not all of OpenAI's tiers are known. @see https://inference-docs.cerebras.ai/api-reference/chat-completions */
  'tiers-of-cerebras': chat((body) => withTier(body, { auto: 'auto', default: 'default', flex: 'flex', priority: 'priority' })),

  /** Labels of a call are refused. @see https://inference-docs.cerebras.ai/api-reference/chat-completions */
  'no-metadata': chat((body) => without(body, ['metadata'], true)),

  /** @see https://docs.mistral.ai/api/endpoint/chat */
  'no-service-tier': chat((body) => without(body, ['service_tier'], true)),

  /** Vertex AI chooses the tier elsewhere. @see https://cloud.google.com/vertex-ai/generative-ai/docs/flex-paygo */
  'no-gemini-service-tier': { protocols: ['gemini'], reshape: (body) => without(body, ['serviceTier'], true) },

  /** Retrieval models embed queries and passages differently and want to be told. @see https://docs.nvidia.com/nim/nemo-retriever/text-embedding/latest/reference.html */
  'embedding-input-type': {
    protocols: ['openai-chat'],
    reshape: (body) => ('input' in body && !('input_type' in body) ? { body: { ...body, input_type: 'query' } } : undefined),
  },

  /** Vertex AI names Claude in the URL and the version in the body. @see https://docs.claude.com/en/api/claude-on-vertex-ai */
  'vertex-claude-body': { protocols: ['anthropic-messages'], reshape: vertexClaudeBody },
} as const satisfies Record<string, Quirk>;

/** A body as the provider wants it, and what was left out on the way. */
export interface QuirkResult {
  /** The given object itself when no quirk applied, so that the caller's own bytes can be forwarded. */
  readonly body: JsonObject;
  readonly dropped: readonly string[];
}

/**
 * Applies a provider's quirks to a body in its wire format: the one place where they act. Unknown names are ignored.
 *
 * @param original the caller's own body, when it came in the same wire format
 */
export function applyQuirks(body: JsonObject, protocol: ProtocolName, quirks: readonly string[], original?: JsonObject): QuirkResult {
  let current = body;
  const dropped: string[] = [];
  for (const name of quirks) {
    const quirk: Quirk | undefined = QUIRKS[name as keyof typeof QUIRKS];
    if (quirk === undefined || !quirk.protocols.includes(protocol)) continue;
    const reshaped = quirk.reshape(current, original);
    if (reshaped === undefined) continue;
    current = reshaped.body;
    dropped.push(...(reshaped.dropped ?? []));
  }
  return { body: current, dropped };
}

function chat(reshape: Quirk['reshape']): Quirk {
  return { protocols: ['openai-chat'], reshape: (body, original) => ('messages' in body ? reshape(body, original) : undefined) };
}

function renamed(body: JsonObject, from: string, to: string): Reshaped | undefined {
  if (!(from in body)) return undefined;
  const { [from]: value, ...rest } = body;
  return { body: to in rest ? rest : { ...rest, [to]: value } };
}

function without(body: JsonObject, names: readonly string[], report: boolean): Reshaped | undefined {
  const present = names.filter((name) => name in body);
  if (present.length === 0) return undefined;
  const kept = Object.fromEntries(Object.entries(body).filter(([name]) => !present.includes(name)));
  return { body: kept, dropped: report ? present : [] };
}

function eachMessage(body: JsonObject, change: (message: JsonObject) => JsonObject): JsonObject | undefined {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return undefined;
  const changed = messages.map((message): JsonValue => (isJsonObject(message) ? change(message) : message));
  return changed.some((message, index) => message !== messages[index]) ? { ...body, messages: changed } : undefined;
}

function developerAsSystem(body: JsonObject): Reshaped | undefined {
  const changed = eachMessage(body, (message) => (message['role'] === 'developer' ? { ...message, role: 'system' } : message));
  return changed === undefined ? undefined : { body: changed };
}

function withPlainStrings(body: JsonObject): Reshaped | undefined {
  const changed = eachMessage(body, (message) => {
    const { content } = message;
    if (!Array.isArray(content) || !content.every((part) => isJsonObject(part) && typeof part['text'] === 'string')) return message;
    return { ...message, content: content.map((part) => (part as JsonObject)['text']).join('\n') };
  });
  return changed === undefined ? undefined : { body: changed };
}

function withObjectArguments(body: JsonObject): Reshaped | undefined {
  const changed = eachMessage(body, withArgumentsAsObjects);
  return changed === undefined ? undefined : { body: changed };
}

function withStrictOrder(body: JsonObject): Reshaped | undefined {
  const messages = body['messages'];
  const ordered = Array.isArray(messages) ? inStrictOrder(messages) : messages;
  return ordered === messages ? undefined : { body: { ...body, messages: ordered } };
}

function withoutMessageNames(body: JsonObject): Reshaped | undefined {
  const changed = eachMessage(body, (message) => {
    if (!('name' in message)) return message;
    const { name: _name, ...rest } = message;
    return rest;
  });
  return changed === undefined ? undefined : { body: changed, dropped: ['messages.name'] };
}

function withRefusalsAsText(body: JsonObject): Reshaped | undefined {
  const changed = eachMessage(body, (message) => {
    if (!('refusal' in message)) return message;
    const { refusal, content, ...rest } = message;
    if (typeof refusal !== 'string' || refusal === '') return { ...rest, content: content ?? null };
    if (!Array.isArray(content)) return { ...rest, content: [content, refusal].filter((text) => text !== null && text !== '').join('\n') };
    return { ...rest, content: [...content, { type: 'text', text: refusal }] };
  });
  return changed === undefined ? undefined : { body: changed };
}

function withToolParameters(body: JsonObject): Reshaped | undefined {
  const { tools } = body;
  if (!Array.isArray(tools)) return undefined;
  const changed = tools.map((tool) => {
    const definition = isJsonObject(tool) ? tool['function'] : undefined;
    if (!isJsonObject(definition) || definition['parameters'] !== undefined) return tool;
    return { ...(tool as JsonObject), function: { ...definition, parameters: { type: 'object', properties: {} } } };
  });
  return changed.some((tool, index) => tool !== tools[index]) ? { body: { ...body, tools: changed } } : undefined;
}

function withParts(body: JsonObject, change: (part: JsonObject) => JsonObject): Reshaped | undefined {
  const changed = eachMessage(body, (message) => {
    const { content } = message;
    if (!Array.isArray(content)) return message;
    const parts = content.map((part): JsonValue => (isJsonObject(part) ? change(part) : part));
    return parts.some((part, index) => part !== content[index]) ? { ...message, content: parts } : message;
  });
  return changed === undefined ? undefined : { body: changed };
}

function documentByUrl(part: JsonObject): JsonObject {
  const { file } = part;
  if (!isJsonObject(file) || typeof file['file_data'] !== 'string') return part;
  const name = typeof file['filename'] === 'string' ? { document_name: file['filename'] } : {};
  return { type: 'document_url', document_url: file['file_data'], ...name };
}

function bareAudio(part: JsonObject): JsonObject {
  const { input_audio: audio } = part;
  return isJsonObject(audio) && typeof audio['data'] === 'string' ? { ...part, input_audio: audio['data'] } : part;
}

/** @param known names of tiers there, by what callers call them */
function withTier(body: JsonObject, known: Readonly<Record<string, string>>): Reshaped | undefined {
  const { service_tier: tier, ...rest } = body;
  if (typeof tier !== 'string') return undefined;
  const own = entryOf(known, tier);
  if (own === tier) return undefined;
  return own === undefined ? { body: rest, dropped: ['service_tier'] } : { body: { ...rest, service_tier: own } };
}

function vertexClaudeBody(body: JsonObject): Reshaped {
  const { model: _model, ...rest } = body;
  return { body: { anthropic_version: 'vertex-2023-10-16', ...rest } };
}
