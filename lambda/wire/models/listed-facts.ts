import { CAPABILITY_FIELDS, type Capabilities, type CapabilityName } from '../../../lib/private/contract';

/** Names of a line of `listed.json`. */
export function namesOfLine(line: string): readonly string[] {
  return line.slice(0, line.indexOf(' | ')).split(' ');
}

/** Facts of a line: `vision -prefill efforts=low,high minCacheTokens=1024`. */
export function factsOfLine(line: string): Capabilities {
  const words = line.slice(line.indexOf(' | ') + 3).split(' ');
  return Object.fromEntries(words.map(readFact));
}

function readFact(word: string): [string, boolean | number | string | string[]] {
  if (word.startsWith('-')) return [word.slice(1), false];
  const at = word.indexOf('=');
  if (at < 0) return [word, true];
  const [name, value] = [word.slice(0, at), word.slice(at + 1)];
  const field = CAPABILITY_FIELDS[name as CapabilityName];
  if (field === 'length' || field === 'tokens' || field === 'number') return [name, Number(value)];
  if (field === 'day') return [name, value];
  return [name, value === '' ? [] : value.split(',')];
}
