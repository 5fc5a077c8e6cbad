/** How much of what litellm's list says chats has a window, a longest answer and a price here, by the code that prices calls. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** The hosts that are held to `LEAST_PERCENT` together. */
const HELD = [
  'openai',
  'anthropic',
  'bedrock',
  'vertex-ai',
  'google-ai-studio',
  'azure-openai',
  'mistral',
  'cohere',
  'deepseek',
  'xai',
  'groq',
  'cerebras',
];
export const LEAST_PERCENT = 98;

const root = join(import.meta.dirname, '../..');
const { outputFiles } = buildSync({
  entryPoints: [join(root, 'lambda/money/pricing/index.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { createPriceBook } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** @returns `{ source, hosts: [{ host, held, models, known, missing }] }`, those that are held first, then the larger first */
export function coverage() {
  const { source, hosts } = read('scripts/models/litellm-chats.json');
  const book = createPriceBook(read('lambda/money/pricing/price-book.json'));
  const kinds = new Set([...Object.keys(read('lambda/money/pricing/price-book.json').lists)]);
  const counted = Object.entries(hosts).map(([host, models]) => {
    const live = Object.keys(models).filter((name) => models[name] === null || models[name] >= source.date);
    const missing = kinds.has(host) ? live.filter((name) => !isKnown(book, host, name, source.date)) : live;
    return { host, held: HELD.includes(host), models: live.length, known: live.length - missing.length, missing };
  });
  return { source, hosts: counted.sort((left, right) => right.held - left.held || right.models - left.models) };
}

/** Percent of the models of some hosts, with one decimal, rounded down. */
export function percentOf(hosts) {
  const sum = (field) => hosts.reduce((total, host) => total + host[field], 0);
  return Math.floor((sum('known') * 1_000) / sum('models')) / 10;
}

function isKnown(book, kind, listed, date) {
  const { model, region } = placeOf(listed);
  const price = book.lookup({ provider: kind, kind, model, ...(region === undefined ? {} : { regions: [region] }) }, Date.parse(date));
  return price !== undefined && price.tokensUnpriced !== true && price.contextWindow > 0 && price.maxOutputTokens > 0;
}

/** `us-east-1/1-month-commitment/anthropic.claude-v1`: capacity that is bought by the month is of that model. */
function placeOf(listed) {
  const name = listed.replace(/\d+-month-commitment\//, '').replace(/^\*\//, '');
  const [, region, model] = /^([a-z]{2}(?:-gov)?-[a-z]+-\d)\/(.+)$/.exec(name) ?? [];
  return region === undefined ? { model: name } : { model, region };
}

/** The table of docs/models.md. */
export function coverageTable({ source, hosts }) {
  const [held, rest] = [hosts.filter((host) => host.held), hosts.filter((host) => !host.held && host.known > 0)];
  const unserved = hosts.filter((host) => !host.held && host.known === 0);
  const row = (host, of) => `| ${host} | ${of.models} | ${of.known} | ${percentOf([of])} % |`;
  const all = (of) => ({ models: of.reduce((sum, { models }) => sum + models, 0), known: of.reduce((sum, { known }) => sum + known, 0) });
  return [
    `Counted by \`node scripts/models.mjs --coverage\` over the entries of litellm ${source.version} (${source.date}) with \`mode: chat\` and no`,
    'past deprecation date: those with a window, a longest answer and a price.',
    '',
    '| host | models | known | |',
    '|---|---:|---:|---:|',
    ...held.map((host) => row(`\`${host.host}\``, host)),
    row('**these together**', all(held)),
    ...rest.map((host) => row(`\`${host.host}\``, host)),
    row(`${unserved.length} hosts that are no kind of provider of their own`, all(unserved)),
  ].join('\n');
}
