/** The spend export of the real app, from the call to the file. Needs the bundles that `npm run build` makes. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENV } from '../../../lib/private/contract';
import { callGateway } from '../../../local/first-key';
import { type LocalRun, startLocalRun } from '../../../local/run';
import { readParquet } from '../../support/parquet-reader';
import { buildWorkerFile } from './support/worker-file';

const ROOT = join(__dirname, '../../..');
const COMMAND = join(ROOT, 'dist/bin/llm-gateway.mjs');
const built = ['dist/bin/llm-gateway.mjs', 'dist/lib/index.js', 'dist/lambda/exporter/index.mjs'].every((file) =>
  existsSync(join(ROOT, file)),
);
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

jest.setTimeout(90_000);

let data: string;
let run: LocalRun;
const notes: string[] = [];

beforeAll(async () => {
  if (!built) return;
  data = mkdtempSync(join(tmpdir(), 'spend-run-'));
  run = await startLocalRun({
    workingDirectory: ROOT,
    port: 0,
    data,
    environment: {},
    context: { spendExport: 'true', archive: 'false' },
    workerFile: await buildWorkerFile(),
    onNote: (line) => notes.push(line),
  });
});

afterAll(async () => {
  await run?.close();
  if (data !== undefined) rmSync(data, { recursive: true, force: true });
});

const admin = (method: string, path: string) => callGateway(method, `${run.url}/admin/v1${path}`, run.adminKey);
const functionOf = (name: RegExp) => run.functions.find(({ definition }) => name.test(definition.logicalId));

/** As if a request of today had been one of yesterday. */
async function moveToYesterday(id: string, yesterday: string): Promise<void> {
  const TableName = functionOf(/usage/i)?.definition.environment[ENV.RECORDS_TABLE];
  const Key = { pk: { S: `request#${id}` }, sk: { S: 'record' } };
  const { Item: item } = (await run.standIns.dynamodb.call('GetItem', { TableName, Key })) as { Item: Record<string, { S: string }> };
  const moved = { ...item, pk: { S: `request#${id}y` }, id: { S: `${id}y` }, created_at: { S: `${yesterday}T12:00:00.000Z` } };
  await run.standIns.dynamodb.call('PutItem', { TableName, Item: moved });
  await run.settled();
}

(built ? test : test.skip)('a day that is over becomes a file, which the command writes too, byte by byte', async () => {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const chat = { model: 'simulated/simulated-1', max_tokens: 4, messages: [{ role: 'user', content: 'hello' }] };
  await callGateway('POST', `${run.url}/v1/chat/completions`, run.key, chat);
  await run.settled();
  const [request] = ((await admin('GET', '/requests')).body as { data: { id: string; cost_usd: string; key_id: string }[] }).data;
  await moveToYesterday(request?.id as string, yesterday);

  await functionOf(/exporter/i)?.invokeBuffered(Buffer.from('{}'), 'Root=1-00000000-000000000000000000000000');
  await run.settled();

  const files = readdirSync(join(data, 'objects'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const file = files.map((entry) => join(entry.parentPath, entry.name)).find((name) => name.includes(yesterday)) as string;
  const { rows } = readParquet(readFileSync(file));
  expect(files.length).toBeGreaterThanOrEqual(35);
  expect(rows).toMatchObject([{ ResourceId: request?.key_id, SkuId: 'simulated/simulated-1', x_Requests: 1n, x_OutputTokens: 4n }]);
  expect(Number(rows[0]?.['BilledCost']) / 1e9).toBeCloseTo(Number(request?.cost_usd), 9);

  const own = join(data, 'own.parquet');
  const args = [COMMAND, 'usage', 'export', '--day', yesterday, '--file', own, '--url', run.url, '--key', run.adminKey];
  await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  expect(readFileSync(own).equals(readFileSync(file))).toBe(true);
  expect(notes.filter((note) => note.startsWith('IAM'))).toEqual([]);
});
