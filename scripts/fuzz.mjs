/** `npm run fuzz`: gives every hand-written reader random and damaged inputs. See CONTRIBUTING.md and test/fuzz. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(fileURLToPath(import.meta.url), '../..');
const outfile = join(root, 'dist/fuzz/command.cjs');
await build({
  entryPoints: [join(root, 'test/fuzz/command.ts')],
  bundle: true,
  outfile,
  format: 'cjs',
  platform: 'node',
  packages: 'external',
  define: { __dirname: JSON.stringify(join(root, 'test/fuzz')) },
  logLevel: 'warning',
});
const { main } = (await import(pathToFileURL(outfile).href)).default;
process.exitCode = await main();
