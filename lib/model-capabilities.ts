import type { ModelSettings } from './model-settings';

/** What a model takes and gives. A fact that is left out stays as the gateway's catalogue knows it; what nobody knows limits nothing. */
export interface ModelCapabilities extends ModelSettings {
  /**
   * Tokens of input and output together.
   *
   * @default - as the catalogue knows it
   */
  readonly contextWindow?: number;

  /**
   * Tokens of the longest answer. A higher cap of a call through an alias is lowered to it.
   *
   * @default - as the catalogue knows it
   */
  readonly maxOutputTokens?: number;

  /**
   * Tokens that it writes in a second, as a rule.
   *
   * @default - as the catalogue knows it
   */
  readonly usualTokensPerSecond?: number;

  /**
   * Tokens that it writes in a second on its fastest host.
   *
   * @default - as the catalogue knows it
   */
  readonly fastestTokensPerSecond?: number;

  /**
   * What the host itself can hold an answer to: `json-schema`, `json`. Empty: nothing.
   *
   * @default - as the catalogue knows it
   */
  readonly structuredOutput?: string[];

  /**
   * Whether it can do so beside tools.
   *
   * @default - as the catalogue knows it
   */
  readonly structuredOutputWithTools?: boolean;

  /**
   * Wire formats in which an answer is held to a schema, where it is not in all: `chat`, `responses`, `messages`, `converse`.
   *
   * @default - as the catalogue knows it
   */
  readonly structuredOutputBy?: string[];

  /**
   * Whose subset of JSON Schema the host takes: `openai`, `anthropic`, `gemini`, `nova`, `kimi`.
   *
   * @default - as the catalogue knows it
   */
  readonly schemaSubset?: string[];

  /**
   * Whether it takes strict tools.
   *
   * @default - as the catalogue knows it
   */
  readonly strictTools?: boolean;

  /**
   * Most strict tools of a call.
   *
   * @default - as the catalogue knows it
   */
  readonly maxStrictTools?: number;

  /**
   * Whether it takes tools.
   *
   * @default - as the catalogue knows it
   */
  readonly tools?: boolean;

  /**
   * Whether it can be made to use a tool.
   *
   * @default - as the catalogue knows it
   */
  readonly forcedTools?: boolean;

  /**
   * Whether an answer may hold several calls of tools.
   *
   * @default - as the catalogue knows it
   */
  readonly parallelTools?: boolean;

  /**
   * Whose grammar of tools' names holds: `openai`, `anthropic`, `gemini`, `kimi`.
   *
   * @default - as the catalogue knows it
   */
  readonly toolNames?: string[];

  /**
   * Whose grammar of calls' ids holds: `mistral`, `kimi`.
   *
   * @default - as the catalogue knows it
   */
  readonly toolIds?: string[];

  /**
   * Wire formats that take an effort beside tools, where not all do: `chat`, `responses`, `messages`, `converse`.
   *
   * @default - as the catalogue knows it
   */
  readonly effortWithTools?: string[];

  /**
   * Wire formats in which it can be called, where it cannot be in all of its host's: `chat`, `responses`, `messages`, `converse`. On Amazon
   * Bedrock the first is for callers of another one.
   *
   * @default - as the catalogue knows it
   */
  readonly calledBy?: string[];

  /**
   * Whether the last turn may be the assistant's, to be continued.
   *
   * @default - as the catalogue knows it
   */
  readonly prefill?: boolean;

  /**
   * Whether a system message may stand between turns.
   *
   * @default - as the catalogue knows it
   */
  readonly systemBetweenTurns?: boolean;

  /**
   * Whether it takes pictures.
   *
   * @default - as the catalogue knows it
   */
  readonly vision?: boolean;

  /**
   * Whether it takes documents.
   *
   * @default - as the catalogue knows it
   */
  readonly documents?: boolean;

  /**
   * Whether it takes sound.
   *
   * @default - as the catalogue knows it
   */
  readonly audioInput?: boolean;

  /**
   * Whether it takes films.
   *
   * @default - as the catalogue knows it
   */
  readonly videoInput?: boolean;

  /**
   * Whether its host reads media for it from a bucket that a call names.
   *
   * @default - as the catalogue knows it
   */
  readonly mediaLocations?: boolean;

  /**
   * Whether it makes pictures.
   *
   * @default - as the catalogue knows it
   */
  readonly imageOutput?: boolean;

  /**
   * Whether it makes sound.
   *
   * @default - as the catalogue knows it
   */
  readonly audioOutput?: boolean;

  /**
   * Whether it answers in text. `false`: in sound alone, which no translated answer carries.
   *
   * @default - as the catalogue knows it
   */
  readonly textOutput?: boolean;

  /**
   * Tokens of the shortest prefix that is cached.
   *
   * @default - as the catalogue knows it
   */
  readonly minCacheTokens?: number;

  /**
   * How long a cache may be asked to live: `5m`, `1h`.
   *
   * @default - as the catalogue knows it
   */
  readonly cacheLives?: string[];

  /**
   * Whether the host counts a prompt's tokens before it is sent.
   *
   * @default - as the catalogue knows it
   */
  readonly countTokens?: boolean;

  /**
   * Last day on which the host serves it, such as `2027-03-31`.
   *
   * @default - as the catalogue knows it
   */
  readonly endOfLife?: string;
}
