/**
 * Who may import whom: the architecture as rules that a build can fail on. See ARCHITECTURE.md.
 * Prints each breach as `file:line  rule`, exits 1 when there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const FUNCTIONS = ['proxy', 'admin', 'usage', 'sweeper'];
const PURE = /^lambda\/wire\/(model|operations|dialects|protocols|providers)\//;
const PURE_BUILTINS = new Set(['node:buffer', 'node:crypto']);

/** Declarations of Lambda's events; there is no such package at run time. */
const TYPES_ONLY = /^aws-lambda$/;

/** Third-party packages each part may import. */
const PACKAGES = [
  { under: 'lib/', allow: [/^aws-cdk-lib(\/|$)/, /^constructs$/] },
  { under: 'bin/app.ts', allow: [/^aws-cdk-lib(\/|$)/, /^constructs$/] },
  { under: 'lambda/usage/', allow: [/^@aws-sdk\/client-/, /^aws-lambda-stream\//, /^highland$/, TYPES_ONLY] },
  { under: 'lambda/platform/http/', allow: [/^undici(\/|$)/] },
  {
    under: 'lambda/',
    allow: [/^@aws-sdk\/client-(bedrock-runtime|dynamodb|secrets-manager|sqs|eventbridge)$/, /^@smithy\/node-http-handler$/, TYPES_ONLY],
  },
  { under: 'local/', allow: [/^dynalite\//, /^@aws-sdk\//, /^@smithy\//, /^memory-level$/] },
  { under: 'bin/', allow: [] },
];

/** Words that only one place may use. */
const WORDS = [
  {
    word: /\bprocess\.env\b/,
    allow: ['lambda/platform/runtime/environment.ts'],
    rule: 'the environment is read in lambda/platform/runtime/environment.ts alone',
  },
  {
    word: /\b(Date\.now|performance\.now)\(/,
    allow: ['lambda/platform/runtime/clock.ts'],
    rule: 'the time is told by lambda/platform/runtime/clock.ts alone',
  },
  { word: /\bnew Date\(\)/, allow: [], rule: 'the time is told by lambda/platform/runtime/clock.ts alone' },
  { word: /(?:\bawait|\breturn|=>?|\bglobalThis\.)\s*fetch\(/, allow: [], rule: 'no global fetch: use the Transport' },
  { word: /\b(ReadableStream|TransformStream|TextDecoderStream)\b/, allow: [], rule: 'no web streams' },
  { word: /\b(eval|new Function)\(/, allow: [], rule: 'no code from strings' },
];

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(root.length + 1)
        .split(sep)
        .join('/'),
    );
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

function importsOf(text) {
  return [...text.matchAll(IMPORT)].map((match) => ({
    specifier: match[1] ?? match[2] ?? match[3],
    line: lineAt(text, match.index + match[0].length),
  }));
}

function lineAt(text, index) {
  return text.slice(0, index).split('\n').length;
}

function functionOf(path) {
  const name = /^lambda\/([^/]+)/.exec(path)?.[1];
  return FUNCTIONS.includes(name) ? name : undefined;
}

function relativeBreach(file, target) {
  if (file === 'lib/private/contract.ts') return 'contract.ts imports nothing';
  if (file === 'bin/app.ts' && !/^lib(\/index)?$/.test(target)) return 'bin/app.ts imports lib/index only, as a user would';
  if (file.startsWith('lib/') && !target.startsWith('lib/')) return 'lib imports aws-cdk-lib, constructs and itself only';
  if (!file.startsWith('lambda/')) return undefined;

  if (target.startsWith('lib/') && target !== 'lib/private/contract') return 'lambda imports lib/private/contract only';
  if (/^(local|bin|test|bench)\//.test(target)) return 'lambda imports neither the local run, the command nor tests';
  const [from, to] = [functionOf(file), functionOf(target)];
  if (to !== undefined && from !== to) return `only lambda/${to} imports lambda/${to}; what two need is a room below them`;

  return undefined;
}

function packageBreach(file, specifier) {
  if (specifier.startsWith('node:')) {
    const impure = PURE.test(file) && !PURE_BUILTINS.has(specifier);
    return impure ? 'lambda/wire do no I/O' : undefined;
  }
  if (builtinModules.includes(specifier)) return 'import Node built-ins with node:';
  if (PURE.test(file)) return 'lambda/wire import no package';
  const rule = PACKAGES.find(({ under }) => file.startsWith(under));
  return rule === undefined || rule.allow.some((pattern) => pattern.test(specifier))
    ? undefined
    : `${specifier} is not an approved package here`;
}

const breaches = [];
for (const file of ['lib', 'lambda', 'local', 'bin'].flatMap(sources)) {
  const text = readFileSync(join(root, file), 'utf8');
  for (const { specifier, line } of importsOf(text)) {
    const breach = specifier.startsWith('.')
      ? relativeBreach(
          file,
          normalize(join(dirname(file), specifier))
            .split(sep)
            .join('/'),
        )
      : packageBreach(file, specifier);
    if (breach !== undefined) breaches.push(`${file}:${line}  ${breach} (${specifier})`);
  }
  if (!file.startsWith('lambda/')) continue;
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));
  for (const { word, allow, rule } of WORDS) {
    const found = word.exec(code);
    if (found !== null && !allow.includes(file)) breaches.push(`${file}:${lineAt(code, found.index)}  ${rule}`);
  }
}

for (const breach of breaches) console.error(breach);
console.log(breaches.length === 0 ? 'imports follow the architecture' : `${breaches.length} breaches of the architecture`);
process.exitCode = breaches.length === 0 ? 0 : 1;
