/** What one field of `Capabilities` holds. */
type Field = 'yes-or-no' | 'length' | 'tokens' | 'number' | 'day' | readonly string[];

/** From the least to the most. */
export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/** No model takes or writes fewer. */
export const LEAST_LENGTH_TOKENS = 128;

/**
 * What is known of models, by field: yes or no, a length or a count of tokens, a number, a day (`2026-11-30`), or some of a list of words. Names are the
 * same in the catalogue's files, in `ModelCapabilities` of the construct and, in snake case, in the document, the admin API and
 * `llm-gateway models set --capabilities`.
 */
export const CAPABILITY_FIELDS = {
  /** Input and output together. */
  contextWindow: 'length',
  maxOutputTokens: 'length',
  /** Tokens that are generated in a second: as a rule, and by the fastest host. */
  usualTokensPerSecond: 'number',
  fastestTokensPerSecond: 'number',

  temperature: 'yes-or-no',
  maxTemperature: 'number',
  topP: 'yes-or-no',
  topK: 'yes-or-no',
  /** `false`: one of the two, not both. */
  temperatureWithTopP: 'yes-or-no',
  /** `false`: temperature, top_p and their like only where no effort is asked for. */
  samplingWithEffort: 'yes-or-no',
  stop: 'yes-or-no',
  /** Most sequences that a call may name. */
  maxStop: 'number',
  seed: 'yes-or-no',
  logprobs: 'yes-or-no',
  /** More than one answer a call. */
  choices: 'yes-or-no',
  /** `frequency_penalty` and `presence_penalty`. */
  penalties: 'yes-or-no',
  logitBias: 'yes-or-no',
  verbosity: 'yes-or-no',

  /** Efforts that it can be asked for by name. Empty: it takes none. */
  efforts: EFFORTS,
  /** How thinking is asked for: the model decides (`adaptive`), a budget of tokens, a level. Empty: it does not think. */
  thinking: ['adaptive', 'budget', 'level'],
  minThinkingBudget: 'tokens',
  maxThinkingBudget: 'tokens',
  /** Whether thinking can be switched off. */
  thinkingOff: 'yes-or-no',
  /** Whether what it thought goes back with its calls of tools, without which the next turn is refused. */
  thinkingReturns: 'yes-or-no',
  /** Whether it thinks where no effort is asked for. */
  thinkingUnasked: 'yes-or-no',
  /** `false`: an output cap of fewer than 16 tokens ends in thinking, which its host calls an error. */
  tinyCaps: 'yes-or-no',

  /** Which schema an answer can be held to by the host itself. Empty: none. */
  structuredOutput: ['json-schema', 'json'],
  /** `false`: not beside tools. */
  structuredOutputWithTools: 'yes-or-no',
  /** Wire formats in which an answer is held to a schema, where it is not in all. */
  structuredOutputBy: ['chat', 'responses', 'messages', 'converse'],
  /** The subset of JSON Schema that the host takes for answers and strict tools. */
  schemaSubset: ['openai', 'anthropic', 'gemini', 'nova', 'kimi'],
  strictTools: 'yes-or-no',
  maxStrictTools: 'number',

  tools: 'yes-or-no',
  /** Whether a call can be made to use a tool. */
  forcedTools: 'yes-or-no',
  /** `false`: one call of a tool an answer. */
  parallelTools: 'yes-or-no',
  /** Grammar of tools' names. */
  toolNames: ['openai', 'anthropic', 'gemini', 'kimi'],
  /** Grammar of calls' ids, where the host has one. */
  toolIds: ['mistral', 'kimi'],
  /** Wire formats that take an effort beside tools, where not all do. */
  effortWithTools: ['chat', 'responses', 'messages', 'converse'],
  /** Wire formats in which the model can be called, where it cannot be in all of its host's; the first is for callers of another. */
  calledBy: ['chat', 'responses', 'messages', 'converse'],

  /** Whether the last turn may be the assistant's, to be continued. */
  prefill: 'yes-or-no',
  /** Whether a system message may stand between turns. */
  systemBetweenTurns: 'yes-or-no',

  vision: 'yes-or-no',
  documents: 'yes-or-no',
  audioInput: 'yes-or-no',
  videoInput: 'yes-or-no',
  /** Whether its host reads media from a bucket for it. */
  mediaLocations: 'yes-or-no',
  imageOutput: 'yes-or-no',
  audioOutput: 'yes-or-no',
  /** `false`: it answers in sound alone. */
  textOutput: 'yes-or-no',

  /** The shortest prefix that is cached. */
  minCacheTokens: 'tokens',
  cacheLives: ['5m', '1h'],

  /** Whether the host counts a prompt's tokens before it is sent. */
  countTokens: 'yes-or-no',

  /** Last day on which the host serves it. */
  endOfLife: 'day',
} as const satisfies Readonly<Record<string, Field>>;

export type CapabilityName = keyof typeof CAPABILITY_FIELDS;

type ValueOf<T> = T extends 'yes-or-no'
  ? boolean
  : T extends 'length' | 'tokens' | 'number'
    ? number
    : T extends 'day'
      ? string
      : readonly (T & readonly unknown[])[number][];

/** What a model takes and gives. What is absent is not known, and then nothing is limited. */
export type Capabilities = { readonly [Name in CapabilityName]?: ValueOf<(typeof CAPABILITY_FIELDS)[Name]> };

/** Capabilities as the document and the admin API write them: fields in snake case. */
export type CapabilitiesConfig = Readonly<Record<string, boolean | number | string | readonly string[]>>;

/** A capability's name as the document and the admin API write it: `max_output_tokens`. */
export function capabilityField(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
