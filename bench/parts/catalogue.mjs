/** What it costs to write a call for a model of which much is known. */
import { start } from '../processes.mjs';

export async function measureCatalogue({ root, row }) {
  const { unknown, told, asked } = await start(root, 'dist/bench/catalogue.mjs');
  const agent = "CPU of writing an agent's call with 20 tools for two other dialects";
  row(
    'catalogue',
    `${agent}, the catalogue asked, against its facts at hand`,
    'us',
    { of: 'reference', most: 1.05 },
    { reference: told, gateway: asked },
  );
  row('catalogue-fitting', `${agent}, fitted to known models, against models of which nothing is known`, 'us', undefined, {
    reference: unknown,
    gateway: asked,
  });
}
