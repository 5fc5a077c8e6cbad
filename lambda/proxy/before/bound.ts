import type { Bound, Reservation, SmallerBounds } from '../../money/ledger';
import { type BoundInput, boundOf, capForCost, mostCharacters, type Price } from '../../money/pricing';
import { GatewayError } from '../../platform/error';
import type { Target } from '../../routing';
import { toolModelsOf } from '../../wire/model';
import { withinMaxCost, withinMeans } from '../choosing/max-cost';
import { guardedAt, tierSetAt } from '../choosing/parameters';
import type { Gateway } from '../gateway';
import { pricedTargets } from '../priced-targets';
import type { BoundedCall, CapReason, RoutedCall } from './call';

/** The highest of the lowest caps that wire formats and models take. */
export const LOWEST_CAP_TOKENS = 16;
/** What a model is taken to write at most when nobody knows it or any that is named like it. */
const UNKNOWN_OUTPUT_TOKENS = 32_000;

/**
 * Prices a call and bounds it: by its output cap, or else by the most that its models can write.
 *
 * @throws GatewayError 400 `price_unknown`, 400 `max_cost_exceeded`
 */
export function bound(gateway: Gateway, call: RoutedCall): BoundedCall {
  const { targets: priced, prices: known, byName: prices } = pricedTargets(gateway, call);
  if (priced.length === 0) throw priceUnknown(call);

  const usual = usualOutput(gateway, call);
  const usualChoice = Math.ceil(usual / Math.max(1, call.facts.choices));
  const inputAt = (some: readonly Target[]): BoundInput => {
    const theirs = some.map(({ name }) => prices.get(name) as Price);
    return inputOf(call, some, theirs, capOf(gateway, call, some, theirs).cap);
  };
  const affordable = withinMeans(call, priced, inputAt, usualChoice);
  if (affordable.targets.length < priced.length) {
    return bound(gateway, { ...call, targets: affordable.targets, skipped: [...withUnpriced(call, priced), ...affordable.skipped] });
  }
  const { cap, isKnown, mustBeWritten, reason } = capOf(gateway, call, priced, known);
  const input = inputOf(call, priced, known, cap);
  const { tokens: allowed, by } = withinMaxCost(call, input, usualChoice);
  const held = allowed === cap ? input : { ...input, maxOutputTokens: allowed };
  const bounds = new CallBounds(held, usual, leastOutput(call, usualChoice));
  const whole = isBilled(call) ? bounds.whole(mustBeWritten) : { costNanoUsd: call.guard?.fees?.inputNanoUsd ?? 0n, tokens: 0 };
  const costs = call.operation.generates && whole.costNanoUsd > 0n;
  const capReason = allowed !== cap || mustBeWritten ? (by ?? reason) : reason;
  const written = costs && capReason !== undefined;
  return {
    call: priced.length === call.targets.length ? call : { ...call, targets: priced, skipped: withUnpriced(call, priced) },
    bound: whole,
    smaller: costs && reason === undefined && call.facts.maxOutputTokens === undefined ? bounds : undefined,
    prices,
    outputCap: written ? allowed : undefined,
    capReason: written ? capReason : undefined,
    isCapped: written || call.facts.maxOutputTokens !== undefined || (costs && isKnown),
    maxOutputTokens: Math.min(allowed, call.facts.maxOutputTokens ?? allowed) * call.facts.choices,
  };
}

function inputOf(call: RoutedCall, targets: readonly Target[], prices: readonly Price[], maxOutputTokens: number): BoundInput {
  const { accounts, mayBeGuarded, haveTiers } = traitsOf(targets);
  return {
    facts: call.facts,
    bodyBytes: call.document.mostBytes,
    maxOutputTokens,
    prices,
    accounts,
    serviceTiers: haveTiers ? targets.map((target) => tierSetAt(call, target)) : undefined,
    guarded: mayBeGuarded ? targets.map((target) => guardedAt(call, target)) : undefined,
    guardFees: call.guard?.fees,
  };
}

/** What is so of a list of targets, whatever is asked of them. */
interface Traits {
  /** An account that may bill a lost attempt is not called again, so it bills one at most. Undefined: they have one alone. */
  readonly accounts: readonly string[] | undefined;
  readonly mayBeGuarded: boolean;
  readonly haveTiers: boolean;
}

const traits = new WeakMap<readonly Target[], Traits>();

function traitsOf(targets: readonly Target[]): Traits {
  let known = traits.get(targets);
  if (known === undefined) {
    const accounts = targets.map(accountOf);
    known = {
      accounts: accounts.some((account) => account !== accounts[0]) ? accounts : undefined,
      mayBeGuarded: targets.some(({ provider }) => provider.definition.isGuarded !== undefined),
      haveTiers: targets.some(({ parameters }) => parameters?.service_tier !== undefined),
    };
    traits.set(targets, known);
  }
  return known;
}

function withUnpriced({ targets, skipped }: RoutedCall, priced: readonly Target[]): RoutedCall['skipped'] {
  return [...skipped, ...targets.filter((target) => !priced.includes(target)).map((target) => ({ target, why: 'price' }))];
}

/** The call as it was admitted: where a budget binds it, held to what was set aside. */
export function heldTo(bounded: BoundedCall, { bound: held, budgeted }: Pick<Reservation, 'bound' | 'budgeted'>): BoundedCall {
  const { outputCap } = held;
  if (!budgeted || outputCap === undefined || outputCap === bounded.outputCap) return bounded;
  const maxOutputTokens = outputCap * bounded.call.facts.choices;
  return { ...bounded, bound: held, outputCap, capReason: 'budget', isCapped: true, maxOutputTokens };
}

/** Characters of generated text beyond which a stream cannot be keeping to its cap. Who is held to none has no such end. */
export function runawayCharacters({ isCapped, maxOutputTokens }: BoundedCall): number {
  return isCapped ? mostCharacters(maxOutputTokens) : Number.POSITIVE_INFINITY;
}

/** The most that one call to a place may cost as it is capped now. Undefined: it has no price there. */
export function mostAt({ call, prices, maxOutputTokens }: BoundedCall, target: Target): bigint | undefined {
  const price = prices.get(target.name);
  if (price === undefined) return undefined;
  const each = maxOutputTokens / Math.max(1, call.facts.choices);
  const cap = each === 0 ? 0 : Math.max(each, LOWEST_CAP_TOKENS);
  return boundOf(inputOf(call, [target], [price], cap)).costNanoUsd;
}

/** Whether anybody is billed for such a call. */
export function isBilled({ operation }: RoutedCall): boolean {
  return operation.billedIn.length > 0;
}

/** The longest answer of a model, in tokens, for a protocol that has to be told one. */
export function longestAnswer(gateway: Pick<Gateway, 'prices'>, { provider, model }: Target, price: Price | undefined): number {
  const most = price?.maxOutputTokens ?? gateway.prices().leastOutputLike(provider.config.kind, model) ?? UNKNOWN_OUTPUT_TOKENS;
  return Math.min(most, price?.contextWindow ?? most);
}

interface Cap {
  /** Per choice, in tokens. 0: the call generates nothing. */
  readonly cap: number;
  /** No model can write more, or none may. */
  readonly isKnown: boolean;
  /** A model that is billed for what it writes may write more, unless it is told. */
  readonly mustBeWritten: boolean;
  /** Why it is written whether a budget binds or not. */
  readonly reason: CapReason | undefined;
}

function capOf(gateway: Gateway, call: RoutedCall, targets: readonly Target[], prices: readonly Price[]): Cap {
  if (!call.operation.generates) return { cap: 0, isKnown: true, mustBeWritten: false, reason: undefined };
  const own = call.facts.maxOutputTokens;
  // A lower one is raised for those who take none so low.
  if (own !== undefined) return { cap: Math.max(own, LOWEST_CAP_TOKENS), isKnown: true, mustBeWritten: false, reason: undefined };
  const { defaultMaxOutputTokens } = call.configuration.document;
  if (defaultMaxOutputTokens !== undefined) {
    const cap = Math.min(defaultMaxOutputTokens, ...prices.map((price) => price.maxOutputTokens ?? Number.POSITIVE_INFINITY));
    return { cap, isKnown: true, mustBeWritten: false, reason: 'defaultMaxOutputTokens' };
  }
  let cap = 0;
  let isKnown = true;
  let mustBeWritten = false;
  for (const [index, target] of targets.entries()) {
    const price = prices[index] as Price;
    // A window holds the prompt as well, so no answer is longer.
    const most = price.maxOutputTokens ?? price.contextWindow;
    if (most === undefined) {
      isKnown = false;
      mustBeWritten ||= price.rates.output.base > 0n || price.rates.reasoning.base > 0n;
    }
    cap = Math.max(cap, most ?? longestAnswer(gateway, target, price));
  }
  return { cap, isKnown, mustBeWritten, reason: undefined };
}

/** What a call may take under its cap and under lower ones. */
class CallBounds implements SmallerBounds {
  readonly #input: BoundInput;
  readonly #usualTokens: number;
  readonly #leastCap: number;

  /** @param leastCap what it may be held to at least, in tokens per choice */
  public constructor(input: BoundInput, usualTokens: number, leastCap: number) {
    this.#input = input;
    this.#usualTokens = usualTokens;
    this.#leastCap = leastCap;
  }

  /** @param written the cap has to be written for the bound to hold */
  public whole(written: boolean): Bound {
    const cap = this.#input.maxOutputTokens;
    const { costNanoUsd, tokens } = this.cappedAt(cap);
    return written ? { costNanoUsd, tokens, outputCap: cap } : { costNanoUsd, tokens };
  }

  public cappedAt(tokens: number): Bound {
    const { facts, maxOutputTokens } = this.#input;
    const outputCap = Math.min(Math.max(tokens, this.#leastCap), maxOutputTokens);
    const input = outputCap === maxOutputTokens ? this.#input : { ...this.#input, maxOutputTokens: outputCap };
    const { costNanoUsd, inputTokens } = boundOf(input);
    // The cap says how long an answer may get, not how long it will be.
    return { costNanoUsd, tokens: inputTokens + Math.min(this.#usualTokens, outputCap * facts.choices), outputCap };
  }

  public atMost(nanoUsd: bigint): Bound | undefined {
    const outputCap = capForCost(this.#input, nanoUsd);
    const isEnough = outputCap !== undefined && outputCap >= Math.min(this.#leastCap, this.#input.maxOutputTokens);
    return isEnough ? this.cappedAt(outputCap) : undefined;
  }
}

function usualOutput({ usualOutput: usual }: Gateway, { caller, facts }: RoutedCall): number {
  return usual.of(caller.key.id, facts.model);
}

/** Where another takes what no budget covers, an answer is not cut shorter than such answers are, per choice. */
function leastOutput({ resolution }: RoutedCall, usualTokens: number): number {
  return resolution.budgetFallback === undefined ? 1 : usualTokens;
}

/** Who sends the bill. */
function accountOf({ provider }: Target): string {
  return provider.id;
}

function priceUnknown(call: RoutedCall): GatewayError {
  const names = [call.facts.model, ...toolModelsOf(call.facts.toolUses)].map((model) => `'${model.slice(0, 200)}'`).join(' or ');
  return new GatewayError({
    code: 'price_unknown',
    message: `The model ${names} has no known price, so its cost cannot be bounded. An administrator can set its price or mark its provider as free.`,
    param: 'model',
  });
}
