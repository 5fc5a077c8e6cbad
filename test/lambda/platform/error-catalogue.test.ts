import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorPage } from '../../../lambda/admin/error-page';
import { GatewayError } from '../../../lambda/platform/error';
import { ERRORS, type ErrorCode } from '../../../lambda/platform/error-catalogue';
import { ERROR_WORDS } from '../../../lambda/platform/error-words';

const root = join(__dirname, '../../..');
const CODES = Object.keys(ERRORS) as ErrorCode[];

/** Texts of the TypeScript files of a folder, but for the catalogue's own. */
function textsOf(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/error-(catalogue|words)/.test(file))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'))
    .join('\n');
}

test('no code is dead: some code produces it, and a test sees it', () => {
  const [source, tests] = [textsOf('lambda') + textsOf('lib').replace(/\bEdgeErrorCode =[^;]*;/, ''), textsOf('test')];
  const dead = CODES.filter((code) => !source.includes(`'${code}'`) && !/^key_(blocked|revoked)$/.test(code));
  const unseen = CODES.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests));

  expect({ dead, unseen }).toEqual({ dead: [], unseen: [] });
});

test('docs/errors.md is what the catalogue says today; `node scripts/openapi.mjs` writes it', async () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(await errorPage());
});

test('docs/openapi.json lists every code', () => {
  const { components } = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8'));

  expect(components.schemas.ErrorCode.enum).toEqual([...CODES].sort());
});

test('every code leads to an entry of the runbook', () => {
  const headings = [...readFileSync(join(root, 'docs/runbook.md'), 'utf8').matchAll(/^## (.+)$/gm)];
  const anchors = headings.map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'));

  for (const code of CODES) expect([code, anchors.includes(ERROR_WORDS[code].runbook)]).toEqual([code, true]);
});

test('a case may rule out another try, and shows a provider’s own code beside ours', () => {
  const error = new GatewayError({ code: 'upstream_error', message: 'x', retryable: false, providerCode: 'theirs' });

  expect([error.status, error.type, error.retryable, error.code, error.shownCode]).toEqual([
    502,
    'upstream_error',
    false,
    'upstream_error',
    'theirs',
  ]);
});
