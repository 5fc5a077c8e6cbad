const SUBJECTS = [
  'The gateway',
  'A budget',
  'Each request',
  'The router',
  'Every token',
  'A quiet provider',
  'The ledger',
  'One construct',
  'The stream',
  'A good default',
];
const VERBS = ['settles', 'carries', 'measures', 'protects', 'answers', 'follows', 'explains', 'remembers', 'balances', 'opens'];
const OBJECTS = [
  'the cost it reserved',
  'a clear reply',
  'the next call',
  'what the team agreed',
  'its own limits',
  'the whole answer',
  'a small promise',
  'the first byte',
  'an honest record',
  'the path ahead',
];
const ENDINGS = [
  'without delay',
  'before anyone asks',
  'one token at a time',
  'and then some',
  'as planned',
  'even at midnight',
  'in plain words',
  'with care',
  'for everyone',
  'again and again',
];

/**
 * Plausible words, one per token, each but the first with its leading space. The same seed gives the same words,
 * so that a retried or replayed call can be compared.
 */
export function* words(seed: string): Generator<string, never> {
  let state = hash(seed);
  const pick = (list: readonly string[]): string => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return list[(state >>> 16) % list.length] as string;
  };
  let first = true;
  for (;;) {
    const sentence = `${pick(SUBJECTS)} ${pick(VERBS)} ${pick(OBJECTS)} ${pick(ENDINGS)}.`;
    for (const word of sentence.split(' ')) {
      yield first ? word : ` ${word}`;
      first = false;
    }
  }
}

/** FNV-1a, 32 bits. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
