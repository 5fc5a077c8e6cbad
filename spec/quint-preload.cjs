/**
 * Loaded before Quint: its range admits `antlr4ts` 0.5.0-dev, which requires parts of itself in a circle and keeps its modules
 * in another folder than the release that Quint was made with. Without that version this file does nothing.
 */
const Module = require('node:module');
const { join } = require('node:path');

const root = join(__dirname, '../node_modules/antlr4ts');
if (require(join(root, 'package.json')).version === '0.5.0-dev') {
  // Quint uses neither of the two parts.
  for (const part of ['xpath', 'pattern']) {
    const file = join(root, 'dist/tree', part, 'index.js');
    require.cache[file] = { id: file, filename: file, path: join(root, part), loaded: true, exports: {}, children: [], paths: [] };
  }
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    return resolve.call(this, request.replace(/^antlr4ts\/(?!dist\/)/, 'antlr4ts/dist/'), ...rest);
  };
}
