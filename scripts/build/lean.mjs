/** What makes bundles smaller and quicker to load than their sources are, as plugins of esbuild. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const unused = join(import.meta.dirname, 'unused-module.cjs');

/** Data as a text that is parsed when it is needed: half the time of the same data as code. */
const dataAsText = {
  name: 'data-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.json$/ }, ({ path }) => {
      // What libraries read of themselves by name is left to esbuild, which drops the rest.
      if (path.includes('/node_modules/')) return undefined;
      const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};

/** The HTTP client is used with HTTP/1.1 and bodies in buffers, on processors that every Node.js of today has its quicker parser for. */
const leanHttpClient = {
  name: 'lean-http-client',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/(client-h2|web\/fetch\/body)\.js$/ }, ({ importer }) =>
      importer.includes('/undici/lib/') ? { path: unused } : undefined,
    );
    onResolve({ filter: /\/llhttp-wasm\.js$/ }, ({ resolveDir, kind }) => resolve('../llhttp/llhttp_simd-wasm.js', { resolveDir, kind }));
  },
};

export const LEAN = [dataAsText, leanHttpClient];
