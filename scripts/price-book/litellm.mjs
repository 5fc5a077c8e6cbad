/** Reads the price map of the Python package litellm (MIT) into rows. Only figures are taken. */
import { factsOf } from '../models/facts.mjs';
import { baseOf, perCall, perToken, rateOf } from './amounts.mjs';

/** Our kind of provider, and the beginnings of keys that only name the provider. */
const PROVIDERS = {
  openai: ['openai', 'openai/'],
  'text-completion-openai': ['openai', 'openai/'],
  anthropic: ['anthropic', 'anthropic/'],
  bedrock: ['bedrock', 'bedrock/'],
  bedrock_converse: ['bedrock', 'bedrock/'],
  bedrock_mantle: ['bedrock', 'bedrock_mantle/'],
  azure: ['azure-openai', 'azure/'],
  azure_text: ['azure-openai', 'azure/'],
  azure_ai: ['azure-openai', 'azure_ai/'],
  gemini: ['google-ai-studio', 'gemini/'],
  mistral: ['mistral', 'mistral/'],
  cohere: ['cohere', 'cohere/'],
  cohere_chat: ['cohere', 'cohere/'],
  groq: ['groq', 'groq/'],
  deepseek: ['deepseek', 'deepseek/'],
  xai: ['xai', 'xai/'],
  together_ai: ['together', 'together_ai/'],
  fireworks_ai: ['fireworks', 'fireworks_ai/'],
  'fireworks_ai-embedding-models': ['fireworks', 'fireworks_ai/'],
  perplexity: ['perplexity', 'perplexity/'],
  cerebras: ['cerebras', 'cerebras/'],
};
/** What answers in tokens. Pictures too, where the model is asked like any other (Gemini). */
const MODES = new Set(['chat', 'responses', 'completion', 'embedding', 'image_generation', 'realtime']);

const FIELDS = {
  input: 'input_cost_per_token',
  cacheRead: 'cache_read_input_token_cost',
  audioCacheRead: 'cache_read_input_audio_token_cost',
  cacheWrite5m: 'cache_creation_input_token_cost',
  audioInput: 'input_cost_per_audio_token',
  imageInput: 'input_cost_per_image_token',
  output: 'output_cost_per_token',
  reasoning: 'output_cost_per_reasoning_token',
  audioOutput: 'output_cost_per_audio_token',
  imageOutput: 'output_cost_per_image_token',
};
/** The longest life of a cache entry, whatever the vendor calls it. */
const LONG_WRITES = ['cache_creation_input_token_cost_above_12hr', 'cache_creation_input_token_cost_above_1hr'];
/** In one place instead of anywhere: the dearest of them. */
const UPLIFTS = [
  'regional_endpoint_uplift_multiplier',
  'regional_processing_uplift_multiplier_eu',
  'regional_processing_uplift_multiplier_us',
];
const TIERS = { priority: 'priority', flex: 'flex', batches: 'batch', ultrafast: 'ultrafast', balanced: 'balanced' };

export function readLitellm(map) {
  const hosts = {};
  for (const [key, entry] of Object.entries(map)) {
    const place = placeOf(key, entry);
    if (place === undefined) continue;
    const row = rowOf(place.host, { id: place.model, ...entry });
    if (row === undefined) continue;
    hosts[place.host] ??= {};
    const models = hosts[place.host];
    models[place.model] = models[place.model] === undefined ? row : preferred(models[place.model], row);
  }
  for (const [key, { alias_of: target }] of Object.entries(map)) {
    const [from, to] = target === undefined ? [] : [placeOf(key, map[target], key), placeOf(target, map[target])];
    const row = to === undefined ? undefined : hosts[to.host]?.[to.model];
    if (row !== undefined) hosts[from.host][from.model] ??= row;
  }
  return hosts;
}

/** Last days by name and host of all that chats, `null` where the list has none: what coverage is counted by. */
export function readChats(map) {
  const hosts = {};
  for (const [key, entry] of Object.entries(map)) {
    if (entry.mode !== 'chat') continue;
    const [host = entry.litellm_provider] = providerOf(entry);
    hosts[host] ??= {};
    hosts[host][providerOf(entry)[0] === undefined ? key : bareName(key, entry)] = entry.deprecation_date ?? null;
  }
  return hosts;
}

function providerOf(entry) {
  const provider = entry?.litellm_provider ?? '';
  return PROVIDERS[provider] ?? (provider.startsWith('vertex_ai') ? ['vertex-ai', 'vertex_ai/'] : []);
}

/** Bedrock has two endpoints, and the list two beginnings for them. */
function bareName(name, entry) {
  const [, prefix = ''] = providerOf(entry);
  return [prefix, 'bedrock/'].reduce((text, start) => (text.startsWith(start) ? text.slice(start.length) : text), name).toLowerCase();
}

function placeOf(key, entry, name = key) {
  const [host] = providerOf(entry);
  if (host === undefined || !MODES.has(entry.mode) || /-month-commitment\//.test(key)) return undefined;
  return { host, model: bareName(name, entry) };
}

function rowOf(host, entry) {
  const prices = {};
  for (const [name, field] of Object.entries(FIELDS)) {
    const rate = readRate(entry, field);
    if (rate !== undefined) prices[name] = rate;
  }
  const long = LONG_WRITES.map((field) => readRate(entry, field)).find((rate) => rate !== undefined);
  if (long !== undefined) prices.cacheWrite1h = long;
  // A write that is listed as free is billed as input.
  if (prices.cacheWrite5m !== undefined && baseOf(prices.cacheWrite5m) === 0) delete prices.cacheWrite5m;
  if (prices.output !== undefined && baseOf(prices.output) === 0 && entry.mode === 'embedding') delete prices.output;
  // Billed by the second or the character, or listed as free, which may only say that nobody knows.
  if (prices.input === undefined || Object.values(prices).every((rate) => baseOf(rate) === 0)) return undefined;
  if (prices.output === undefined && entry.mode !== 'embedding') return undefined;
  const calls = callsOf(host, entry);
  if (calls !== undefined) prices.calls = calls;
  const row = { mode: entry.mode };
  if (entry.max_input_tokens > 0) row.maxInput = Number(entry.max_input_tokens);
  if (entry.max_output_tokens > 0 && entry.mode !== 'embedding') row.maxOutput = Number(entry.max_output_tokens);
  const tiers = tiersOf(entry, prices);
  if (Object.keys(tiers).length > 0) row.tiers = tiers;
  const uplift = Math.max(0, ...UPLIFTS.map((field) => entry[field] ?? 0));
  if (uplift > 1) row.regional = Math.ceil(Math.round(uplift * 1e4) / 100);
  row.prices = [prices, ...offPeak(entry, prices)];
  const facts = factsOf(entry);
  if (facts !== undefined) row.facts = facts;
  if (/^https:\/\/(?!management\.)/.test(entry.source ?? '')) row.page = entry.source.split(/[?#]/)[0];
  return row;
}

function readRate(entry, field) {
  if (typeof entry[field] !== 'number') return undefined;
  const steps = Object.keys(entry)
    .map((name) => [name, new RegExp(`^${field}_above_(\\d+)k_tokens$`).exec(name)])
    .filter(([name, match]) => match !== null && typeof entry[name] === 'number')
    .map(([name, match]) => [Number(match[1]) * 1_000, perToken(entry[name])])
    .sort(([left], [right]) => left - right);
  return rateOf(perToken(entry[field]), steps);
}

/** Percent of the list price by tier: of the class whose factor is the largest. */
function tiersOf(entry, prices) {
  const tiers = {};
  for (const [suffix, tier] of Object.entries(TIERS)) {
    for (const [name, field] of Object.entries(FIELDS)) {
      const listed = entry[`${field}_${suffix}`];
      if (typeof listed !== 'number' || prices[name] === undefined || baseOf(prices[name]) === 0) continue;
      const percent = Math.ceil((perToken(listed) * 1e6) / baseOf(prices[name])) / 1e4;
      tiers[tier] = Math.max(tiers[tier] ?? 0, Math.abs(percent - Math.round(percent)) < 0.01 ? Math.round(percent) : percent);
    }
  }
  const { us, fast } = entry.provider_specific_entry ?? {};
  if (typeof us === 'number') tiers.us = Math.round(us * 100);
  if (typeof fast === 'number') tiers.fast = Math.round(fast * 100);
  if (typeof us === 'number' && typeof fast === 'number') tiers['fast-us'] = Math.round(us * fast * 100);
  return tiers;
}

/** What the listed fee of a search is for: Sonar always searches, one fee for each request; of OpenAI's two searches the list has the older one's. */
const SEARCHES = { perplexity: 'request', openai: 'web_search_preview' };

function callsOf(host, entry) {
  const calls = {};
  const searches = Object.values(entry.search_context_cost_per_query ?? {}).filter((usd) => typeof usd === 'number');
  if (searches.length > 0) calls[SEARCHES[host] ?? 'web_search'] = perCall(Math.max(...searches));
  if (typeof entry.input_cost_per_request === 'number') calls.request = perCall(entry.input_cost_per_request);
  return Object.keys(calls).length === 0 || Object.values(calls).every((nano) => nano === 0) ? undefined : calls;
}

/** Cheaper hours, in minutes of the UTC day, on days of the week (1 is Monday). */
function offPeak(entry, peak) {
  const cheaper = entry.off_peak_pricing;
  if (cheaper === undefined) return [];
  const prices = { ...peak };
  for (const [name, field] of Object.entries(FIELDS)) if (typeof cheaper[field] === 'number') prices[name] = perToken(cheaper[field]);
  return cheaper.windows.flatMap(({ hours_utc: hours, weekdays }) =>
    [hours].flat().map((range) => {
      const [start, end] = range.split('-').map(minuteOf);
      return { hours: [start, end === 0 ? 1_440 : end], days: weekdays, ...prices };
    }),
  );
}

function minuteOf(time) {
  const [hours, minutes] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Two keys of one model: the one that costs more, so that nothing is ever charged too little. */
function preferred(left, right) {
  const sum = ({ prices }) => baseOf(prices[0].input ?? 0) + baseOf(prices[0].output ?? 0);
  const [dear, other] = sum(left) >= sum(right) ? [left, right] : [right, left];
  return {
    ...other,
    ...dear,
    ...larger('maxInput', left, right),
    ...larger('maxOutput', left, right),
    ...(dear.facts === undefined && other.facts === undefined ? {} : { facts: { ...other.facts, ...dear.facts } }),
    ...(dear.tiers === undefined && other.tiers === undefined ? {} : { tiers: { ...other.tiers, ...dear.tiers } }),
  };
}

function larger(field, left, right) {
  const most = Math.max(left[field] ?? 0, right[field] ?? 0);
  return most === 0 ? {} : { [field]: most };
}
