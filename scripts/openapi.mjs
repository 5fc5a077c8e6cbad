/** Writes docs/openapi.json from the route tables and schemas in lambda/, and docs/errors.md from the catalogue of errors. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
try {
  const outfile = join(folder, 'openapi.mjs');
  await build({
    stdin: {
      contents: `
        import { openApiDocument } from './lambda/admin/openapi';
        import { routes } from './lambda/admin/routes';
        import { ROUTES } from './lambda/proxy/before/routes';
        export const make = (version) => openApiDocument(routes, ROUTES, version);
        export { errorPage } from './lambda/admin/error-page';
      `,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
    logLevel: 'warning',
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
  const { make, errorPage } = await import(pathToFileURL(outfile).href);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(root, 'docs/errors.md'), await errorPage());
  writeFileSync(join(root, 'docs/openapi.json'), `${JSON.stringify(make(version), null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
