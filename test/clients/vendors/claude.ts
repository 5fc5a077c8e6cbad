import type { Body } from '../upstreams/turn';
import { eachSchema, must, Refusal } from './refusal';

/** What one generation of Claude takes. */
export interface Claude {
  readonly maxTokens: number;
  readonly thinking: readonly ('adaptive' | 'enabled')[];
  readonly efforts: readonly string[];
  /** Temperature and top_p: both, one of them, or neither. */
  readonly sampling: 'both' | 'one' | 'neither';
  readonly prefill: boolean;
  /** Takes instructions between the turns. */
  readonly systemBetweenTurns?: true;
}

const UP_TO_MAX = ['low', 'medium', 'high', 'max'];
const NEWEST = {
  maxTokens: 128_000,
  thinking: ['adaptive'],
  efforts: [...UP_TO_MAX, 'xhigh'],
  sampling: 'neither',
  prefill: false,
} as const;

/** @see https://platform.claude.com/docs/en/about-claude/models/overview */
const CLAUDES: readonly (readonly [RegExp, Claude])[] = [
  [/claude-3-5-haiku/, { maxTokens: 8_192, thinking: [], efforts: [], sampling: 'both', prefill: true }],
  [/claude-opus-4-5/, { maxTokens: 64_000, thinking: ['enabled'], efforts: ['low', 'medium', 'high'], sampling: 'one', prefill: true }],
  [/claude-(?:sonnet|haiku)-4-5/, { maxTokens: 64_000, thinking: ['enabled'], efforts: [], sampling: 'one', prefill: true }],
  [
    /claude-(?:opus|sonnet)-4-6/,
    { maxTokens: 128_000, thinking: ['adaptive', 'enabled'], efforts: UP_TO_MAX, sampling: 'one', prefill: false },
  ],
  [/claude-opus-4-7/, NEWEST],
  [/claude-(?:opus|sonnet|haiku)-5-5/, { ...NEWEST, systemBetweenTurns: true }],
];

export function claudeOf(model: string): Claude | undefined {
  return CLAUDES.find(([name]) => name.test(model))?.[1];
}

/** How it is told to think and to choose its words, in the names of its own API, whichever API carries them. */
export interface ClaudeSettings {
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly topK: number | undefined;
  readonly thinking: Body;
  readonly effort: string | undefined;
  /** The call makes it use a tool. */
  readonly forcesTool: boolean;
}

/** @throws Refusal as the model itself answers, on every platform */
export function checkSettings(model: string, claude: Claude, settings: ClaudeSettings): void {
  const { maxTokens, temperature, topP, topK, thinking, effort } = settings;
  if (maxTokens !== undefined) {
    must(
      maxTokens <= claude.maxTokens,
      `max_tokens: ${maxTokens} > ${claude.maxTokens}, which is the maximum allowed number of output tokens for ${model}`,
    );
  }
  for (const [name, value] of Object.entries({ temperature, top_p: topP, top_k: topK })) {
    must(value === undefined || claude.sampling !== 'neither', `\`${name}\` is deprecated for this model.`);
  }
  must(
    temperature === undefined || topP === undefined || claude.sampling === 'both',
    '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  );
  if (effort !== undefined) {
    must(claude.efforts.length > 0, 'This model does not support the effort parameter.');
    must(claude.efforts.includes(effort), `output_config.effort: Input should be ${claude.efforts.map((name) => `'${name}'`).join(', ')}`);
  }
  if (thinking !== undefined) checkThinking(claude, thinking, settings);
}

function checkThinking(claude: Claude, thinking: Body, { maxTokens, temperature, topP, topK, forcesTool }: ClaudeSettings): void {
  if (thinking.type === 'disabled') return;
  must(
    thinking.type === 'adaptive' || thinking.type === 'enabled',
    `thinking: Input tag '${thinking.type}' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'`,
  );
  if (!claude.thinking.includes(thinking.type)) {
    throw new Refusal(
      thinking.type === 'adaptive'
        ? 'adaptive thinking is not supported on this model'
        : '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    );
  }
  if (thinking.type === 'enabled') {
    const budget = thinking.budget_tokens;
    must(Number.isInteger(budget), 'thinking.enabled.budget_tokens: Field required');
    must(budget >= 1_024, 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
    must(maxTokens === undefined || budget < maxTokens, '`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  must(temperature === undefined || temperature === 1, '`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.');
  must(topK === undefined, '`top_k` must be unset when thinking is enabled or in adaptive mode.');
  must(topP === undefined || topP >= 0.95, '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.');
  must(!forcesTool, 'Thinking may not be enabled when tool_choice forces tool use.');
}

/** Keywords that no schema may hold which the model is held to. */
const LOOSE =
  /^(?:minimum|maximum|exclusiveMinimum|exclusiveMaximum|multipleOf|minLength|maxLength|maxItems|uniqueItems|minProperties|maxProperties|patternProperties|propertyNames|contains|not|if|then|else|oneOf|prefixItems|dependentRequired)$/;
const FORMATS = 'date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' ');

/** @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations */
export function checkHeldSchema(schema: Body, at: string): void {
  for (const [name, definition] of Object.entries({ ...schema.$defs, ...schema.definitions })) {
    must(
      !new RegExp(`"#/(?:\\$defs|definitions)/${name}"`).test(JSON.stringify(definition)),
      `${at}: Circular reference detected in schema definitions: ${name} -> ${name}. Self-referencing or mutually-referencing definitions are not supported.`,
    );
  }
  eachSchema(schema, (one, path) => {
    const loose = Object.keys(one).find((keyword) => LOOSE.test(keyword));
    must(loose === undefined, `${at}: For '${one.type}' type, property '${loose}' is not supported (${path})`);
    must(
      one.format === undefined || FORMATS.includes(one.format),
      `${at}: For 'string' type, format '${one.format}' is not supported (${path})`,
    );
    must(!/\(\?[=!<]/.test(one.pattern ?? ''), `${at}: For 'string' type, the pattern at ${path} looks around`);
    must(!(one.allOf ?? []).some((member: Body) => '$ref' in member), `${at}: allOf with $ref is not supported (${path})`);
    must([undefined, 0, 1].includes(one.minItems), `${at}: For 'array' type, 'minItems' values other than 0 or 1 are not supported`);
    if (one.type === 'object') {
      must(
        one.additionalProperties === false,
        `${at}: For 'object' type, 'additionalProperties' must be explicitly set to false (${path})`,
      );
    }
  });
}
