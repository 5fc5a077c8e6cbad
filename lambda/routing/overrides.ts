import {
  type CapabilitiesConfig,
  type GuardrailConfig,
  ROUTE_TERMS,
  type RouteConfig,
  type RouteTerms,
  type TargetConfig,
} from '../../lib/private/contract';
import type { PriceFields, PriceOverride } from '../money/pricing';
import type { WriteResult } from '../platform/stored';

/** A route changed at run time, or what is said of a model then. */
export interface ModelOverride extends RouteTerms {
  /** The alias, or glob of aliases, that it replaces or adds; `provider/model`, or a glob of such names, of which it tells facts. */
  readonly id: string;
  readonly targets?: readonly TargetConfig[];
  readonly capabilities?: CapabilitiesConfig;
  readonly usdPerMillionTokens?: PriceFields;
  /** The model costs nothing: no budget is touched. */
  readonly free?: boolean;
  /** Grows with each change. */
  readonly generation: number;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** The route that an override makes; undefined where it only tells of models. */
export function routeOf(override: ModelOverride): RouteConfig | undefined {
  const { id, targets } = override;
  if (targets === undefined) return undefined;
  const terms = ROUTE_TERMS.flatMap((name) => (override[name] === undefined ? [] : [[name, override[name]] as const]));
  return { alias: id, targets: [...targets], ...Object.fromEntries(terms) };
}

/** Which price book holds in place of the one that was deployed. There is one at most, `current`. */
export interface BookOverride {
  readonly id: string;
  /** Of the book's text, which `PriceBookStore` keeps. */
  readonly sha256: string;
  /** Of the book that it took the place of, while processes may still be reading that. */
  readonly previousSha256?: string;
  readonly bookVersion: string;
  /** Day of its prices. */
  readonly date: string;
  /** It holds although the deployed one is newer. */
  readonly forced?: boolean;
  readonly generation: number;
  readonly updatedAt: string;
}

/** A guardrail policy made or changed at run time. */
export interface GuardrailOverride extends GuardrailConfig {
  readonly generation: number;
  readonly updatedAt: string;
}

export interface Overrides {
  readonly book: BookOverride;
  readonly model: ModelOverride;
  readonly price: PriceOverride;
  readonly guardrail: GuardrailOverride;
}

/** All run-time changes, and the mark that is raised with each of them. */
export type AllOverrides = { readonly [Kind in keyof Overrides]: readonly Overrides[Kind][] } & { readonly mark: number };

/** Run-time changes of routes, prices and guardrails. */
export interface OverrideStore {
  /** Everything that was acknowledged before the read began; none is older than the mark says. */
  all(): Promise<AllOverrides>;
  /** All of them; few by nature. */
  list<K extends keyof Overrides>(kind: K): Promise<readonly Overrides[K][]>;
  get<K extends keyof Overrides>(kind: K, id: string): Promise<Overrides[K] | undefined>;
  /** Writes a new one (no generation as read), or replaces one that still has the generation that was read. */
  put<K extends keyof Overrides>(kind: K, override: Overrides[K], generationAsRead?: number): Promise<WriteResult>;
  remove(kind: keyof Overrides, id: string, generationAsRead: number): Promise<WriteResult>;
}
