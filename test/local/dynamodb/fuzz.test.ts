import fc from 'fast-check';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';
import { DynamoDbError } from '../../../local/dynamodb/errors';
import { type Step, step, TABLES, tableInputs } from './support/operations';
import { type Oracle, oracleIsThere, startOracle } from './support/oracle';

let oracle: Oracle;
let engine: DynamoDbEngine;

beforeAll(async () => {
  if (oracleIsThere) oracle = await startOracle();
}, 20_000);

afterAll(() => {
  if (oracleIsThere) oracle.stop();
});

async function freshTables(): Promise<void> {
  engine = await openDynamoDb({ region: 'us-east-1', account: '123456789012' });
  for (const input of tableInputs()) {
    await oracle.call('DeleteTable', { TableName: input.TableName });
    await oracle.call('CreateTable', input);
    await engine.call('CreateTable', input);
  }
}

type Outcome =
  | { readonly error: string; readonly message?: string; readonly reasons?: unknown; readonly item?: unknown }
  | { readonly output: unknown };

/** Of an index, entries with equal keys have no order. */
function ordered(step: Step, body: Record<string, unknown>): Record<string, unknown> {
  if (step.input.IndexName === undefined || !Array.isArray(body.Items)) return body;
  return { ...body, Items: body.Items.map((item) => JSON.stringify(canonical(item))).sort() };
}

async function ours(step: Step): Promise<Outcome> {
  try {
    return { output: canonical(ordered(step, await engine.call(step.action, step.input))) };
  } catch (error) {
    if (!(error instanceof DynamoDbError)) throw error;
    return failure(error.body);
  }
}

async function theirs(step: Step): Promise<Outcome> {
  const { status, body } = await oracle.call(step.action, step.input);
  return status === 200 ? { output: canonical(ordered(step, body)) } : failure(body);
}

function failure(body: Readonly<Record<string, unknown>>): Outcome {
  const error = String(body.__type).replace(/^.*#/, '');
  return {
    error,
    ...(error === 'ValidationException' ? {} : { message: String(body.message ?? body.Message) }),
    ...(body.CancellationReasons === undefined ? {} : { reasons: canonical(body.CancellationReasons) }),
    ...(body.Item === undefined ? {} : { item: canonical(body.Item) }),
  };
}

/** Sets and unordered lists in one order, empty parts left out, numbers as the service writes them. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .filter(([name, part]) => part !== undefined && part !== null && !(name === 'ConsumedCapacity'))
    .map(([name, part]): [string, unknown] => [name, /^[SNB]S$/.test(name) && Array.isArray(part) ? [...part].sort() : canonical(part)]);
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

interface Difference {
  readonly reason: string;
  applies(step: Step, ours: Outcome, theirs: Outcome): boolean;
}

/** Where the two engines differ and ours stays as it is. */
const KNOWN: readonly Difference[] = [
  {
    reason: 'ALL_OLD on an item that did not exist: the oracle answers the key, the documentation says the item as it was, which is none',
    applies: ({ input }, ours, theirs) =>
      input.ReturnValues === 'ALL_OLD' && same(ours, { output: {} }) && same(theirs, { output: { Attributes: canonical(input.Key) } }),
  },
  {
    reason: 'UPDATED_OLD and UPDATED_NEW without any such attribute: an empty map here, no map there; callers read the same from both',
    applies: ({ input }, ours, theirs) =>
      String(input.ReturnValues).startsWith('UPDATED_') && same(ours, { output: { Attributes: {} } }) && same(theirs, { output: {} }),
  },
];

// Besides, what the generated steps leave out:
// - A change of a part whose parent is not there (`REMOVE m.x` without `m`): we refuse the document path, the oracle does nothing.
// - `UPDATED_...` of a changed part, and a list element beyond the end: see the generator.
// - The texts of ValidationException are not compared.

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function tableContents(call: (step: Step) => Promise<Outcome>): Promise<unknown[]> {
  const contents: unknown[] = [];
  for (const TableName of TABLES) {
    const scanned = await call({ action: 'Scan', input: { TableName } });
    const { Items } = (scanned as { output: { Items: unknown[] } }).output;
    contents.push(Items.map((item) => JSON.stringify(item)).sort());
  }
  return contents;
}

(oracleIsThere ? test : test.skip)(
  `answers and tables are those of an independent engine${oracleIsThere ? '' : ' (skipped: @dynoxide/linux-x64 is not installed for this platform)'}`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        await freshTables();
        for (const one of steps) {
          const [mine, other] = [await ours(one), await theirs(one)];
          if (KNOWN.some((difference) => difference.applies(one, mine, other))) continue;
          expect({ step: one, ...mine }).toEqual({ step: one, ...other });
        }
        expect(await tableContents(ours)).toEqual(await tableContents(theirs));
      }),
      // The limit also ends a long search for a shorter counterexample.
      { numRuns: process.env.SOAK ? 1_000 : 25, interruptAfterTimeLimit: process.env.SOAK ? 800_000 : 20_000 },
    );
  },
  process.env.SOAK ? 900_000 : 30_000,
);
