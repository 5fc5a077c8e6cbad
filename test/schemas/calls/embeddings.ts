import fc from 'fast-check';
import { given, seldom, words } from './conversation';
import type { RandomCall } from './random-call';
import { tag } from './settings';

/** Random calls of embeddings. */
export const embeddingsCall: fc.Arbitrary<RandomCall> = fc
  .record({
    input: fc.oneof(
      words.map((text) => text || 'x'),
      fc.array(
        words.map((text) => text || 'x'),
        { minLength: 1, maxLength: 3 },
      ),
      fc.array(fc.nat(50_000), { minLength: 1, maxLength: 5 }),
      fc.constant([[1, 2], [3]]),
    ),
    dimensions: seldom(fc.constantFrom(256, 1_024), 3),
    encoding_format: seldom(fc.constantFrom('float', 'base64'), 2),
    user: seldom(tag, 6),
  })
  .map((fields) => {
    const body = given(fields);
    return { path: '/v1/embeddings', body, typed: body, headers: {} };
  });
