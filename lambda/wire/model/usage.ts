import type { UnitCounts } from './price-unit';

/**
 * Tokens as reported for one response. A count that was not reported is absent, never zero.
 *
 * `inputTokens` includes what the cache read and wrote, `outputTokens` includes reasoning: the totals of the
 * OpenTelemetry GenAI conventions. Each provider's own counting is converted in `protocols/<protocol>/usage.ts`.
 */
export interface Usage {
  readonly inputTokens?: number;
  readonly cacheReadInputTokens?: number;
  /** All cache writes, whatever their time to live. */
  readonly cacheCreationInputTokens?: number;
  /** The part of the cache writes that lives one hour; the rest lives five minutes. */
  readonly cacheCreation1hInputTokens?: number;
  /** The part of the cache reads that is audio. */
  readonly audioCacheReadInputTokens?: number;
  readonly audioInputTokens?: number;
  /** Pictures that were sent, where the provider tells them apart. */
  readonly imageInputTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningOutputTokens?: number;
  readonly audioOutputTokens?: number;
  /** Pictures that the model made. */
  readonly imageOutputTokens?: number;
  /** What the provider bills, where it says that this is not what it counted (Cohere): prices apply to these, limits to the totals. */
  readonly billedInputTokens?: number;
  readonly billedOutputTokens?: number;
  /** What the provider bills of its own tools, by the name of the unit: a call (`web_search`), a container (`code_interpreter`), ... */
  readonly toolCalls?: Readonly<Record<string, number>>;
  /** What a guardrail of the provider's bills for looking at the call, by policy: `content`, `topic`, ... */
  readonly guardrailUnits?: Readonly<Record<string, number>>;
  /** What is billed beside tokens: pictures, seconds, characters, pages, calls. */
  readonly units?: UnitCounts;
  /** Tier that the provider says it used: `priority`, `flex`, `batch`, `standard`. */
  readonly serviceTier?: string;
  /** A figure of the report was no count: negative, broken, text, or larger than any count. */
  readonly malformed?: boolean;
  /** The figures are ours, not the provider's. */
  readonly estimated?: boolean;
}

/** The same tokens in classes that do not overlap, as prices need them. */
export interface TokenClasses {
  readonly input: number;
  readonly cacheRead: number;
  readonly audioCacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly audioInput: number;
  readonly imageInput: number;
  readonly output: number;
  readonly reasoning: number;
  readonly audioOutput: number;
  readonly imageOutput: number;
}

/** Splits totals into disjoint classes. Parts never exceed their total: an inconsistent report is clamped, not summed twice. */
export function tokenClasses(usage: Usage): TokenClasses {
  const take = (left: number, part: number | undefined): number => Math.max(0, Math.min(left, part ?? 0));

  let input = usage.billedInputTokens ?? usage.inputTokens ?? 0;
  // What is billed has its discounts in it already.
  const cacheRead = usage.billedInputTokens === undefined ? take(input, usage.cacheReadInputTokens) : 0;
  input -= cacheRead;
  const audioCacheRead = take(cacheRead, usage.audioCacheReadInputTokens);
  const cacheWrite = take(input, usage.cacheCreationInputTokens);
  input -= cacheWrite;
  const cacheWrite1h = take(cacheWrite, usage.cacheCreation1hInputTokens);
  const audioInput = take(input, usage.audioInputTokens);
  input -= audioInput;
  const imageInput = take(input, usage.imageInputTokens);
  input -= imageInput;

  let output = usage.billedOutputTokens ?? usage.outputTokens ?? 0;
  const reasoning = take(output, usage.reasoningOutputTokens);
  output -= reasoning;
  const audioOutput = take(output, usage.audioOutputTokens);
  output -= audioOutput;
  const imageOutput = take(output, usage.imageOutputTokens);
  output -= imageOutput;

  return {
    input,
    cacheRead: cacheRead - audioCacheRead,
    audioCacheRead,
    cacheWrite5m: cacheWrite - cacheWrite1h,
    cacheWrite1h,
    audioInput,
    imageInput,
    output,
    reasoning,
    audioOutput,
    imageOutput,
  };
}
