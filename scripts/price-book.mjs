/**
 * Writes `lambda/core/pricing/price-book.json` from `@pydantic/genai-prices`: integers only, nano-USD per million tokens
 * (or per call), so that no float ever touches money. Run it after updating that package; the result is committed.
 *
 * `--check` writes nothing and fails when the committed file is not what the installed package gives.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProvider } from '@pydantic/genai-prices';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'lambda/core/pricing/price-book.json');

/** Our kinds of provider, and whose lists price them, in order. */
const KINDS = {
  openai: ['openai'],
  anthropic: ['anthropic'],
  bedrock: ['aws'],
  'azure-openai': ['azure', 'openai', 'deepseek', 'x-ai', 'moonshotai'],
  'google-ai-studio': ['google'],
  'vertex-ai': ['google', 'anthropic'],
  mistral: ['mistral'],
  cohere: ['cohere'],
  groq: ['groq'],
  deepseek: ['deepseek'],
  xai: ['x-ai'],
  together: ['together'],
  fireworks: ['fireworks'],
  perplexity: ['perplexity'],
  openrouter: ['openrouter'],
  cerebras: ['cerebras'],
  'hugging-face': ['huggingface_together', 'huggingface_cerebras'],
};

/** Prices of tokens by class. The order of the book's columns. */
const TOKEN_KEYS = {
  input: 'input_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite5m: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
  audioInput: 'input_audio_mtok',
  output: 'output_mtok',
  reasoning: 'output_reasoning_mtok',
  audioOutput: 'output_audio_mtok',
};
/** Prices per thousand calls. */
const CALL_KEYS = { web_search: 'web_searches_kcount', file_search: 'storage_searches_kcount', request: 'requests_kcount' };

/** Exact integer of a decimal times a power of ten; rounds up what is finer than that. */
function scaled(number, digits) {
  const [whole, part = ''] = Number(number).toFixed(12).split('.');
  const all = BigInt(whole + part);
  const divisor = 10n ** BigInt(12 - digits);
  return Number((all + divisor - 1n) / divisor);
}

function rate(price) {
  if (typeof price === 'number') return scaled(price, 9);
  return [scaled(price.base, 9), ...price.tiers.map(({ start, price: above }) => [start, scaled(above, 9)])];
}

/** Twice the input price, which is what a one-hour write costs wherever it is listed. */
function hourWrite(prices) {
  const input = prices.input_mtok;
  if (prices.cache_write_mtok === undefined || prices.cache_write_1h_mtok !== undefined || input === undefined) return undefined;
  if (typeof input === 'number') return scaled(input, 9) * 2;
  return [scaled(input.base, 9) * 2, ...input.tiers.map(({ start, price }) => [start, scaled(price, 9) * 2])];
}

function priceSet(prices) {
  const set = {};
  for (const [name, key] of Object.entries(TOKEN_KEYS)) if (prices[key] !== undefined) set[name] = rate(prices[key]);
  const premium = hourWrite(prices);
  if (premium !== undefined) set.cacheWrite1h = premium;
  const calls = {};
  for (const [name, key] of Object.entries(CALL_KEYS)) if (typeof prices[key] === 'number') calls[name] = scaled(prices[key], 6);
  if (Object.keys(calls).length > 0) set.calls = calls;
  return set;
}

function conditions(prices) {
  if (!Array.isArray(prices)) return [priceSet(prices)];
  return prices.map(({ constraint, prices: set }) => {
    if (constraint === undefined) return priceSet(set);
    if (constraint.type === 'start_date') return { from: constraint.start_date, ...priceSet(set) };
    return { hours: [minuteOf(constraint.start_time), minuteOf(constraint.end_time)], ...priceSet(set) };
  });
}

/** Minute of the UTC day. */
function minuteOf(time) {
  const [hours, minutes] = time.split(':').map(Number);
  if (!/Z$|\+00:00$/.test(time)) throw new Error(`not a UTC time: ${time}`);
  return hours * 60 + minutes;
}

const SIGNS = { equals: '=', starts_with: '^', ends_with: '$', contains: '*', regex: '~' };

function matcher(match) {
  if (match.or !== undefined) return ['|', ...match.or.map(matcher)];
  if (match.and !== undefined) return ['&', ...match.and.map(matcher)];
  const [[name, text]] = Object.entries(match);
  return SIGNS[name] + (name === 'regex' ? text : text.toLowerCase());
}

function pricedInTokens(prices) {
  const sets = Array.isArray(prices) ? prices.map((entry) => entry.prices) : [prices];
  return sets.every((set) => set.input_mtok !== undefined || set.output_mtok !== undefined);
}

const lists = {};
for (const id of new Set(Object.values(KINDS).flat())) {
  const provider = findProvider({ providerId: id });
  if (provider === undefined) throw new Error(`the price data no longer knows the provider ${id}`);
  lists[id] = provider.models
    .filter((model) => pricedInTokens(model.prices))
    .map((model) => {
      const row = { id: model.id, match: matcher(model.match), prices: conditions(model.prices) };
      if (model.context_window !== undefined) row.window = model.context_window;
      return row;
    });
}

const source = JSON.parse(readFileSync(join(root, 'node_modules/@pydantic/genai-prices/package.json'), 'utf8'));
const body = { kinds: KINDS, lists };
const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 8);
const text = `${JSON.stringify({ version: `genai-prices-${source.version}-${hash}`, ...body }).replaceAll('{"id":', '\n{"id":')}\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('the price book is out of date: run `node scripts/price-book.mjs` and commit the result');
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
  console.log(`${Object.values(lists).flat().length} models, ${Math.round(text.length / 1_024)} KB`);
}
