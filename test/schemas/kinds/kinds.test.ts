/**
 * Kinds of calls that people reported to fail somewhere, asked for in every dialect and sent to every host: what leaves is what its vendor
 * takes, and still says what was asked. `KIND=document npm run schemas -- kinds` looks at some.
 */
import { loadPriceBook } from '../../../lambda/money/deployed-book';
import type { PriceBook } from '../../../lambda/money/pricing';
import { capabilitiesOf } from '../../../lambda/wire/models';
import type { ProviderKind } from '../../../lib/private/contract';
import { type SilentGateway, startSilentGateway } from '../gateway';
import { breachesOf, isPassedOn, passedBreaches } from '../rules';
import { checkOf, READING_MS } from '../schemas';
import { HISTORIES } from './histories';
import type { Kind } from './kind';
import { readLeft } from './left';
import { OWN_FIELDS } from './own-fields';
import { type DialectWord, PATHS, written } from './said';
import { SETTINGS } from './settings';
import { TARGETS } from './targets';
import { TOOLS_AND_SCHEMAS } from './tools-and-schemas';

const KINDS: Readonly<Record<string, Kind>> = { ...HISTORIES, ...SETTINGS, ...TOOLS_AND_SCHEMAS, ...OWN_FIELDS };
const DIALECTS: readonly DialectWord[] = ['chat', 'responses', 'messages'];
const CELLS = Object.entries(KINDS)
  .filter(([name]) => name.includes(process.env['KIND'] ?? ''))
  .flatMap(([name, kind]) => (kind.dialects ?? DIALECTS).map((dialect) => [name, dialect, kind] as const));

let gateway: SilentGateway;
let book: PriceBook;

beforeAll(async () => {
  gateway = await startSilentGateway();
  book = await loadPriceBook();
  checkOf('openai-chat');
}, READING_MS);
afterAll(() => gateway.close());

test.each(CELLS)(
  '%s, by %s, leaves as every host takes it',
  async (_, dialect, kind) => {
    const wrong: Record<string, readonly string[]> = {};
    for (const [index, target] of TARGETS.entries()) {
      const found = await breaches(kind, dialect, target, index % 2 === DIALECTS.indexOf(dialect) % 2);
      if (found.length > 0) wrong[target] = found;
    }

    expect(wrong).toEqual({});
  },
  120_000,
);

async function breaches(kind: Kind, dialect: DialectWord, target: string, stream: boolean): Promise<readonly string[]> {
  const path = PATHS[dialect];
  const body = { ...written(kind.said, dialect), ...(stream ? { stream } : {}) };
  const { sent, status, reply, warnings } = await gateway.ask({ path, body, typed: {}, headers: {} }, target);
  const [only] = sent;
  if (only === undefined) return refused(kind, status, reply);
  const [host, model] = [target.slice(0, target.indexOf('/')) as ProviderKind, target.slice(target.indexOf('/') + 1)];
  const mostOutputTokens = book.lookup({ provider: host, kind: host, model, free: true }, Date.now())?.maxOutputTokens;
  const left = { kind: host, path: only.path, body: only.body, can: capabilitiesOf(host, model), mostOutputTokens };
  // Whoever speaks a host's own dialect is taken at their word.
  if (isPassedOn(path, only.path)) return passedBreaches(left, { body, typed: {} });
  return [...breachesOf(left), ...(kind.wrong?.(readLeft(only.path.split('?')[0] as string, only.body), target, warnings) ?? [])];
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
function refused({ refusable }: Kind, status: number, reply: any): readonly string[] {
  const { message = '', param } = reply.error ?? {};
  return status === 400 && refusable?.test(`${param} ${message}`) === true ? [] : [`refused with ${status}: ${message}`];
}
