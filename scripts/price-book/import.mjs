/**
 * Writes the committed extract of one of the two public lists: `genai-prices DATE`, from the installed package, or
 * `litellm FILE VERSION DATE`, from `model_prices_and_context_window_backup.json` of the package on PyPI. DATE is the version's day.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGenaiPrices } from './genai-prices.mjs';
import { readChats, readLitellm } from './litellm.mjs';

const [which, ...rest] = process.argv.slice(2);
const lists = join(import.meta.dirname, 'lists');

if (which === 'genai-prices') {
  const { findProvider } = await import('@pydantic/genai-prices');
  const installed = join(import.meta.dirname, '../../node_modules/@pydantic/genai-prices/package.json');
  const { version } = JSON.parse(readFileSync(installed, 'utf8'));
  write(
    { name: 'genai-prices', package: 'npm @pydantic/genai-prices', version, date: rest[0], license: 'MIT' },
    readGenaiPrices(findProvider),
  );
} else if (which === 'litellm') {
  const [file, version, date] = rest;
  const [map, source] = [
    JSON.parse(readFileSync(file, 'utf8')),
    { name: 'litellm', package: 'PyPI litellm', version, date, license: 'MIT' },
  ];
  write(source, readLitellm(map));
  write(source, readChats(map), join(import.meta.dirname, '../models/litellm-chats.json'));
} else {
  throw new Error('usage: import.mjs genai-prices DATE | litellm FILE VERSION DATE');
}

/** A line a model, so that a newer version shows what it changes. */
function write(source, hosts, file = join(lists, `${source.name}.json`)) {
  if (!/^\d{4}-\d\d-\d\d$/.test(source.date ?? '')) throw new Error('the day of the version is given as YYYY-MM-DD');
  const lines = Object.keys(hosts)
    .sort()
    .map((host) => {
      const models = Object.keys(hosts[host]).sort();
      const rows = models.map((model) => `${JSON.stringify(model)}:${JSON.stringify(hosts[host][model])}`);
      return `${JSON.stringify(host)}:{\n${rows.join(',\n')}\n}`;
    });
  writeFileSync(file, `{"source":${JSON.stringify(source)},\n"hosts":{\n${lines.join(',\n')}\n}}\n`);
}
