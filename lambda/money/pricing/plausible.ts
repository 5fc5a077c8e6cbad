import type { PriceUnit, Usage } from '../../wire/model';
import { sameUnit } from '../../wire/model';
import { inputClasses, maySound, outputClasses } from './billed-classes';
import { type BoundInput, longestOf, mediaOf, mostSent, rejected, toolUses } from './bound';
import { callPrice, guardrailPrice, rateAt, tierPercent } from './cost';
import { guardrailPictures, guardrailUnits } from './guardrails';
import type { Price, TokenClass } from './price';
import { TOOL_RESULT_TOKENS } from './readings';
import { mostTierPercent } from './service-tiers';
import { windowOf } from './window';

/** A window where none is known, wider than any model's. */
const WIDEST_WINDOW_TOKENS = 10_000_000;
/** Calls of one tool in one answer, where the call sets no limit: ten times what is reserved for. */
const MOST_TOOL_CALLS = 200;
/** Times what is reserved for. */
const SHORT_PIECES = 10;

/** A call and the place that answered it. */
export type ReportedCall = Pick<BoundInput, 'facts' | 'bodyBytes' | 'maxOutputTokens'> & {
  readonly price: Price;
  /** A guardrail of the provider's looked at it. */
  readonly guarded?: boolean;
};

type Count = Exclude<{ [K in keyof Usage]-?: Exclude<Usage[K], undefined> extends number ? K : never }[keyof Usage], never>;

/** Of each class, the most that can be true of a call. What a part is of, it cannot exceed. */
const MOST: Readonly<Record<Count, (call: ReportedCall, usage: Usage) => number>> = {
  inputTokens: mostInput,
  billedInputTokens: mostInput,
  cacheReadInputTokens: wholeInput,
  audioCacheReadInputTokens: (call, usage) => (hears(call, 'audioCacheRead') ? (usage.cacheReadInputTokens ?? 0) : 0),
  cacheCreationInputTokens: wholeInput,
  cacheCreation1hInputTokens: ({ facts }, usage) => (facts.cacheWrite === '1h' ? (usage.cacheCreationInputTokens ?? 0) : 0),
  audioInputTokens: (call, usage) => (hears(call, 'audioInput') ? wholeInput(call, usage) : 0),
  imageInputTokens: (call, usage) => (sees(call) ? wholeInput(call, usage) : 0),
  outputTokens: mostOutput,
  billedOutputTokens: mostOutput,
  reasoningOutputTokens: wholeOutput,
  audioOutputTokens: (call, usage) => (speaks(call) ? wholeOutput(call, usage) : 0),
  // Where a model makes no pictures of its own, their price is that of its text.
  imageOutputTokens: wholeOutput,
};
const COUNTS = Object.keys(MOST) as Count[];

/**
 * What of a report cannot be true of its call: the name of the first class that is beyond what was sent, the cap, the window, the model's
 * longest answer, the tier, what is billed beside tokens, the tools that were asked for and how often they may be used, or what a guardrail can
 * have looked at. Undefined when all of it can.
 */
export function implausible(usage: Usage, call: ReportedCall): string | undefined {
  if (usage.malformed === true) return 'malformed';
  const count = firstImpossible(usage, call);
  if (count === undefined && tierPercent(call.price, usage.serviceTier) > mostTierPercent(call.price, call.facts.serviceTier))
    return 'serviceTier';
  return (
    count ??
    firstBeyond(usage.units, (unit) => mostOfUnit(unit as PriceUnit, call)) ??
    firstBeyond(usage.toolCalls, (unit) => mostCalls(unit, call)) ??
    firstBeyond(usage.guardrailUnits, (policy) => mostGuardrailUnits(policy, call))
  );
}

function firstImpossible(usage: Usage, call: ReportedCall): Count | undefined {
  for (let index = 0; index < COUNTS.length; index++) {
    const name = COUNTS[index] as Count;
    const reported = usage[name];
    if (reported !== undefined && !(reported >= 0 && reported <= MOST[name](call, usage))) return name;
  }
  return undefined;
}

function firstBeyond(counts: Readonly<Record<string, number>> | undefined, mostOf: (unit: string) => number): string | undefined {
  if (counts === undefined) return undefined;
  return Object.entries(counts).find(([unit, count]) => !(count >= 0 && count <= mostOf(unit)))?.[0];
}

/** What costs nothing needs no limit. */
function mostOfUnit(unit: PriceUnit, { facts, price }: ReportedCall): number {
  if ((price.units?.[unit] ?? 0n) === 0n) return Number.POSITIVE_INFINITY;
  return Math.ceil(facts.units?.[unit] ?? (unit === 'call' ? 1 : 0));
}

/**
 * After each call of a server-side tool the model reads everything again, and the readings are reported as one sum. No reading is longer
 * than the window that was reserved for.
 */
function mostInput(call: ReportedCall): number {
  const { facts, price } = call;
  const results = toolUses(facts, price).reduce((sum, { most = MOST_TOOL_CALLS, tokens = TOOL_RESULT_TOKENS }) => sum + most * tokens, 0);
  const each = windowOf(facts, price) ?? Math.max(WIDEST_WINDOW_TOKENS, mostSent(call, price));
  return (readings(call) + advice(call)) * each + results;
}

/** Before each reading the conversation may have been summed up, which reads it as well. */
function readings({ facts, price }: ReportedCall): number {
  const count = toolUses(facts, price).reduce((sum, { most = MOST_TOOL_CALLS }) => sum + most, 1);
  return facts.compacts === true ? 2 * count : count;
}

/** Uses of tools that are models: each reads the conversation and writes an answer. */
function advice({ facts }: ReportedCall): number {
  return facts.toolUses.reduce((sum, { model, most = MOST_TOOL_CALLS }) => (model === undefined ? sum : sum + most), 0);
}

function wholeInput(call: ReportedCall, usage: Usage): number {
  return usage.inputTokens ?? mostInput(call);
}

/** A provider may overlook the cap; its model writes no more than it can, a summary before each reading included. */
function mostOutput(call: ReportedCall): number {
  const { facts, maxOutputTokens, price } = call;
  if (maxOutputTokens === 0) return 0;
  const longest = longestOf(price);
  const answers = facts.compacts === true ? 1 + readings(call) / 2 : 1;
  return (
    (Math.max(longest, maxOutputTokens) + rejected(facts, maxOutputTokens)) * Math.max(1, facts.choices) * answers + advice(call) * longest
  );
}

function wholeOutput(call: ReportedCall, usage: Usage): number {
  return usage.outputTokens ?? mostOutput(call);
}

/** Recordings and films have sound. What costs no more than text does no harm where nobody asked for it. */
function hears({ facts, price }: ReportedCall, name: 'audioInput' | 'audioCacheRead'): boolean {
  const isAsked = mediaOf(facts, price).audio > 0 || facts.media.some(maySound);
  return isAsked || !isDearer(price, name, name === 'audioInput' ? 'input' : 'cacheRead');
}

function sees({ facts, price }: ReportedCall): boolean {
  return inputClasses(facts).includes('imageInput') || !isDearer(price, 'imageInput', 'input');
}

function speaks({ facts, price }: ReportedCall): boolean {
  return outputClasses(facts, price).includes('audioOutput') || !isDearer(price, 'audioOutput', 'output');
}

/** At some length of prompt. */
function isDearer({ rates }: Price, part: TokenClass, whole: TokenClass): boolean {
  const lengths = [0, ...rates[part].tiers.map(({ above }) => above + 1), ...rates[whole].tiers.map(({ above }) => above + 1)];
  return lengths.some((tokens) => rateAt(rates[part], tokens) > rateAt(rates[whole], tokens));
}

/** Calls that cost nothing need no limit. */
function mostCalls(unit: string, { facts, price }: ReportedCall): number {
  if (callPrice(price, unit) === 0n && !unit.startsWith('request')) return Number.POSITIVE_INFINITY;
  return toolUses(facts, price)
    .filter((use) => sameUnit(use.unit, unit))
    .reduce((sum, { most = MOST_TOOL_CALLS }) => sum + most, 0);
}

/** Pieces of a stream that are looked at may be shorter than is reserved for. */
function mostGuardrailUnits(policy: string, call: ReportedCall): number {
  const { facts, bodyBytes, price } = call;
  if (guardrailPrice(price, policy) === 0n) return Number.POSITIVE_INFINITY;
  if (call.guarded !== true) return 0;
  if (policy === 'content_image') return guardrailPictures(facts);
  return SHORT_PIECES * guardrailUnits(Math.max(bodyBytes, mostSent(call, price)), mostOutput(call));
}
