import type { CallFacts } from '../../wire/protocols';

/** What of a call bounds it. */
export type BoundFacts = Pick<
  CallFacts,
  'choices' | 'media' | 'units' | 'toolUses' | 'serviceTier' | 'cacheWrite' | 'modalities' | 'asksWindow' | 'compacts' | 'predictedTokens'
>;
