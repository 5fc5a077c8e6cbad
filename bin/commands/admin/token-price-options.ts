import type { OptionTable, Parsed } from './options';
import { text } from './options';

/** Field by option. */
const CLASSES: Readonly<Record<string, string>> = {
  input: 'input',
  output: 'output',
  'cache-read': 'cache_read',
  'cache-write-5m': 'cache_write_5m',
  'cache-write-1h': 'cache_write_1h',
  reasoning: 'reasoning',
  'audio-input': 'audio_input',
  'audio-output': 'audio_output',
  'audio-cache-read': 'audio_cache_read',
  'image-input': 'image_input',
  'image-output': 'image_output',
};

/** Options that say what a class of token costs. */
export const TOKEN_PRICE_OPTIONS: OptionTable = Object.fromEntries(Object.keys(CLASSES).map((name) => [name, { type: 'string' as const }]));

export const TOKEN_PRICE_HELP = `  --input USD  --output USD  --cache-read USD  --cache-write-5m USD  --cache-write-1h USD
  --reasoning USD  --audio-input USD  --audio-output USD  --audio-cache-read USD
  --image-input USD  --image-output USD
                        US dollars per million tokens, as decimals`;

/** Prices by class as the admin API takes them; undefined when none was given. */
export function readTokenPrices(parsed: Parsed): Record<string, string> | undefined {
  const given = Object.entries(CLASSES).flatMap(([option, name]) => {
    const value = text(parsed, option);
    return value === undefined ? [] : [[name, value] as const];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
