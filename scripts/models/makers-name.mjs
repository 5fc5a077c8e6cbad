/** `makersName` of `lambda/wire/models/model-id.ts`, for scripts: one definition, built on the fly. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const { outputFiles } = buildSync({
  entryPoints: [join(import.meta.dirname, '../../lambda/wire/models/model-id.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
export const { makersName } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
