import { readData } from './admin/level-options';
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

const price = (name: string): Column => ({
  title: name,
  align: 'right',
  value: (row) => (row['free'] === true ? 'free' : plain((row['usd_per_million_tokens'] as Record<string, unknown> | undefined)?.[name])),
});

export const command = overrideCommand({
  name: 'prices',
  summary: "override a model's price at run time, or bring a newer price book in",
  columns: [field('id', 'model'), price('input'), price('output'), price('cache_read'), field('version'), field('updated_at', 'updated')],
  options: {
    ...Object.fromEntries(Object.keys(CLASSES).map((name) => [name, { type: 'string' as const }])),
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
  --tool NAME=USD       per call of a server-side tool; may be repeated
  --free                the model costs nothing
  --context-window N  --max-output N   tokens`,
  verbs: PRICE_BOOK_VERBS,
  bodyOf(parsed) {
    const classes = Object.entries(CLASSES).flatMap(([option, name]) => {
      const value = text(parsed, option);
      return value === undefined ? [] : [[name, value] as const];
    });
    const tools = texts(parsed, 'tool')?.map((pair) => {
      const [name, usd] = pair.split('=');
      if (!name || !usd) throw new UsageError(`--tool takes NAME=USD, not '${pair}'`);
      return [name, usd] as const;
    });
    const context = wholeNumber(parsed, 'context-window');
    const output = wholeNumber(parsed, 'max-output');
    const body = {
      ...readData(text(parsed, 'data')),
      ...(flag(parsed, 'free') ? { free: true } : {}),
      ...(classes.length === 0 ? {} : { usd_per_million_tokens: Object.fromEntries(classes) }),
      ...(tools === undefined ? {} : { usd_per_tool_call: Object.fromEntries(tools) }),
      ...(context === undefined ? {} : { context_window: context }),
      ...(output === undefined ? {} : { max_output_tokens: output }),
    };
    if (Object.keys(body).length === 0) throw new UsageError('prices set takes a price: --input and --output, or --free');
    return body;
  },
});
