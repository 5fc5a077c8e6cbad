import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParquetColumn, type ParquetRow, parquetFile } from '../../../../lambda/platform/parquet';
import { readParquet } from '../../../support/parquet-reader';

const COLUMNS: readonly ParquetColumn[] = [
  { name: 'Cost', kind: 'decimal' },
  { name: 'Perhaps', kind: 'text', isOptional: true },
  { name: 'At', kind: 'time' },
  { name: 'Tokens', kind: 'integer', isOptional: true },
  { name: 'Always', kind: 'text' },
];
const LARGEST = 2n ** 63n - 1n;

function rowOf(index: number): ParquetRow {
  const text = index % 3 === 0 ? undefined : `té-${index % 700}`;
  return [BigInt(index) * 1_000_000_001n, text, 1_790_000_000_000n + BigInt(index), index % 5 === 0 ? undefined : BigInt(-index), 'x'];
}

const rowsOf = (count: number) => Array.from({ length: count }, (_unused, index) => rowOf(index));

test.each([0, 1, 2, 3, 127, 128, 1_000, 50_001])('%d rows are read as they were written', (count) => {
  const { columns, rows } = readParquet(parquetFile(COLUMNS, rowsOf(count)));

  expect(columns).toEqual([
    { name: 'Cost', type: 'decimal(18,9)', isOptional: false },
    { name: 'Perhaps', type: 'string', isOptional: true },
    { name: 'At', type: 'timestamp', isOptional: false },
    { name: 'Tokens', type: 'int64', isOptional: true },
    { name: 'Always', type: 'string', isOptional: false },
  ]);
  expect(rows.map((row) => Object.values(row))).toEqual(rowsOf(count).map((row) => row.map((value) => value ?? null)));
});

test('all values of a column may be null, texts may be empty, and numbers fill 64 bits', () => {
  const row: ParquetRow = [LARGEST, undefined, 0n, -LARGEST - 1n, ''];

  const { rows } = readParquet(parquetFile(COLUMNS, [row, row]));

  const read = { Cost: LARGEST, Perhaps: null, At: 0n, Tokens: -LARGEST - 1n, Always: '' };
  expect(rows).toEqual([read, read]);
});

test('fails on a number that 64 bits do not hold', () => {
  expect(() => parquetFile(COLUMNS, [[LARGEST + 1n, undefined, 0n, 0n, '']])).toThrow('out of range');
});

/** Others' readers, where Python has them. */
const PYTHON = process.env['PARQUET_PYTHON'] ?? 'python3';
const hasReaders = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import pyarrow.parquet, duckdb'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

(hasReaders ? test : test.skip).each([0, 3, 50_001])('pyarrow and DuckDB read %d rows the same way, decimals exactly', (count) => {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-'));
  const file = join(folder, 'a.parquet');
  const rows = rowsOf(count);
  writeFileSync(file, parquetFile(COLUMNS, rows));
  const script = `
import sys, json, duckdb, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
cost = sum(value for value in table.column('Cost').to_pylist())
found = duckdb.sql(f'''select coalesce(sum(Cost), 0)::varchar, count(Perhaps), count(distinct Perhaps), sum(Tokens)::varchar, max(epoch_ms("At")) from '{sys.argv[1]}' ''').fetchall()[0]
print(json.dumps({'rows': table.num_rows, 'types': [str(field.type) for field in table.schema], 'cost': str(cost), 'duckdb': found}))
`;
  const read = JSON.parse(execFileSync(PYTHON, ['-c', script, file], { encoding: 'utf8' }));
  rmSync(folder, { recursive: true });

  const nano = rows.reduce((sum, [cost]) => sum + (cost as bigint), 0n);
  const tokens = rows.reduce((sum, [, , , value]) => sum + ((value as bigint | undefined) ?? 0n), 0n);
  const texts = rows.flatMap(([, text]) => (text === undefined ? [] : [text]));
  const exact = `${nano / 10n ** 9n}.${String(nano % 10n ** 9n).padStart(9, '0')}`;
  expect(read).toEqual({
    rows: count,
    types: ['decimal128(18, 9)', 'string', 'timestamp[ms, tz=UTC]', 'int64', 'string'],
    cost: count === 0 ? '0' : exact,
    duckdb: [exact, texts.length, new Set(texts).size, count === 0 ? null : String(tokens), count === 0 ? null : Number(rows.at(-1)?.[2])],
  });
});
