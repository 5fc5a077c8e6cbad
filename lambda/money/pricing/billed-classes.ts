import type { Media } from '../../wire/model';
import type { BoundFacts } from './bound-facts';
import type { Price, TokenClass } from './price';

/** A film has sound, and a file that nobody knows may be one. */
export function maySound({ kind }: Media): boolean {
  return kind === 'video' || kind === 'file';
}

/** Classes that what a call sends may be billed in, recordings apart. */
export function inputClasses(facts: BoundFacts): TokenClass[] {
  const classes: TokenClass[] = ['input', 'cacheRead', 'cacheWrite5m'];
  if (facts.cacheWrite === '1h') classes.push('cacheWrite1h');
  if (facts.media.some(({ kind }) => kind !== 'audio') || facts.toolUses.length > 0) classes.push('imageInput');
  if (facts.media.some(maySound)) classes.push('audioInput', 'audioCacheRead');
  return classes;
}

/** Classes that the answer of a call may be billed in: sound only where it is asked for, pictures unless it is asked for text alone. */
export function outputClasses(facts: BoundFacts, price: Price): TokenClass[] {
  const classes: TokenClass[] = ['output', 'reasoning'];
  if (asks(facts, 'audio')) classes.push('audioOutput');
  if (makesPictures(facts, price)) classes.push('imageOutput');
  return classes;
}

/** The class, dearer than text, that all of an answer may be billed in. */
export function dearOutput(facts: BoundFacts, price: Price): 'audioOutput' | 'imageOutput' | undefined {
  const dearer = (['audioOutput', 'imageOutput'] as const).filter((name) => price.rates[name].base > price.rates.output.base);
  const possible = outputClasses(facts, price);
  return dearer
    .filter((name) => possible.includes(name))
    .sort((left, right) => (price.rates[left].base < price.rates[right].base ? 1 : -1))[0];
}

/** Whether a model that makes pictures may do so in this call. */
export function makesPictures(facts: BoundFacts, { rates }: Price): boolean {
  return rates.imageOutput.base !== rates.output.base && (facts.modalities === undefined || asks(facts, 'image'));
}

function asks({ modalities }: BoundFacts, modality: string): boolean {
  return modalities?.some((name) => name.toLowerCase() === modality) === true;
}
