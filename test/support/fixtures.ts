import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../lambda/platform/json/value';
import type { DialectName } from '../../lambda/wire/dialects';
import { anthropicMessages } from '../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../lambda/wire/dialects/openai-responses';
import { encodeEventStreamMessage } from '../../lambda/wire/framing/aws-event-stream';
import type { FinishReason } from '../../lambda/wire/model/response';
import type { Usage } from '../../lambda/wire/model/usage';
import { bedrockConverse } from '../../lambda/wire/protocols/bedrock-converse';
import { cohereV2 } from '../../lambda/wire/protocols/cohere-v2';
import { gemini } from '../../lambda/wire/protocols/gemini';
import type { Protocol } from '../../lambda/wire/protocols/protocol';
import type { Scenario } from './answer-grid';

const FOLDER = join(__dirname, '../fixtures');

export const PROTOCOLS = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
  'bedrock-converse': bedrockConverse,
  gemini,
  'cohere-v2': cohereV2,
} satisfies Record<string, Protocol>;

/**
 * One exchange with a provider, written by hand after the vendor's documentation: ids and texts are invented.
 *
 * A streamed `response` is a list. A text is one SSE event (or comment) as it is written; an object is the data of one, whose
 * `type` also names the event where the wire format names its events. For Bedrock each object is one message of the event
 * stream: `{<event type>: payload}`, or `{exception: <type>, payload}`.
 */
export interface Fixture {
  readonly id: string;
  readonly about: string;
  /** The vendor's page that documents this shape. */
  readonly source: string;
  readonly wireFormat: keyof typeof PROTOCOLS;
  readonly streaming: boolean;
  readonly status: number;
  readonly request?: JsonObject;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly response: JsonObject | readonly (JsonObject | string)[];
  /** What the answer says; absent for errors. */
  readonly facts?: FixtureFacts;
  readonly error?: { readonly status: number; readonly code: string; readonly failover?: boolean; readonly retryAfterMs?: number };
}

export interface FixtureFacts {
  /** As the provider writes it. */
  readonly finish: string;
  readonly unified: FinishReason['unified'];
  /** Where a dialect does not say what it always says for `unified`. */
  readonly finishAs?: Readonly<Partial<Record<DialectName, string>>>;
  readonly text: string;
  readonly refusal?: string;
  readonly reasoning?: string;
  readonly tool_calls?: readonly { readonly id?: string; readonly name: string; readonly args: unknown }[];
  /** Texts of all alternatives, where there are several. */
  readonly choices?: readonly string[];
  /** URLs that the answer cites, in their order. */
  readonly citations?: readonly string[];
  /** Opaque forms of the thinking that must come back: signatures and hidden blocks, and signatures of calls. */
  readonly signatures?: readonly string[];
  /** Pictures that the model made, as a Chat caller is given them. */
  readonly images?: readonly string[];
  /** Tokens whose log probabilities are told. */
  readonly logprobs?: readonly string[];
  /** All that is reported; null: nothing. */
  readonly usage: Usage | null;
}

/** An exchange about vectors: a call as OpenAI's callers write it, what the provider is sent for it, and what it answers. */
export interface EmbeddingsFixture extends Pick<Fixture, 'id' | 'about' | 'source' | 'wireFormat' | 'responseHeaders'> {
  readonly operation: 'embeddings';
  /** The model's name at the provider, and its provider's quirks. */
  readonly model: string;
  readonly quirks?: readonly string[];
  readonly request: JsonObject;
  readonly sent: JsonObject;
  readonly response: JsonObject;
  readonly facts: { readonly vectors: readonly (readonly number[])[]; readonly inputTokens?: number };
}

/** Every fixture of a chat, in the order of their names. */
export function fixtures(): Fixture[] {
  return readAll().filter((fixture): fixture is Fixture => !('operation' in fixture));
}

export function embeddingsFixtures(): EmbeddingsFixture[] {
  return readAll().filter((fixture): fixture is EmbeddingsFixture => 'operation' in fixture);
}

function readAll(): (Fixture | EmbeddingsFixture)[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const content = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Fixture | EmbeddingsFixture;
      return { ...content, id: name.slice(0, -'.json'.length) };
    });
}

const NAMED_EVENTS: ReadonlySet<string> = new Set(['openai-responses', 'anthropic-messages', 'cohere-v2']);

/** The body as the provider sends it. */
export function bytesOf({ response, wireFormat }: Fixture): Buffer {
  if (!Array.isArray(response)) return Buffer.from(JSON.stringify(response));
  const items = response as readonly (JsonObject | string)[];
  if (wireFormat === 'bedrock-converse') return Buffer.concat(items.map((item) => messageOf(item as JsonObject)));
  const events = items.map((item) => {
    if (typeof item === 'string') return `${item}\n\n`;
    const name = NAMED_EVENTS.has(wireFormat) ? `event: ${String(item['type'])}\n` : '';
    return `${name}data: ${JSON.stringify(item)}\n\n`;
  });
  return Buffer.from(events.join(''));
}

function messageOf(item: JsonObject): Buffer {
  const payload = (value: unknown) => Buffer.from(JSON.stringify(value));
  const json = { ':content-type': 'application/json' };
  if (item['exception'] !== undefined) {
    const headers = { ':message-type': 'exception', ':exception-type': String(item['exception']), ...json };
    return encodeEventStreamMessage(headers, payload(item['payload']));
  }
  const [[type, content] = ['', {}]] = Object.entries(item);
  return encodeEventStreamMessage({ ':message-type': 'event', ':event-type': type, ...json }, payload(content));
}

type Row = Readonly<Record<DialectName, string>>;

const FINISH: Readonly<Record<FinishReason['unified'], Row>> = {
  stop: { 'openai-chat': 'stop', 'anthropic-messages': 'end_turn', 'openai-responses': 'completed' },
  length: { 'openai-chat': 'length', 'anthropic-messages': 'max_tokens', 'openai-responses': 'max_output_tokens' },
  'tool-calls': { 'openai-chat': 'tool_calls', 'anthropic-messages': 'tool_use', 'openai-responses': 'completed' },
  'content-filter': { 'openai-chat': 'content_filter', 'anthropic-messages': 'refusal', 'openai-responses': 'content_filter' },
  refusal: { 'openai-chat': 'content_filter', 'anthropic-messages': 'refusal', 'openai-responses': 'completed' },
  error: { 'openai-chat': 'stop', 'anthropic-messages': 'end_turn', 'openai-responses': 'completed' },
  other: { 'openai-chat': 'stop', 'anthropic-messages': 'end_turn', 'openai-responses': 'completed' },
};

/** A fixture of a good answer, or of an error inside one, as the grid takes it. */
export function scenarioOf(fixture: Fixture): Scenario {
  const { id, streaming, wireFormat, facts, error } = fixture;
  const framing = streaming ? (wireFormat === 'bedrock-converse' ? 'aws-event-stream' : 'sse') : 'json';
  return {
    id,
    protocol: PROTOCOLS[wireFormat],
    streaming,
    framing,
    bytes: () => bytesOf(fixture),
    ...(error === undefined ? {} : { error: { status: error.status, shownCode: error.code } }),
    ...(facts === undefined
      ? {}
      : {
          expected: {
            text: facts.text,
            refusal: facts.refusal ?? '',
            reasoning: facts.reasoning ?? '',
            toolCalls: (facts.tool_calls ?? []).map(({ name, args }) => ({ name, args })),
            finish: { ...FINISH[facts.unified], ...facts.finishAs },
            finishRaw: facts.finish,
            usage: { input: facts.usage?.inputTokens, output: facts.usage?.outputTokens },
          },
        }),
  };
}
