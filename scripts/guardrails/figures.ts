/** What `scripts/guardrails.mjs` bundles: the corpus and the figures, for a process that has no TypeScript. */
export { ATTACK_THRESHOLD, attackFigures } from '../../test/support/guard-corpus/attacks';
export { CORPUS_TEXTS, corpus, countOf, measure } from '../../test/support/guard-corpus/measure';
