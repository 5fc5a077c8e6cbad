import fc from 'fast-check';
import { loadPriceBook } from '../../lambda/money/deployed-book';
import type { PriceBook } from '../../lambda/money/pricing';
import { capabilitiesOf } from '../../lambda/wire/models';
import { chatCall } from './calls/chat';
import { embeddingsCall } from './calls/embeddings';
import { countCall, messagesCall } from './calls/messages';
import type { RandomCall } from './calls/random-call';
import { responsesCall } from './calls/responses';
import { typedBodies } from './calls/typed';
import { type Outcome, type SilentGateway, startSilentGateway } from './gateway';
import { modelsAt, PLACES, type Place } from './places';
import { breachesOf, isPassedOn, passedBreaches, schemaBreachesOf } from './rules';
import { checkOf, READING_MS, type SchemaName } from './schemas';

/** Calls of each dialect at each place. `CASES=2000 SEED=7 npm run schemas` looks further. */
const CASES = Number(process.env['CASES'] ?? 100);
const SEED = Number(process.env['SEED'] ?? 1);

const DIALECTS: readonly [string, fc.Arbitrary<RandomCall>][] = [
  ['Chat Completions', chatCall],
  ['Responses', responsesCall],
  ['Messages', messagesCall],
  ['token counts', countCall],
  ['embeddings', embeddingsCall],
];

/** Whatever the SDKs' types allow: it need make no sense, so nothing but the schema holds for it. */
const TYPED: readonly [path: string, fields: readonly string[], format: SchemaName][] = [
  ['/v1/chat/completions', ['messages'], 'openai-chat'],
  ['/v1/responses', ['input'], 'openai-responses'],
  ['/v1/messages', ['messages', 'max_tokens'], 'anthropic-messages'],
];

let gateway: SilentGateway;
let book: PriceBook;

beforeAll(async () => {
  gateway = await startSilentGateway();
  book = await loadPriceBook();
  checkOf('openai-chat');
}, READING_MS);
afterAll(() => gateway.close());

describe.each(DIALECTS)('whatever is asked for by %s', (_, calls) => {
  test.each(Object.entries(PLACES))(
    'leaves for %s as its vendor takes it, or is refused by the name of a field',
    async (__, place) => {
      const models = modelsAt(place);

      await fc.assert(
        fc.asyncProperty(calls, fc.constantFrom(...models), async (call, model) => {
          const outcome = await gateway.ask(call, `${place.kind}/${model}`);
          expect(breaches(call, model, place, outcome)).toEqual([]);
        }),
        { numRuns: CASES, seed: SEED },
      );
    },
    60_000 + CASES * 1_000,
  );
});

describe.each(TYPED)('whatever the types of %s allow', (path, fields, format) => {
  test.each(Object.entries(PLACES))(
    'leaves for %s by its schema, or is refused by the name of a field',
    async (_, place) => {
      await fc.assert(
        fc.asyncProperty(typedBodies(format, fields), fc.constantFrom(...modelsAt(place)), async ({ model: _model, ...body }, model) => {
          const call = { path, body, typed: body, headers: {} };
          const { sent, status, reply } = await gateway.ask(call, `${place.kind}/${model}`);
          const [only] = sent;
          if (only === undefined) expect(refusalBreaches(call, status, reply)).toEqual([]);
          else if (!isPassedOn(path, only.path)) {
            expect(schemaBreachesOf({ kind: place.kind, path: only.path, body: only.body, can: {}, mostOutputTokens: undefined })).toEqual(
              [],
            );
          }
        }),
        { numRuns: Math.ceil(CASES / 3), seed: SEED },
      );
    },
    60_000 + CASES * 1_000,
  );
});

function breaches(call: RandomCall, model: string, { kind }: Place, { sent, status, reply }: Outcome): string[] {
  const [only, second] = sent;
  if (second !== undefined) return ['it was asked for twice'];
  if (only === undefined) return refusalBreaches(call, status, reply);
  const can = capabilitiesOf(kind, model);
  const mostOutputTokens = book.lookup({ provider: kind, kind, model, free: true }, Date.now())?.maxOutputTokens;
  const left = { kind, path: only.path, body: only.body, can, mostOutputTokens };
  return isPassedOn(call.path, only.path) ? passedBreaches(left, call) : breachesOf(left);
}

/** A refusal names a field that the caller wrote. What nobody offers is not refused but answered by the gateway, or has a code of its own. */
function refusalBreaches({ path, body, headers }: RandomCall, status: number, reply: Outcome['reply']): string[] {
  if (status === 200 && path.endsWith('/count_tokens')) return [];
  const { code, param, message = '' } = reply.error ?? {};
  if (code === 'operation_not_supported' || /does not offer this endpoint/.test(message)) return [];
  if (status !== 400) return [`it was answered with ${status}: ${JSON.stringify(reply)}`];
  const names = ['model', ...Object.keys(body), ...Object.keys(headers)];
  // Errors of Messages have no field for the name of a field.
  const named =
    param === undefined ? names.some((name) => message.includes(name)) : names.some((name) => new RegExp(`^${name}\\b`).test(param ?? ''));
  return named ? [] : [`it was refused for ${param}: ${message}`];
}
