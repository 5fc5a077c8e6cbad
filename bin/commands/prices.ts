import { readData } from './admin/level-options';
import type { Parsed } from './admin/options';
import { flag, text, texts, wholeNumber } from './admin/options';
import { overrideCommand } from './admin/override-command';
import { PRICE_BOOK_VERBS } from './admin/price-book-verbs';
import type { Column } from './admin/table';
import { field, plain } from './admin/table';
import { UsageError } from './command';

/** Option by class of token. */
const CLASSES = {
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
} as const;

/** As they are given: `image=0.04 call=0.002`. */
const units: Column = {
  title: 'units',
  value: (row) =>
    Object.entries((row['usd_per_unit'] as Record<string, unknown> | undefined) ?? {})
      .map(([name, usd]) => `${plain(name)}=${plain(usd)}`)
      .join(' '),
};

const price = (name: string): Column => ({
  title: name,
  align: 'right',
  value: (row) => (row['free'] === true ? 'free' : plain((row['usd_per_million_tokens'] as Record<string, unknown> | undefined)?.[name])),
});

export const command = overrideCommand({
  name: 'prices',
  summary: "override a model's price at run time, or bring a newer price book in",
  columns: [
    field('id', 'model'),
    price('input'),
    price('output'),
    price('cache_read'),
    units,
    field('version'),
    field('updated_at', 'updated'),
  ],
  options: {
    ...Object.fromEntries(Object.keys(CLASSES).map((name) => [name, { type: 'string' as const }])),
    unit: { type: 'string', multiple: true },
    tool: { type: 'string', multiple: true },
    free: { type: 'boolean' },
    'context-window': { type: 'string' },
    'max-output': { type: 'string' },
  },
  help: `  ID                    provider/model, or a glob of such names
  --input USD  --output USD  --cache-read USD  --cache-write-5m USD  --cache-write-1h USD
  --reasoning USD  --audio-input USD  --audio-output USD  --audio-cache-read USD
  --image-input USD  --image-output USD
                        US dollars per million tokens, as decimals
  --unit NAME=USD       per image, second, character, page or call, beside tokens or in their place; may be repeated
  --tool NAME=USD       per call of a server-side tool; may be repeated
  --free                the model costs nothing
  --context-window N  --max-output N   tokens`,
  verbs: PRICE_BOOK_VERBS,
  bodyOf(parsed) {
    const classes = Object.entries(CLASSES).flatMap(([option, name]) => {
      const value = text(parsed, option);
      return value === undefined ? [] : [[name, value] as const];
    });
    const units = pairs(parsed, 'unit');
    const tools = pairs(parsed, 'tool');
    const context = wholeNumber(parsed, 'context-window');
    const output = wholeNumber(parsed, 'max-output');
    const body = {
      ...readData(text(parsed, 'data')),
      ...(flag(parsed, 'free') ? { free: true } : {}),
      ...(classes.length === 0 ? {} : { usd_per_million_tokens: Object.fromEntries(classes) }),
      ...(units === undefined ? {} : { usd_per_unit: units }),
      ...(tools === undefined ? {} : { usd_per_tool_call: tools }),
      ...(context === undefined ? {} : { context_window: context }),
      ...(output === undefined ? {} : { max_output_tokens: output }),
    };
    if (Object.keys(body).length === 0) throw new UsageError('prices set takes a price: --input and --output, --unit, or --free');
    return body;
  },
});

/** Amounts by name, of an option that is given as `NAME=USD`. */
function pairs(parsed: Parsed, option: string): Record<string, string> | undefined {
  const given = texts(parsed, option)?.map((pair) => {
    const [name, usd] = pair.split('=');
    if (!name || !usd) throw new UsageError(`--${option} takes NAME=USD, not '${pair}'`);
    return [name, usd] as const;
  });
  return given === undefined ? undefined : Object.fromEntries(given);
}
