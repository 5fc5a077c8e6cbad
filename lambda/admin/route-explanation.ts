import type { GatewayDocument, ProviderConfig, SensitivityLabel } from '../../lib/private/contract';
import { type KeptRows, levelsOf, modelPolicy, tagsOf } from '../identity';
import { createPriceBook, formatUsd, type Price, type PriceBook, textCost } from '../money/pricing';
import type { JsonObject } from '../platform/json';
import {
  type Asked,
  allowedTargets,
  candidatesOf,
  capabilitiesSaid,
  configureProvider,
  conversationOf,
  createModelResolver,
  isBeyondWindow,
  type ModelFacts,
  modelFacts,
  notCarried,
  orderOf,
  permitted,
  placementOf,
  type Resolution,
  type RoutingFacts,
  routeOf,
  type Skipped,
  STRATEGIES,
  type Target,
  TOO_LONG,
  withModelFacts,
  withoutUnfit,
} from '../routing';
import type { Media } from '../wire/model';
import { readBooks } from './price-books';
import { pricedTarget } from './priced-targets';
import type { Services } from './services';

const USUAL_INPUT_TOKENS = 1_000;
const USUAL_OUTPUT_TOKENS = 1_024;

/** What a call is, as far as it is routed by that. */
export interface RouteQuestion {
  readonly model: string;
  readonly keyId?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly tools: boolean;
  readonly media: readonly Media['kind'][];
  readonly schema: boolean;
  readonly opening: readonly string[];
  readonly sensitivity?: SensitivityLabel;
  readonly atMs: number;
}

/** What would be asked for a call, in which order and why. */
export interface RouteExplanation {
  readonly resolution: Resolution;
  readonly targets: readonly JsonObject[];
  readonly skipped: readonly Skipped[];
}

/** What the configuration says now, deployed and changed at run time. */
interface Known {
  readonly document: Partial<GatewayDocument>;
  readonly facts: readonly ModelFacts[];
  readonly book: PriceBook;
  resolve(name: string): Resolution;
}

/** Finds out where a call would go, without one. @throws GatewayError 404 when the name means nothing */
export async function explainRoute(services: Services, question: RouteQuestion, rows: KeptRows | undefined): Promise<RouteExplanation> {
  const known = await readKnown(services);
  const { capabilitiesOf, readCapabilities } = await import('../wire/models');
  const resolution = known.resolve(question.model);
  const asked = askedOf(question, rows);
  const allowed = rows === undefined ? resolution.targets : allowedTargets(resolution, modelPolicy(rows));
  const levels = rows === undefined ? [] : levelsOf(rows);
  const placement = placementOf([known.document.placement, ...levels, ...resolution.placements, question]);
  const near = permitted(allowed, placement, known.document.sensitiveTargets);
  const candidates = candidatesOf(near, asked);
  const priceOf = (target: Target): Price | undefined => priceAt(known, target, question.atMs, rows?.team?.id);
  const unfit = (target: Target): string | undefined => {
    const listed = capabilitiesOf(target.provider.config.kind, target.model);
    const can = { ...listed, ...readCapabilities(capabilitiesSaid(known.facts, target.name) ?? {}) };
    const carried = { media: question.media.map((kind) => ({ kind })), bringsTools: question.tools, wantsSchema: question.schema };
    const window = priceOf(target)?.contextWindow ?? can.contextWindow;
    return notCarried(carried, can) ?? (isBeyondWindow(window, Number.POSITIVE_INFINITY, asked.inputTokens) ? TOO_LONG : undefined);
  };
  const { targets, skipped } = withoutUnfit(candidates, unfitIn(candidates.targets, unfit));
  const prices = pricesOf(targets, priceOf);
  // A call whose cost nobody knows is not made, unless it is held to a ceiling.
  const mayBeUnpriced = known.document.unknownPrice?.policy === 'ceiling';
  const bounded = targets.filter(({ name }) => mayBeUnpriced || prices.has(name));
  const { maxCostNanoUsd } = resolution;
  const costOf = (target: Target): bigint => expectedCost(target, prices.get(target.name), asked, question) ?? 0n;
  // What a call may cost is never less than what it is expected to.
  const affordable = maxCostNanoUsd === undefined ? bounded : bounded.filter((target) => costOf(target) <= maxCostNanoUsd);
  return {
    resolution,
    targets: ranked(affordable, { resolution, asked, question, prices }),
    skipped: [
      ...without(resolution.targets, allowed, 'models'),
      ...without(allowed, near, 'placement'),
      ...skipped,
      ...without(targets, bounded, 'price'),
      ...without(bounded, affordable, 'max_cost'),
    ],
  };
}

function unfitIn(targets: readonly Target[], unfit: (target: Target) => string | undefined): ReadonlyMap<Target, string> {
  const found = new Map<Target, string>();
  for (const target of targets) {
    const why = unfit(target);
    if (why !== undefined) found.set(target, why);
  }
  return found;
}

function without(targets: readonly Target[], left: readonly Target[], why: string): Skipped[] {
  return targets.filter(({ key }) => left.every((target) => target.key !== key)).map((target) => ({ target, why }));
}

async function readKnown(services: Services): Promise<Known> {
  const { document, overrides } = services;
  const [{ inForce }, changed, prices] = await Promise.all([readBooks(services), overrides.list('model'), overrides.list('price')]);
  const facts = modelFacts(document.models ?? [], changed);
  const providers = (document.providers ?? []).map((config: ProviderConfig) => configureProvider(config, () => undefined, services.region));
  const routes = [...changed.flatMap((override) => routeOf(override) ?? []), ...(document.routes ?? [])];
  return {
    document,
    facts,
    book: createPriceBook(inForce, withModelFacts(prices, facts, document.priceAdjustments)),
    resolve: (name) => createModelResolver(providers, routes).resolve(name),
  };
}

function askedOf(
  { labels, tools, media, inputTokens = USUAL_INPUT_TOKENS, atMs, keyId }: RouteQuestion,
  rows: KeptRows | undefined,
): Asked {
  return {
    labels,
    keyId: keyId ?? '',
    teamId: rows?.team?.id,
    bringsTools: tools,
    holdsPictures: media.includes('image'),
    nowMs: atMs,
    tags: () => (rows === undefined ? {} : tagsOf(rows)),
    mostInputTokens: inputTokens,
    inputTokens: () => inputTokens,
  };
}

function priceAt({ book }: Known, { provider, model }: Target, atMs: number, team: string | undefined): Price | undefined {
  const price = book.lookup(pricedTarget(provider.config, model, team), atMs);
  return price === undefined || price.tokensUnpriced === true ? undefined : price;
}

function pricesOf(targets: readonly Target[], priceOf: (target: Target) => Price | undefined): ReadonlyMap<string, Price> {
  return new Map(
    targets.flatMap((target) => {
      const price = priceOf(target);
      return price === undefined ? [] : [[target.name, price] as const];
    }),
  );
}

function expectedCost({ parameters }: Target, price: Price | undefined, asked: Asked, question: RouteQuestion): bigint | undefined {
  const { outputTokens = USUAL_OUTPUT_TOKENS } = question;
  return price === undefined ? undefined : textCost(price, asked.inputTokens(), outputTokens, parameters?.service_tier);
}

interface Order {
  readonly resolution: Resolution;
  readonly asked: Asked;
  readonly question: RouteQuestion;
  readonly prices: ReadonlyMap<string, Price>;
}

/** As a process would put them in order that has asked nobody yet. */
function ranked(targets: readonly Target[], { resolution, asked, question, prices }: Order): JsonObject[] {
  const { strategy, affinity } = resolution;
  const outputTokens = question.outputTokens ?? USUAL_OUTPUT_TOKENS;
  const facts: RoutingFacts = {
    prices,
    conversation: affinity ? conversationOf(question.opening) : undefined,
    inputTokens: asked.inputTokens,
    outputTokens: () => outputTokens,
    factsOf: () => ({ healthy: true, inFlight: 0 }),
    random: () => 0,
  };
  const whole = targets.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return orderOf(strategy, targets, facts).map((target) => {
    const { name, weight = 1, parameters } = target;
    const expected = expectedCost(target, prices.get(name), asked, question);
    return {
      target: name,
      standby: weight === 0,
      share: strategy === 'weighted' && whole > 0 ? Math.round((weight / whole) * 10_000) / 10_000 : null,
      expected_usd: expected === undefined ? null : formatUsd(expected),
      judged_by: STRATEGIES[strategy].say(target, facts) ?? null,
      ...(parameters === undefined ? {} : { parameters: parameters as unknown as JsonObject }),
    };
  });
}
