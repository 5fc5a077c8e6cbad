/** Jest's transform of the repository's own, with one change of a source put in: `CHANGE` is `{ file, start, end, replacement }` as JSON. */
const { createHash } = require('node:crypto');
const swc = require('@swc/jest');

const change = process.env.CHANGE === undefined ? undefined : JSON.parse(process.env.CHANGE);
const stamp = createHash('sha256')
  .update(process.env.CHANGE ?? '')
  .digest('hex');

exports.createTransformer = (options) => {
  const inner = swc.createTransformer(options);
  const isChanged = (path) => path === change?.file;
  const changed = (source) => source.slice(0, change.start) + change.replacement + source.slice(change.end);
  return {
    ...inner,
    process: (source, path, transformOptions) => inner.process(isChanged(path) ? changed(source) : source, path, transformOptions),
    getCacheKey: (source, path, transformOptions) => inner.getCacheKey(source, path, transformOptions) + (isChanged(path) ? stamp : ''),
  };
};
