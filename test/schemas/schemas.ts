import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';

/** What vendors' own packages say of a body: those of OpenAI and Anthropic as they are installed, the others as committed extracts. */

const ROOT = join(__dirname, '../..');
const EXTRACTS = join(ROOT, 'test/schemas/extracts');

/** A body of a vendor's API: `openai-chat`, `bedrock Converse`. */
export type SchemaName = string;

interface Extract {
  readonly bodies: Readonly<Record<string, object>>;
  readonly definitions: object;
}

/** What is wrong with a body; empty when nothing is. */
export type Check = (body: unknown) => string[];

const checks = new Map<SchemaName, Check>();
let installed: Readonly<Record<string, object>> | undefined;

/** Reading the types takes seconds, on a busy machine many: for `beforeAll`. */
export const READING_MS = 300_000;

export function checkOf(name: SchemaName): Check {
  let check = checks.get(name);
  if (check === undefined) {
    const schema = readSchema(name);
    const isValid = compiled(schema, false);
    let explained: ValidateFunction | undefined;
    check = (body) => {
      if (isValid(body)) return [];
      explained ??= compiled(schema, true);
      explained(body);
      return nearest(explained, body);
    };
    checks.set(name, check);
  }
  return check;
}

/** @param allErrors takes several times as long */
function compiled(schema: object, allErrors: boolean): ValidateFunction {
  return new Ajv({ strict: false, allErrors, validateFormats: false }).compile(schema);
}

export function readSchema(name: SchemaName): object {
  const [vendor = '', body = ''] = name.split(' ');
  installed ??= ofInstalled();
  if (installed[name] !== undefined) return installed[name];
  const { bodies, definitions } = JSON.parse(readFileSync(join(EXTRACTS, `${vendor}.json`), 'utf8')) as Extract;
  if (bodies[body] === undefined) throw new Error(`no extract says what ${name} is`);
  return { ...bodies[body], definitions };
}

/** Types are read once for all tests, as long as the packages and the reader stay the same. */
function ofInstalled(): Readonly<Record<string, object>> {
  const script = join(ROOT, 'scripts/schemas/of-installed.mjs');
  const versions = ['openai', '@anthropic-ai/sdk', 'ts-json-schema-generator'].map((name) =>
    readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'),
  );
  const hash = createHash('sha256');
  for (const text of [...versions, readFileSync(script, 'utf8'), readFileSync(join(ROOT, 'scripts/schemas/of-types.mjs'), 'utf8')])
    hash.update(text);
  const folder = join(ROOT, 'node_modules/.cache/schemas');
  const file = join(folder, `${hash.digest('hex').slice(0, 16)}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    const text = execFileSync(process.execPath, [script], { encoding: 'utf8', maxBuffer: 1 << 26 });
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    return JSON.parse(text);
  }
}

/** Of the errors that a union gives for each of its members those of the member that was meant: the deepest, and none of another constant. */
function nearest({ errors }: ValidateFunction, body: unknown): string[] {
  const told = (errors ?? []).filter(({ keyword }) => !['anyOf', 'oneOf', 'if'].includes(keyword));
  const meant = told.filter(({ keyword, instancePath }) => keyword !== 'const' && instancePath !== '/stream');
  const likely = meant.length === 0 ? told : meant;
  const deepest = Math.max(...likely.map(depthOf));
  return [...new Set(likely.filter((error) => depthOf(error) === deepest).map((error) => textOf(error, body)))];
}

function depthOf({ instancePath, keyword }: ErrorObject): number {
  return instancePath.split('/').length + (keyword === 'additionalProperties' ? 0.5 : 0);
}

function textOf({ instancePath, keyword, params, message }: ErrorObject, body: unknown): string {
  const place = instancePath === '' ? 'the body' : instancePath;
  const extra = keyword === 'additionalProperties' ? ` ${params['additionalProperty']}` : '';
  return `${place} ${message}${extra}: ${JSON.stringify(valueAt(body, instancePath))?.slice(0, 200)}`;
}

function valueAt(body: unknown, path: string): unknown {
  let value = body;
  for (const name of path.split('/').slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}
