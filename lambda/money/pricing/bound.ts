import { sameUnit, type ToolUse } from '../../wire/model';
import type { CallFacts } from '../../wire/protocols';
import { charged } from './adjustment';
import { inputClasses, makesPictures, outputClasses } from './billed-classes';
import type { BoundFacts } from './bound-facts';
import { mostCharacters } from './characters';
import { atTier, callPrice, guardrailPrice, unitsSum } from './cost';
import { guardrailPictures, guardrailUnits } from './guardrails';
import { type MediaTokens, mediaTokens } from './media';
import type { Price, PricedPlace, TokenClass } from './price';
import { readingsOf, SERVER_TOOL_CALLS, TOOL_RESULT_TOKENS } from './readings';
import { mostTierPercent } from './service-tiers';
import { impliedUses } from './tool-prices';
import { windowOf } from './window';

/** What a call may take at most. */
export interface CallBound {
  readonly costNanoUsd: bigint;
  /** Tokens that it sends. */
  readonly inputTokens: number;
}

/** What is known of a call before it is sent. */
export interface BoundInput {
  readonly facts: BoundFacts;
  /** Size of the caller's body, or of what it may be translated to: a token is never shorter than a byte. */
  readonly bodyBytes: number;
  /** Output tokens per choice that the provider is held to: the caller's cap or the one that is injected. 0 for embeddings. */
  readonly maxOutputTokens: number;
  /** Prices of every target that the call may go to. */
  readonly prices: readonly Price[];
  /**
   * Who bills each of `prices`, for calls that may go on to another place: at most one answer is paid for, and beside it the input of
   * one lost attempt at every other account. Default: one account, so that nothing is paid beside the answer.
   */
  readonly accounts?: readonly string[] | undefined;
  /** Tier that each of `prices` is asked for, where the call names none and its place is to. */
  readonly serviceTiers?: readonly (string | undefined)[] | undefined;
  /** Which of `prices` has a guardrail of the provider's look at the call, and bill for it. */
  readonly guarded?: readonly boolean[] | undefined;
  /** Default: no guard of the gateway's own is paid. */
  readonly guardFees?: GuardFees | undefined;
}

/** What guards that the gateway calls itself may bill for one request, wherever it goes. */
export interface GuardFees {
  readonly inputNanoUsd: bigint;
  /** For an answer of so many characters. It never falls with them. */
  outputNanoUsd(characters: number): bigint;
}

/** What providers put around a prompt themselves: chat markers, and the instructions for tools. */
const OVERHEAD_TOKENS = 2_048;
/** An answer where none is known, longer than any model's. */
const LONGEST_ANSWER_TOKENS = 1_000_000;
const CONTAINERS = /^code_(?:interpreter|execution)/;
const CODE_BY_THE_CALL: ReadonlySet<string> = new Set(['xai', 'groq']);
/** A shorter conversation is never summed up. @see https://docs.claude.com/en/docs/build-with-claude/compaction */
const LEAST_COMPACTED_TOKENS = 50_000;
/** A picture is made whole, however short the cap: the largest that Gemini makes. */
const PICTURE_TOKENS = 2_520;

/** What a call may send to a place, and what its tools may cost there: one for all places that cost alike, next to each other. */
interface Sent {
  readonly price: Price;
  readonly serviceTier: string | undefined;
  /** Text units of it that a guardrail looks at; 0 where there is none. */
  readonly guardedUnits: number;
  readonly inputTokens: number;
  /** All that is read of it and of what tools bring, again after each use. */
  readonly readTokens: number;
  /** The part of `readTokens` that is recordings. */
  readonly audioTokens: number;
  /** More than one where a summary is written first. */
  readonly answers: number;
  /** What models that tools run may write, in tokens. */
  readonly adviceTokens: number;
  readonly toolsNanoUsd: bigint;
}

/** A true upper bound of what a call may cost and of the tokens it may send, over every target. */
export function boundOf(input: BoundInput): CallBound {
  return boundOfSent(input, sentOf(input), input.maxOutputTokens);
}

/**
 * The largest output cap, at most the call's own, with which the call cannot cost more than `ceilingNanoUsd`.
 * Undefined when even the input may cost more: then the call must be refused.
 */
export function capForCost(input: BoundInput, ceilingNanoUsd: bigint): number | undefined {
  const sent = sentOf(input);
  const fits = (maxOutputTokens: number): boolean => boundOfSent(input, sent, maxOutputTokens).costNanoUsd <= ceilingNanoUsd;
  if (fits(input.maxOutputTokens)) return input.maxOutputTokens;
  let low = 0;
  let high = input.maxOutputTokens;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low >= 1 ? low : undefined;
}

function boundOfSent(input: BoundInput, sent: readonly Sent[], maxOutputTokens: number): CallBound {
  const { facts, guardFees } = input;
  const fees = guardFees === undefined ? 0n : guardFeesOf(guardFees, facts, maxOutputTokens);
  return {
    costNanoUsd: placesBound(input, sent, maxOutputTokens) + fees,
    inputTokens: Math.max(0, ...sent.map((place) => place.inputTokens)),
  };
}

/** The dearest answer, and beside it what every other account may lose. */
function placesBound({ facts, accounts }: BoundInput, sent: readonly Sent[], maxOutputTokens: number): bigint {
  const [first] = sent;
  if (first === undefined) return 0n;
  const classes = inputClasses(facts);
  let most = tokensBound(facts, first, classes, maxOutputTokens, accounts !== undefined);
  // Accounts of one model cost alike.
  if (sent.every((place) => place === first)) {
    const others = accounts === undefined ? 0 : new Set(accounts).size - 1;
    return most.answerNanoUsd + most.lostNanoUsd * BigInt(others);
  }
  const answers = new Map<string, bigint>();
  const lost = new Map<string, bigint>();
  for (const [index, place] of sent.entries()) {
    if (place !== (sent[index - 1] ?? first)) most = tokensBound(facts, place, classes, maxOutputTokens, accounts !== undefined);
    const account = accounts?.[index] ?? '';
    raise(answers, account, most.answerNanoUsd);
    raise(lost, account, most.lostNanoUsd);
  }
  const allLost = [...lost.values()].reduce((sum, cost) => sum + cost, 0n);
  let costNanoUsd = 0n;
  for (const [account, answer] of answers) {
    const cost = answer + allLost - (lost.get(account) ?? 0n);
    if (cost > costNanoUsd) costNanoUsd = cost;
  }
  return costNanoUsd;
}

/** Once a request, in whatever places it is tried. */
function guardFeesOf(fees: GuardFees, { choices }: BoundFacts, maxOutputTokens: number): bigint {
  if (maxOutputTokens === 0) return fees.inputNanoUsd;
  return fees.inputNanoUsd + fees.outputNanoUsd(mostCharacters(maxOutputTokens * Math.max(1, choices)));
}

function raise(amounts: Map<string, bigint>, account: string, amount: bigint): void {
  if (amount > (amounts.get(account) ?? -1n)) amounts.set(account, amount);
}

function sentOf(input: BoundInput): Sent[] {
  const sent: Sent[] = [];
  let before: Sent | undefined;
  for (const [index, price] of input.prices.entries()) {
    const serviceTier = input.facts.serviceTier ?? input.serviceTiers?.[index];
    const guardedUnits = input.guarded?.[index] === true ? guardrailUnits(textTokens(input), 0) : 0;
    if (before?.price !== price || before.serviceTier !== serviceTier || before.guardedUnits !== guardedUnits)
      before = sentTo(input, price, serviceTier, guardedUnits);
    sent.push(before);
  }
  return sent;
}

function sentTo(input: BoundInput, price: Price, serviceTier: string | undefined, guardedUnits: number): Sent {
  const media = mediaOf(input.facts, price);
  const window = windowOf(input.facts, price) ?? Number.POSITIVE_INFINITY;
  const audioTokens = Math.min(media.audio, window);
  let inputTokens = Math.min(textTokens(input) + media.audio + media.other, window);
  let toolsNanoUsd = 0n;
  const uses = toolUses(input.facts, price);
  const read = readingsOf(inputTokens, uses, window);
  let readTokens = read.tokens;
  for (const use of uses) {
    const calls = callsOf(use, price.place);
    const results = (use.most ?? SERVER_TOOL_CALLS) * (use.tokens ?? TOOL_RESULT_TOKENS);
    inputTokens += results;
    if (use.readOnce === true) readTokens += results;
    toolsNanoUsd += BigInt(calls) * unitPrice(input.facts, price, use.unit);
  }
  const compacted = input.facts.compacts === true && inputTokens >= LEAST_COMPACTED_TOKENS;
  const readings = compacted ? 2 : 1;
  return {
    price,
    serviceTier,
    guardedUnits,
    inputTokens: inputTokens * readings,
    readTokens: readTokens * readings,
    audioTokens: audioTokens * read.count * readings,
    answers: compacted ? 1 + Math.min(read.count, Math.ceil(inputTokens / LEAST_COMPACTED_TOKENS)) : 1,
    adviceTokens: read.others === 0 ? 0 : read.others * longestOf(price),
    toolsNanoUsd,
  };
}

/** How often a tool is reckoned with in one call. All code of a call runs in one container, where code is billed by that. */
export function callsOf({ unit, most = SERVER_TOOL_CALLS }: ToolUse, place: PricedPlace | undefined): number {
  return CONTAINERS.test(unit) && !CODE_BY_THE_CALL.has(place?.kind ?? '') ? Math.min(most, 1) : most;
}

/** The longest answer of a model, in tokens. */
export function longestOf({ maxOutputTokens, contextWindow = LONGEST_ANSWER_TOKENS }: Price): number {
  return maxOutputTokens ?? Math.min(contextWindow, LONGEST_ANSWER_TOKENS);
}

/** The most that a call sends to a place, in tokens, before its tools bring more. */
export function mostSent(input: Pick<BoundInput, 'facts' | 'bodyBytes'>, price: Price): number {
  const { audio, other } = mediaOf(input.facts, price);
  return textTokens(input) + audio + other;
}

/** The body without its pictures and recordings, which are counted by their makers' rules. */
function textTokens({ facts, bodyBytes }: Pick<BoundInput, 'facts' | 'bodyBytes'>): number {
  return bodyBytes - facts.media.reduce((sum, { base64 = '' }) => sum + base64.length, 0) + OVERHEAD_TOKENS;
}

export function mediaOf(facts: BoundFacts, price: Price): MediaTokens {
  return mediaTokens(price.place?.model ?? '', facts.media);
}

/** Asked for, and what the model uses unasked. */
export function toolUses(facts: BoundFacts, { place }: Price): readonly ToolUse[] {
  const implied = place === undefined ? [] : impliedUses(place.kind, place.model);
  if (implied.length === 0) return facts.toolUses;
  const asked = place?.kind === 'perplexity' ? facts.toolUses.filter(({ bySetting }) => bySetting !== true) : facts.toolUses;
  return [...asked, ...implied];
}

function unitPrice(facts: BoundFacts, price: Price, unit: string): bigint {
  return unit === 'request' || isFree(facts, unit) ? 0n : callPrice(price, unit);
}

/** Whether a unit is billed in tokens alone in this call. */
export function isFree(facts: Pick<CallFacts, 'toolUses'>, unit: string): boolean {
  return facts.toolUses.some((use) => use.free === true && sameUnit(use.unit, unit));
}

/** Output tokens of all choices, and of what was predicted in vain. */
function mostOutput(facts: BoundFacts, price: Price, maxOutputTokens: number): number {
  const cap = Math.min(
    maxOutputTokens === 0 ? 0 : Math.max(maxOutputTokens, makesPictures(facts, price) ? PICTURE_TOKENS : 0),
    price.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    price.contextWindow ?? Number.POSITIVE_INFINITY,
  );
  return (cap + rejected(facts, cap)) * Math.max(1, facts.choices);
}

/** What does not generate has nothing predicted. */
export function rejected({ predictedTokens = 0 }: BoundFacts, maxOutputTokens: number): number {
  return maxOutputTokens === 0 ? 0 : predictedTokens;
}

/** What may be charged for a call at a place, and for one that is lost before it is answered. */
interface TokensBound {
  readonly answerNanoUsd: bigint;
  readonly lostNanoUsd: bigint;
}

const NOTHING_BOUND: TokensBound = { answerNanoUsd: 0n, lostNanoUsd: 0n };

/** @param classes that what it sends may be billed in, recordings apart */
function tokensBound(
  facts: BoundFacts,
  place: Sent,
  classes: readonly TokenClass[],
  maxOutputTokens: number,
  mayBeLost: boolean,
): TokensBound {
  const { price, readTokens, audioTokens, serviceTier, toolsNanoUsd } = place;
  const outputTokens = mostOutput(facts, price, maxOutputTokens) * place.answers + place.adviceTokens;
  const rateOf = (names: readonly TokenClass[]): bigint => dearest(price, names, readTokens);
  const read =
    BigInt(readTokens - audioTokens) * rateOf(classes) +
    (audioTokens === 0 ? 0n : BigInt(audioTokens) * rateOf(['audioInput', 'audioCacheRead', ...classes]));
  const written = outputTokens === 0 ? 0n : BigInt(outputTokens) * rateOf(outputClasses(facts, price));
  const percent = mostTierPercent(price, serviceTier);
  const units = unitsSum(price, facts.units);
  const guarded = guardedBound(facts, place, outputTokens);
  const answerNanoUsd = atTier(read + written, percent, units) + price.perRequest + guarded.answerNanoUsd + toolsNanoUsd;
  const lostNanoUsd = mayBeLost ? atTier(read, percent, units) + price.perRequest + guarded.lostNanoUsd : 0n;
  return { answerNanoUsd: charged(answerNanoUsd, price.adjustment), lostNanoUsd: charged(lostNanoUsd, price.adjustment) };
}

/** What a guardrail of the provider's may bill. */
function guardedBound(facts: BoundFacts, { price, guardedUnits }: Sent, outputTokens: number): TokensBound {
  if (guardedUnits === 0) return NOTHING_BOUND;
  const eachNanoUsd = guardrailPrice(price, 'any');
  const lostNanoUsd = BigInt(guardedUnits) * eachNanoUsd + BigInt(guardrailPictures(facts)) * guardrailPrice(price, 'content_image');
  return { lostNanoUsd, answerNanoUsd: lostNanoUsd + BigInt(guardrailUnits(0, outputTokens)) * eachNanoUsd };
}

/** The dearest rate that any prompt up to this long may have: a tier may be cheaper than the one below. */
function dearest(price: Price, classes: readonly TokenClass[], inputTokens: number): bigint {
  let most = 0n;
  for (const name of classes) {
    const { base, tiers } = price.rates[name];
    if (base > most) most = base;
    for (const tier of tiers) if (tier.above < inputTokens && tier.price > most) most = tier.price;
  }
  return most;
}
