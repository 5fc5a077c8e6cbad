import type { TargetConfig } from '../../lib/private/contract';
import type { PriceOverride } from '../money/pricing';
import type { WriteResult } from '../platform/stored';

/** A route changed at run time. */
export interface ModelOverride {
  /** The alias or glob that it replaces or adds. */
  readonly id: string;
  readonly targets: readonly TargetConfig[];
  /** Grows with each change. */
  readonly generation: number;
  /** ISO 8601. */
  readonly updatedAt: string;
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

export interface Overrides {
  readonly book: BookOverride;
  readonly model: ModelOverride;
  readonly price: PriceOverride;
}

/** Run-time changes of routes and prices. */
export interface OverrideStore {
  /** All of them; few by nature. */
  list<K extends keyof Overrides>(kind: K): Promise<readonly Overrides[K][]>;
  get<K extends keyof Overrides>(kind: K, id: string): Promise<Overrides[K] | undefined>;
  /** Writes a new one (no generation as read), or replaces one that still has the generation that was read. */
  put<K extends keyof Overrides>(kind: K, override: Overrides[K], generationAsRead?: number): Promise<WriteResult>;
  remove(kind: keyof Overrides, id: string, generationAsRead: number): Promise<WriteResult>;
}
