/** Reads the data of the npm package @pydantic/genai-prices (MIT) into rows. Only figures and names are taken. */
import { perCall, perMillion, rateOf } from './amounts.mjs';

/** Whose lists price our kinds of provider. */
const KINDS = {
  openai: ['openai'],
  anthropic: ['anthropic'],
  bedrock: ['aws'],
  'azure-openai': ['azure'],
  'google-ai-studio': ['google'],
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
  moonshotai: ['moonshotai'],
  'hugging-face': ['huggingface_together', 'huggingface_cerebras'],
};

const FIELDS = {
  input: 'input_mtok',
  cacheRead: 'cache_read_mtok',
  audioCacheRead: 'cache_audio_read_mtok',
  cacheWrite5m: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
  audioInput: 'input_audio_mtok',
  imageInput: 'input_image_mtok',
  output: 'output_mtok',
  reasoning: 'output_reasoning_mtok',
  audioOutput: 'output_audio_mtok',
  imageOutput: 'output_image_mtok',
};
/** Prices per thousand calls. */
const CALLS = { web_search: 'web_searches_kcount', file_search: 'storage_searches_kcount', request: 'requests_kcount' };

export function readGenaiPrices(findProvider) {
  const hosts = {};
  for (const [host, lists] of Object.entries(KINDS)) {
    const models = {};
    hosts[host] = models;
    for (const list of lists) {
      const provider = findProvider({ providerId: list });
      if (provider === undefined) throw new Error(`the price data no longer knows the provider ${list}`);
      for (const model of provider.models) {
        const row = rowOf(model);
        if (row === undefined) continue;
        for (const name of namesOf(model, list)) models[name] ??= row;
      }
    }
  }
  return hosts;
}

function rowOf(model) {
  const sets = Array.isArray(model.prices) ? model.prices.map((entry) => entry.prices) : [model.prices];
  if (!sets.every((set) => set.input_mtok !== undefined || set.output_mtok !== undefined)) return undefined;
  const prices = Array.isArray(model.prices) ? model.prices.map(conditional) : [priceSet(model.prices)];
  if (prices.every((set) => Object.values(set).every((value) => value === 0))) return undefined;
  return { ...(model.context_window === undefined ? {} : { window: model.context_window }), prices };
}

function conditional({ constraint, prices }) {
  if (constraint === undefined) return priceSet(prices);
  if (constraint.type === 'start_date') return { from: constraint.start_date, ...priceSet(prices) };
  return { hours: [minuteOf(constraint.start_time), minuteOf(constraint.end_time)], ...priceSet(prices) };
}

function priceSet(prices) {
  const set = {};
  for (const [name, key] of Object.entries(FIELDS)) if (prices[key] !== undefined) set[name] = rate(prices[key]);
  const calls = {};
  for (const [name, key] of Object.entries(CALLS)) if (typeof prices[key] === 'number') calls[name] = perCall(prices[key] / 1_000);
  if (Object.keys(calls).length > 0) set.calls = calls;
  return set;
}

function rate(price) {
  if (typeof price === 'number') return perMillion(price);
  return rateOf(
    perMillion(price.base),
    price.tiers.map(({ start, price: above }) => [start, perMillion(above)]),
  );
}

/** Minute of the UTC day. */
function minuteOf(time) {
  if (!/Z$|\+00:00$/.test(time)) throw new Error(`not a UTC time: ${time}`);
  const [hours, minutes] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/**
 * The names that a row says itself: its id and what its rules spell out. What a rule would take in beyond that (every name that begins
 * so) is left out: the next model's name begins like this one's.
 */
function namesOf(model, list) {
  // Amazon's rules match pieces of names.
  const names = [model.id.replace(/^regional\./, ''), ...spelled(model.match, list === 'aws' ? ['equals'] : SPELLING)];
  // What ends in a dash is a piece of a name too.
  return [...new Set(names.map((name) => name.toLowerCase()).filter((name) => /^[a-z0-9][\w./:@~-]*\w$/.test(name)))];
}

const SPELLING = ['equals', 'starts_with', 'ends_with', 'contains'];

function spelled(match, signs) {
  const several = match.or ?? match.and;
  if (several !== undefined) return several.flatMap((part) => spelled(part, signs));
  const [[sign, text]] = Object.entries(match);
  return signs.includes(sign) ? [text] : [];
}
