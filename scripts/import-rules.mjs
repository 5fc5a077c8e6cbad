/** Who may import whom: the architecture as rules over the text of the sources. `check-imports.mjs` runs them. See ARCHITECTURE.md. */
import { builtinModules } from 'node:module';
import { dirname, join, normalize, sep } from 'node:path';
import { circlesOf } from './import-circles.mjs';

/** Rooms of the runtime in their order: each may import those to its left. */
const ORDER = ['platform', 'wire', 'money', 'identity', 'routing', 'guardrails', 'archive', 'aws', 'simulated'];

/** They join the rooms; none imports another, and nothing imports them. */
const FUNCTIONS = ['proxy', 'admin', 'usage', 'sweeper', 'archiver', 'exporter', 'reconciler'];

/** Folders of wire of which each part is loaded by itself, and entered by its own `index.ts` from inside the room too. */
const BY_ITSELF = /^lambda\/wire\/(?:dialects|protocols|operations)\/[^/]+\//;

/** Lists what the dialects declare of themselves, which is known before anything of them is loaded. */
const DIALECTS = 'lambda/wire/dialects/index.ts';
const DECLARATION = /^lambda\/wire\/dialects\/[^/]+\/declaration\.ts$/;

/** May name a dialect: its line in the list, and what says which wire formats providers speak. */
const NAMES_DIALECTS = /^lambda\/wire\/(?:dialects\/index|model\/request|(?:providers|protocols|operations)\/.*)\.ts$/;

/** What the command shows of requests, it shows by the same definition as everyone. */
const SHARED_WITH_COMMANDS = ['lambda/money/record/index.ts', 'lambda/money/reconciliation/index.ts'];

/** All that the library, the runtime and the command share. */
const CONTRACT = 'lib/private/contract/';

/** They do no I/O, read no environment and import no package. */
const PURE = ['wire', 'money'];
const PURE_BUILTINS = new Set(['node:buffer', 'node:crypto', 'node:zlib']);

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

/** A model's version in a string or a pattern. */
const MODEL_VERSION =
  /\b(?:claude|sonnet|opus|haiku|gpt|codex|gemini|grok|nova|llama|qwen|kimi|glm|mistral|magistral|deepseek|minimax)(?![A-Za-z])(?:(?!cohere)[^\s'"`,;/]){0,40}?(?:\d|\\d)|(?<![\w-])o\d(?:-(?:mini|pro|preview)|\*)/;
/** They may know versions: the catalogue, what providers declare, prices, and examples for people. */
const KNOWS_VERSIONS =
  /^lambda\/(?:wire\/models|wire\/providers|money\/pricing|admin\/schemas)\/|^lambda\/wire\/dialects\/openai-responses\/billed-units\.ts$/;

/** Each operation has a folder here, and only there it is told apart from the others. */
const KNOWS_OPERATIONS = /^lambda\/wire\/operations\//;
const OPERATION = /^lambda\/wire\/operations\/([^/]+)\/index\.ts$/;

/** Lists every kind of provider. */
const PROVIDERS = 'lambda/wire/providers/index.ts';
/** They may tell providers apart: what one is like, and what it charges. */
const KNOWS_PROVIDERS = /^lambda\/(?:wire\/providers|money\/pricing)\//;

const IMPORT =
  /(?:^|[\n;])\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"`]([^'"`$]+)['"`]\s*[,)]|(?:^|[\n;])\s*import\s*['"]([^'"]+)['"]/g;

/**
 * Every breach of the architecture, as `file:line  rule (import)`.
 *
 * @param sources texts of the TypeScript files under lib, lambda, local and bin, by path from the root
 */
export function importBreaches(sources) {
  const breaches = [];
  const arrows = new Map();
  const operations = [...sources.keys()].flatMap((file) => OPERATION.exec(file)?.[1] ?? []);
  const toldApart = [
    { word: comparisonOf(operations), known: KNOWS_OPERATIONS, rule: 'ask what the operation declares, not which one it is' },
    {
      word: comparisonOf(kindsOf(sources.get(PROVIDERS) ?? '')),
      known: KNOWS_PROVIDERS,
      rule: 'ask what the provider declares, not which one it is',
    },
  ];
  for (const [file, text] of sources) {
    const targets = [];
    for (const { specifier, line } of importsOf(text)) {
      const target = specifier.startsWith('.') ? resolved(sources, file, specifier) : undefined;
      const breach = target === undefined ? packageBreach(file, specifier) : relativeBreach(file, target);
      if (breach !== undefined) breaches.push(`${file}:${line}  ${breach} (${specifier})`);
      if (sources.has(target)) targets.push(target);
    }
    arrows.set(file, targets);
    if (!file.startsWith('lambda/')) continue;
    if (![...ORDER, ...FUNCTIONS].includes(roomOf(file)))
      breaches.push(`${file}:1  no room of the architecture: give it a place in the order`);
    breaches.push(...wordBreaches(file, text), ...comparisonBreaches(file, text, toldApart));
  }
  for (const circle of circlesOf(arrows)) breaches.push(`${circle[0]}:1  a circle: ${circle.join(' -> ')}`);
  return [...breaches, ...namedDialects(sources), ...namedVersions(sources)];
}

/** What was found in a text before: tests ask again and again about the same sources. */
const imports = new Map();
const words = new Map();
const versions = new Map();
const codes = new Map();

function remembered(known, text, find) {
  if (!known.has(text)) known.set(text, find(text));
  return known.get(text);
}

function importsOf(text) {
  return remembered(imports, text, () =>
    [...withoutComments(text).matchAll(IMPORT)].map((match) => ({
      specifier: match[1] ?? match[2] ?? match[3],
      line: lineAt(text, match.index + match[0].length),
    })),
  );
}

function lineAt(text, index) {
  return text.slice(0, index).split('\n').length;
}

/** The file that a relative import means; as it is written where there is none. */
function resolved(sources, file, specifier) {
  const path = normalize(join(dirname(file), specifier))
    .split(sep)
    .join('/');
  return [`${path}.ts`, `${path}/index.ts`, path.replace(/\.js$/, '.ts')].find((candidate) => sources.has(candidate)) ?? path;
}

function roomOf(path) {
  return /^lambda\/([^/]+)\//.exec(path)?.[1];
}

function relativeBreach(file, target) {
  if (file.startsWith(CONTRACT)) return target.startsWith(CONTRACT) ? undefined : 'the contract imports nothing';
  if (target.startsWith(CONTRACT) && target !== `${CONTRACT}index.ts`) return 'the contract is entered by its index.ts alone';
  if (file === 'bin/app.ts') return target === 'lib/index.ts' ? undefined : 'bin/app.ts imports lib/index only, as a user would';
  const [part, other] = [file, target].map((path) => path.slice(0, path.indexOf('/')));
  if (part === 'lib') return other === 'lib' ? undefined : 'lib imports aws-cdk-lib, constructs and itself only';
  if (other === 'lib') return target === `${CONTRACT}index.ts` ? undefined : `${part} imports lib/private/contract only`;
  if (part === 'lambda') {
    return other === 'lambda' ? roomBreach(file, target) : 'lambda imports neither the local run, the command nor tests';
  }
  if (other === 'lambda') {
    if (part === 'local') return faceBreach(roomOf(target), target);
    return file.startsWith('bin/commands/') && SHARED_WITH_COMMANDS.includes(target) ? undefined : 'the command goes through the local run';
  }
  if (part === 'local' && other !== 'local') return 'the local run imports itself, faces of the runtime and the contract';
  return part === 'bin' && other !== 'bin' && other !== 'local' ? 'the command imports itself, the local run and the contract' : undefined;
}

function roomBreach(file, target) {
  const [room, other] = [roomOf(file), roomOf(target)];
  if (room !== other) {
    const mayImport = FUNCTIONS.includes(room) ? ORDER : ORDER.slice(0, ORDER.indexOf(room));
    if (FUNCTIONS.includes(other)) return `only lambda/${other} imports lambda/${other}; what two need is a room below them`;
    return mayImport.includes(other) ? faceBreach(other, target) : `lambda/${room} may not import lambda/${other}`;
  }
  const part = BY_ITSELF.exec(target)?.[0];
  const declared = file === DIALECTS && DECLARATION.test(target);
  const reached = part !== undefined && !file.startsWith(part) && target !== `${part}index.ts` && !declared;
  return reached ? `${part} is entered by its index.ts alone` : undefined;
}

/** Rooms that have an `index.ts` at their top; the others have one a folder, and what stands beside the folders. */
const ONE_FACE = ['identity', 'routing', 'guardrails', 'archive', 'simulated'];

function faceBreach(room, target) {
  if (!ORDER.includes(room)) return `lambda/${room} is entered by nobody`;
  const [first, ...rest] = target.slice(`lambda/${room}/`.length).split('/');
  const inside = ONE_FACE.includes(room) ? rest.length > 0 || first !== 'index.ts' : rest.length > 0 && rest.join('/') !== 'index.ts';
  return inside ? `past the face of lambda/${room}: enter it by an index.ts` : undefined;
}

function packageBreach(file, specifier) {
  if (file.startsWith(CONTRACT)) return 'the contract imports nothing';
  const room = roomOf(file);
  if (specifier.startsWith('node:')) {
    return PURE.includes(room) && !PURE_BUILTINS.has(specifier) ? `lambda/${room} does no I/O` : undefined;
  }
  if (builtinModules.includes(specifier)) return 'import Node built-ins with node:';
  if (PURE.includes(room)) return `lambda/${room} imports no package`;
  const rule = PACKAGES.find(({ under }) => file.startsWith(under));
  return rule === undefined || rule.allow.some((pattern) => pattern.test(specifier))
    ? undefined
    : `${specifier} is not an approved package here`;
}

function wordBreaches(file, text) {
  return remembered(words, text, wordsIn)
    .filter(({ allow }) => !allow.includes(file))
    .map(({ line, rule }) => `${file}:${line}  ${rule}`);
}

/** The same text, at the same places. What stands in quotes begins no comment. */
function withoutComments(text) {
  return remembered(codes, text, () =>
    text.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (found) =>
      found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found,
    ),
  );
}

/** What compares something with the name of an operation, whichever way round; undefined where there are none. */
function comparisonOf(names) {
  if (names.length === 0) return undefined;
  const name = `(['"\`])(?:${names.join('|')})\\1`;
  const [before, inCase, inList] = ['\\2', '\\3', '\\4'].map((quote) => name.replace('\\1', quote));
  const listed = `\\[[^\\]]*${inList}[^\\]]*\\](?:\\.includes\\(|\\)\\.has\\()`;
  return new RegExp(`[!=]==?\\s*${name}|${before}\\s*[!=]==?|\\bcase\\s+${inCase}|${listed}`);
}

function comparisonBreaches(file, text, toldApart) {
  const code = withoutComments(text);
  return toldApart.flatMap(({ word, known, rule }) => {
    const found = word === undefined || known.test(file) ? null : word.exec(code);
    return found === null ? [] : [`${file}:${lineAt(code, found.index)}  ${rule}`];
  });
}

/** Names of kinds in the list of providers. */
function kindsOf(list) {
  const table = /Record<ProviderKind[\s\S]*?= \{([\s\S]*?)\n\}/.exec(list)?.[1] ?? '';
  return [...table.matchAll(/^ {2}'?([a-z][a-z-]*)'?(?::|,)/gm)].map(([, kind]) => kind);
}

function wordsIn(text) {
  const code = withoutComments(text);
  return WORDS.flatMap(({ word, allow, rule }) => {
    const found = word.exec(code);
    return found === null ? [] : [{ line: lineAt(code, found.index), allow, rule }];
  });
}

/** Names of dialects outside of their folders: what a dialect is like is asked of it, so that a new one is a folder and a line. */
function namedDialects(sources) {
  const names = new Set([...sources.keys()].flatMap((file) => /^lambda\/wire\/dialects\/([^/]+)\//.exec(file)?.[1] ?? []));
  if (names.size === 0) return [];
  const list = sources.get(DIALECTS) ?? '';
  const unlisted = [...names].filter((name) => !list.includes(`'./${name}/declaration'`) || !list.includes(`  '${name}': `));
  const word = new RegExp(`(['"\`])(${[...names].join('|')})\\1`);
  const lost = unlisted.map((name) => `lambda/wire/dialects/${name}/declaration.ts:1  the dialect ${name} has no line in ${DIALECTS}`);
  const named = [...sources].flatMap(([file, text]) => {
    if (!file.startsWith('lambda/') || NAMES_DIALECTS.test(file)) return [];
    const found = word.exec(withoutComments(text));
    if (found === null || file.startsWith(`lambda/wire/dialects/${found[2]}/`)) return [];
    return [`${file}:${lineAt(text, found.index)}  the dialect ${found[2]} is named outside of its folder: ask its declaration or codec`];
  });
  return [...lost, ...named];
}

/** Versions of models outside of the catalogue: what a model can do is asked of it, so that a new model is a row of data. */
function namedVersions(sources) {
  return [...sources].flatMap(([file, text]) => {
    if (!file.startsWith('lambda/') || KNOWS_VERSIONS.test(file)) return [];
    const found = remembered(versions, text, (whole) => MODEL_VERSION.exec(withoutComments(whole)));
    return found === null ? [] : [`${file}:${lineAt(text, found.index)}  a model's version (${found[0]}): ask lambda/wire/models`];
  });
}
