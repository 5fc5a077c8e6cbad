import type { CallFacts } from '../protocols/protocol';
import { atTier, callPrice, rateAt, tierPercent } from './cost';
import { OUTPUT_CLASSES, type Price, type Rate, type TokenClass } from './price';

/** What a call may take at most. */
export interface CallBound {
  readonly costNanoUsd: bigint;
  /** Input and output together. */
  readonly tokens: number;
}

/** What is known of a call before it is sent. */
export interface BoundInput {
  readonly facts: Pick<CallFacts, 'choices' | 'attachments' | 'serverTools' | 'serviceTier' | 'cacheWrite'>;
  /** Size of the caller's body: a token is never shorter than a byte. */
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
  /** Calls of server-side tools that the request may cause, each. Default: 20. */
  readonly serverToolCalls?: number;
}

/** What providers put around a prompt themselves: chat markers, and the instructions for tools. */
const OVERHEAD_TOKENS = 2_048;
/** One image, document or recording: the dearest is a document of a hundred pages at 3,000 tokens each. */
const ATTACHMENT_TOKENS = 300_000;
/** What one server-side tool call may put into the prompt. */
const TOOL_RESULT_TOKENS = 30_000;
const SERVER_TOOL_CALLS = 20;

/** A true upper bound of what a call may cost and of the tokens it may take, over every target. */
export function boundOf(input: BoundInput): CallBound {
  let tokens = 0;
  const answers = new Map<string, bigint>();
  const lost = new Map<string, bigint>();
  for (const [index, price] of input.prices.entries()) {
    const inputTokens = inputBound(input, price);
    const outputTokens = outputBound(input, price);
    const account = input.accounts?.[index] ?? '';
    raise(answers, account, costBound(input, price, inputTokens, outputTokens));
    if (input.accounts !== undefined) raise(lost, account, tokensBound(input, price, inputTokens, 0));
    tokens = Math.max(tokens, inputTokens + outputTokens);
  }
  const allLost = [...lost.values()].reduce((sum, cost) => sum + cost, 0n);
  let costNanoUsd = 0n;
  for (const [account, answer] of answers) {
    const cost = answer + allLost - (lost.get(account) ?? 0n);
    if (cost > costNanoUsd) costNanoUsd = cost;
  }
  return { costNanoUsd, tokens };
}

function raise(amounts: Map<string, bigint>, account: string, amount: bigint): void {
  if (amount > (amounts.get(account) ?? -1n)) amounts.set(account, amount);
}

/**
 * The largest output cap, at most the call's own, with which the call cannot cost more than `ceilingNanoUsd`.
 * Undefined when even the input may cost more: then the call must be refused.
 */
export function capForCost(input: BoundInput, ceilingNanoUsd: bigint): number | undefined {
  const fits = (maxOutputTokens: number): boolean => boundOf({ ...input, maxOutputTokens }).costNanoUsd <= ceilingNanoUsd;
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

/** A window where none is known, wider than any model's. */
const WIDEST_WINDOW_TOKENS = 10_000_000;

/**
 * Whether a report can be true of a call: neither input beyond both what was sent and the model's window, nor output beyond both its
 * cap and the window.
 */
export function isPlausible(
  usage: { readonly inputTokens?: number; readonly outputTokens?: number },
  input: Pick<BoundInput, 'facts' | 'bodyBytes' | 'serverToolCalls'>,
  maxOutputTokens: number,
  price: Price | undefined,
): boolean {
  const window = price?.contextWindow ?? WIDEST_WINDOW_TOKENS;
  // After each call of a server-side tool the model reads everything again, and the readings are reported as one sum.
  const readings = 1 + input.facts.serverTools.length * (input.serverToolCalls ?? SERVER_TOOL_CALLS);
  const mostInput = readings * Math.max(window, sentTokens(input)) + toolTokens(input);
  return (usage.inputTokens ?? 0) <= mostInput && (usage.outputTokens ?? 0) <= Math.max(window, maxOutputTokens);
}

function inputBound(input: BoundInput, price: Price): number {
  return Math.min(sentTokens(input), price.contextWindow ?? Number.POSITIVE_INFINITY) + toolTokens(input);
}

function sentTokens({ bodyBytes, facts }: Pick<BoundInput, 'facts' | 'bodyBytes'>): number {
  return bodyBytes + OVERHEAD_TOKENS + facts.attachments * ATTACHMENT_TOKENS;
}

function toolTokens({ facts, serverToolCalls }: Pick<BoundInput, 'facts' | 'serverToolCalls'>): number {
  return facts.serverTools.length * (serverToolCalls ?? SERVER_TOOL_CALLS) * TOOL_RESULT_TOKENS;
}

function outputBound(input: BoundInput, price: Price): number {
  const cap = Math.min(
    input.maxOutputTokens,
    price.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    price.contextWindow ?? Number.POSITIVE_INFINITY,
  );
  return cap * Math.max(1, input.facts.choices);
}

function costBound(input: BoundInput, price: Price, inputTokens: number, outputTokens: number): bigint {
  let cost = tokensBound(input, price, inputTokens, outputTokens);
  for (const tool of input.facts.serverTools) cost += BigInt(input.serverToolCalls ?? SERVER_TOOL_CALLS) * callPrice(price, tool);
  return cost;
}

function tokensBound(input: BoundInput, price: Price, inputTokens: number, outputTokens: number): bigint {
  const { facts } = input;
  const writes: TokenClass[] = facts.cacheWrite === undefined ? ['cacheWrite5m'] : ['cacheWrite5m', 'cacheWrite1h'];
  const inputRate = dearest(price, ['input', 'cacheRead', 'audioCacheRead', 'audioInput', 'imageInput', ...writes], inputTokens);
  const outputRate = dearest(price, OUTPUT_CLASSES, inputTokens);
  const sum = BigInt(inputTokens) * inputRate + BigInt(outputTokens) * outputRate;
  return atTier(sum, dearestTier(price, facts.serviceTier)) + price.perRequest;
}

function dearest(price: Price, classes: readonly TokenClass[], inputTokens: number): bigint {
  let most = 0n;
  for (const name of classes) {
    const rate: Rate = price.rates[name];
    const at = rateAt(rate, inputTokens);
    // A tier may be cheaper than the base; a shorter prompt then costs more a token.
    for (const candidate of [rate.base, at]) if (candidate > most) most = candidate;
  }
  return most;
}

/** `auto` lets the provider choose, so it may be the dearest; a named cheaper tier may still be served as standard. */
function dearestTier(price: Price, named: string | undefined): number {
  if (named === undefined) return 100;
  if (named === 'auto') return Math.max(100, ...Object.values(price.serviceTiers));
  return Math.max(100, tierPercent(price, named));
}
