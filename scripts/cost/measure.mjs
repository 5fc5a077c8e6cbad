/**
 * What calls really write, read, log and count: counted on a local run of the demo app, by the handlers that are deployed. One call at a
 * time, so that each is one batch of the usage function; then many at once.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTargets } from '../../bench/processes.mjs';
import { measureFunction } from './function.mjs';
import { metricCounts } from './metrics.mjs';
import { resourcesOf } from './resources.mjs';

const CALLS = 4;
const AT_ONCE = 12;
/** No call of AWS for so long: the streams' batches are through. */
const QUIET_MS = 7_000;
const MODEL = 'simulated/simulated-1';

/** @param root of a checkout that is built */
export async function measure(root) {
  await buildTargets(root, ['item-units.ts', 'store.ts']);
  const rules = await import(join(root, 'dist/bench/item-units.mjs'));
  const folder = mkdtempSync(join(tmpdir(), 'gateway-cost-'));
  const run = await startRun(root, folder);
  try {
    const limits = { requests_per_minute: 1_000_000 };
    const budgets = [{ limit_usd: '1000', period: 'month' }];
    const alone = await run.admin('/keys', { name: 'alone', budgets, limits });
    const team = await run.admin('/teams', { name: 'team', budgets });
    const member = await run.admin('/keys', { name: 'member', team_id: team.id, budgets, limits });
    // What the first call of a month makes, and what an environment reads first, is no part of the next ones.
    for (const { key } of [alone, member]) await run.calls(key, 2);
    // Environments that start are slow, and a call that is slow is tried again.
    await run.callsAtOnce(member.key, AT_ONCE).catch(() => undefined);
    const counted = {
      alone: await countCalls(run, rules, () => run.calls(alone.key, CALLS), CALLS),
      member: await countCalls(run, rules, () => run.calls(member.key, CALLS), CALLS),
      atOnce: await countCalls(run, rules, () => run.callsAtOnce(member.key, AT_ONCE), AT_ONCE),
    };
    return {
      ...counted,
      sweep: sweepOf(run.trace()),
      resources: resourcesOf(root),
      record: recordOf(run.writesFrom(0), rules),
      metrics: metricCounts(rules.METRIC_FACTS, rules.ERROR_TYPES.length, metricsIn(run.log())),
      logBytes: logBytesOf(run.log()),
      function: await measureFunction(root),
    };
  } finally {
    await run.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a sweep that finds nothing reads. */
function sweepOf(trace) {
  const sweeps = Map.groupBy(
    trace.filter(({ function: name, invocation_id: invocation }) => name === 'sweeper' && invocation !== null),
    ({ invocation_id: invocation }) => invocation,
  );
  const units = [...sweeps.values()].map((calls) => calls.reduce((sum, { read_units: read }) => sum + read, 0));
  return { readUnits: Math.max(0, ...units) };
}

/** What one of so many calls is billed on average. */
async function countCalls(run, rules, make, count) {
  await run.quiet();
  const from = { trace: run.trace().length, writes: run.position() };
  await make();
  await run.quiet();
  const calls = run
    .trace()
    .slice(from.trace)
    .filter(({ service }) => service === 'dynamodb');
  const functions = {};
  for (const { function: name, read_units: read, write_units: write } of calls) {
    functions[name] ??= { calls: 0, readUnits: 0, writeUnits: 0 };
    functions[name].calls += 1 / count;
    functions[name].readUnits += read / count;
    functions[name].writeUnits += write / count;
  }
  return {
    functions: roundedAll(functions),
    trips: tripsIn(calls, rules),
    items: roundedAll(itemsOf(run.writesFrom(from.writes), run.before(from.writes), rules, count)),
  };
}

/** How often a call waits for the table, one time after the other, before its answer and after it: the least of the calls, for a busy machine keeps calls apart that are made together. */
function tripsIn(calls, { requestTrace }) {
  const requests = Map.groupBy(
    calls.filter(({ function: name, request_id: id }) => name === 'proxy' && id !== null),
    ({ request_id: id }) => id,
  );
  const traces = [...requests].map(([id, lines]) => requestTrace(id, lines));
  const least = (of) => Math.min(...traces.map((trace) => trace[of]));
  return { before: least('trips_before'), after: least('trips_after') };
}

/** Writes by kind of item: how often, and what they are billed with their indexes; parts of transactions count twice. */
function itemsOf(lines, before, { writeUnits, sizeOf, TABLE_DEFINITIONS }, count) {
  const items = {};
  for (const line of lines) {
    for (const [table, key, after] of line) {
      const part = partOf(table);
      const definition = TABLE_DEFINITIONS.find(({ TableName: name }) => name === part);
      const old = before.get(key);
      if (after !== null) before.set(key, after);
      const kind = kindOf(part, after ?? old);
      items[kind] ??= { writes: 0, bytes: 0, writeUnits: 0 };
      items[kind].writes += 1 / count;
      items[kind].bytes = Math.max(items[kind].bytes, sizeOf(after ?? old));
      items[kind].writeUnits += (writeUnits(definition, old, after ?? undefined) * (line.length > 1 ? 2 : 1)) / count;
    }
  }
  return items;
}

function partOf(table) {
  return /Tables(Identity|Counters|Records|Audit)/.exec(table)[1].toLowerCase();
}

/** Such as `counters: money key` or `records: request record`: the words of an item's key that name no one. */
function kindOf(part, item) {
  const words = item.pk.S.split('#');
  const owner = ['key', 'team', 'gateway', 'project', 'user', 'tag'].includes(words[1]) ? ` ${words[1]}` : '';
  const sort = item.sk === undefined ? '' : ` ${item.sk.S.split('#')[0].replace(/[\d-]+.*$/, '')}`;
  return `${part}: ${words[0]}${owner}${sort}`.trim();
}

/** The largest record of a call when it is done, and how long it is kept. */
function recordOf(lines, { sizeOf, TABLE_DEFINITIONS }) {
  const { GlobalSecondaryIndexes: indexes = [] } = TABLE_DEFINITIONS.find(({ TableName: name }) => name === 'records');
  const items = lines.flatMap((line) => line.flatMap(([, , item]) => (item?.pk.S.startsWith('request#') ? [item] : [])));
  const last = items.filter((item) => item.ttl !== undefined).at(-1);
  const indexed = indexes.filter(({ KeySchema: keys }) => keys.every(({ AttributeName: name }) => last[name] !== undefined));
  const created = Date.parse(last.created_at.S) / 1_000;
  return { bytes: sizeOf(last), indexes: indexed.length, keptDays: Math.round((Number(last.ttl.N) - created) / 86_400) };
}

/** Metrics that calls have when all is well. */
function metricsIn(log) {
  const names = log.flatMap((line) => line._aws?.CloudWatchMetrics?.flatMap(({ Metrics: list }) => list.map(({ Name }) => Name)) ?? []);
  return [...new Set(names)].sort();
}

/** Of a call's line in the function's log and of its line in the access log. */
function logBytesOf(log) {
  const longest = (lines) => Math.max(...lines.map(({ bytes }) => bytes));
  return { function: longest(log.filter(({ event }) => event === 'request')), access: longest(log.filter(({ isAccess }) => isAccess)) };
}

async function startRun(root, folder) {
  const [data, traceFile, slow] = [join(folder, 'data'), join(folder, 'trace.jsonl'), join(folder, 'slow.json')];
  // Calls that are made together are seen to be where each takes a while.
  writeFileSync(slow, JSON.stringify({ rules: [{ function: 'proxy', service: 'dynamodb', effect: 'slow', delay_ms: 20 }] }));
  const files = ['--data', data, '--trace-aws', traceFile, '--disturb', slow];
  const options = ['local', '--port', '0', ...files, '--json', '--verbose', '--context', 'simulated=true'];
  const child = spawn(process.execPath, [join(root, 'dist/bin/llm-gateway.mjs'), ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    told += text;
  });
  const ready = await new Promise((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(JSON.parse(line)));
    child.once('exit', () => reject(new Error(`the local run did not start: ${told}`)));
  });
  const journal = join(data, 'tables/dynamodb.jsonl');
  const linesOf = (text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const trace = () => linesOf(readFileSync(traceFile, 'utf8'));
  const writesFrom = (position) => linesOf(readFileSync(journal).subarray(position).toString('utf8')).filter(Array.isArray);
  const post = async (path, key, body) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`${ready.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  };
  const body = { model: MODEL, messages: [{ role: 'user', content: 'Tell me something.' }], max_tokens: 200, stream: true };
  const quiet = async () => {
    for (let seen = -1; seen !== statSync(traceFile).size; ) {
      seen = statSync(traceFile).size;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
  };
  return {
    trace,
    writesFrom,
    quiet,
    position: () => statSync(journal).size,
    /** Items as they were. */
    before: (position) => {
      const items = new Map();
      for (const line of linesOf(readFileSync(journal).subarray(0, position).toString('utf8')).filter(Array.isArray))
        for (const [, key, item] of line) if (item !== null) items.set(key, item);
      return items;
    },
    admin: async (path, fields) => JSON.parse(await post(`/admin/v1${path}`, ready.admin_key, fields)),
    calls: async (key, count) => {
      for (let call = 0; call < count; call++) {
        await post('/v1/chat/completions', key, body);
        await quiet();
      }
    },
    callsAtOnce: (key, count) => Promise.all(Array.from({ length: count }, () => post('/v1/chat/completions', key, body))),
    log: () =>
      told.split('\n').flatMap((line) => {
        const [, source, text] = /^\[([^\]]+)\] (\{.*\})$/.exec(line) ?? [];
        return text === undefined ? [] : [{ ...JSON.parse(text), bytes: Buffer.byteLength(text), isAccess: source === 'access' }];
      }),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGINT');
      }),
  };
}

function roundedAll(groups) {
  const rounded = (value) => Math.round(value * 100) / 100;
  const entries = Object.entries(groups).map(([name, figures]) => [
    name,
    Object.fromEntries(Object.entries(figures).map(([of, value]) => [of, rounded(value)])),
  ]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
