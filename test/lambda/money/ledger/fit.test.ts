import * as fc from 'fast-check';
import type { Bound, SmallerBounds } from '../../../../lambda/money/ledger';
import { fitted } from '../../../../lambda/money/ledger/fit';

const LEAST = 4_096;

interface Call {
  readonly inputNanoUsd: bigint;
  readonly tokenNanoUsd: bigint;
  readonly most: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  inputNanoUsd: fc.bigInt({ min: 0n, max: 5_000n }),
  tokenNanoUsd: fc.bigInt({ min: 1n, max: 20n }),
  most: fc.integer({ min: 1, max: 20_000 }),
});
const amount = fc.bigInt({ min: 0n, max: 450_000n });

function costOf({ inputNanoUsd, tokenNanoUsd, most }: Call, cap: number): bigint {
  return inputNanoUsd + BigInt(Math.min(cap, most)) * tokenNanoUsd;
}

function boundsOf(known: Call): { readonly bound: Bound; readonly smaller: SmallerBounds } {
  const cappedAt = (tokens: number): Bound => ({ costNanoUsd: costOf(known, tokens), tokens: 0, outputCap: Math.min(tokens, known.most) });
  return {
    bound: { costNanoUsd: costOf(known, known.most), tokens: 0 },
    smaller: {
      cappedAt,
      atMost(nanoUsd) {
        const cap = largest(known, nanoUsd);
        return cap === undefined ? undefined : cappedAt(cap);
      },
    },
  };
}

/** By counting. */
function largest(known: Call, nanoUsd: bigint): number | undefined {
  let found: number | undefined;
  for (let cap = 1; cap <= known.most && costOf(known, cap) <= nanoUsd; cap++) found = cap;
  return found;
}

/** The rule in its own words: the cap that is written, `whole` for none, or what has to be waited for. */
function expected(known: Call, now: bigint, later: bigint): number | 'whole' | { readonly lacks: bigint } {
  if (costOf(known, known.most) <= now) return 'whole';
  const quarter = largest(known, now / 4n);
  const least = Math.min(LEAST, known.most);
  if (quarter !== undefined && quarter >= least) return quarter;
  if (costOf(known, least) <= now) return least;
  if (costOf(known, least) <= later) return { lacks: costOf(known, least) };
  return largest(known, now) ?? { lacks: costOf(known, 1) };
}

test('what a call is given of what is left is what the rule says, and always fits', () => {
  fc.assert(
    fc.property(call, amount, amount, (known, now, more) => {
      const later = now + more;
      const wanted = expected(known, now, later);
      const { fits, bound } = fitted(boundsOf(known), now, later);

      expect(fits).toBe(typeof wanted !== 'object');
      if (typeof wanted === 'object') expect(bound.costNanoUsd).toBe(wanted.lacks);
      else expect(bound.outputCap).toBe(wanted === 'whole' ? undefined : wanted);
      expect(bound.costNanoUsd <= now).toBe(fits);
    }),
    { numRuns: 500 },
  );
});

test('a call whose output its caller capped is taken whole or not at all', () => {
  const bound = { costNanoUsd: 100n, tokens: 1 };

  expect(fitted({ bound }, 100n, 100n)).toEqual({ fits: true, bound });
  expect(fitted({ bound }, 99n, 1_000n)).toEqual({ fits: false, bound });
});
