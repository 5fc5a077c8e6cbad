/**
 * Runs Claude Code, Codex and opencode, pinned, against `llm-gateway local` with stand-ins of the vendors behind it, and prints a table.
 *
 *   npm run e2e [-- NAME ...]       those whose client, vendor or model has a NAME in it
 *
 * Each client gets a clean home, a scrubbed environment and, where the system permits, a network of nothing but loopback. The
 * model asks for two files at once, one of which is not there, then for a third that the first one names, and says what it read: a run
 * passes when that reaches the client's output and the vendor's stand-in, which takes only what the vendor takes, refused nothing. The default
 * set of guardrails looks on: it may find nothing in calls and answers but what default-set-labels.json says is there.
 * Clients are installed into `LLM_GATEWAY_CLIENTS_CACHE` (default: a folder in the system's temporary one), never into this
 * repository, and nothing they send is kept. docs/clients.md holds the table of the last run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { cases } from './cases.mjs';
import { openDefaultSet } from './default-set.mjs';
import { installClients } from './install.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CACHE = process.env.LLM_GATEWAY_CLIENTS_CACHE ?? join(tmpdir(), 'llm-gateway-clients');
const CLIENT_TIMEOUT_MS = 90_000;
/** What the files say. */
const FIRST = 'heron-4711';
const SECOND = 'egret-0815';
const THOUGHTS = ['What does the first say?', 'And the second?', 'That is all of it.'];

if (!process.argv.includes('--isolated')) {
  const programs = await installClients(CACHE);
  process.exit(isolated(programs));
}
process.exit(await main(JSON.parse(process.env.CLIENT_PROGRAMS)));

/** Starts this script again where only loopback exists, or right here when the system does not permit it. */
function isolated(programs) {
  const args = [process.execPath, fileURLToPath(import.meta.url), '--isolated', ...process.argv.slice(2)];
  const env = { ...process.env, CLIENT_PROGRAMS: JSON.stringify(programs) };
  const flags = process.getuid?.() === 0 ? ['-n'] : ['-rn'];
  const up = 'ip link set lo up 2>/dev/null || ifconfig lo up';
  if (spawnSync('unshare', [...flags, 'sh', '-c', up], { stdio: 'ignore' }).status === 0) {
    return spawnSync('unshare', [...flags, 'sh', '-c', `{ ${up}; } && exec "$@"`, 'sh', ...args], { stdio: 'inherit', env }).status ?? 1;
  }
  process.stderr.write('no network namespace can be made here: other hosts stay reachable\n');
  return spawnSync(args[0], args.slice(1), { stdio: 'inherit', env }).status ?? 1;
}

async function main(programs) {
  const work = mkdtempSync(join(tmpdir(), 'llm-gateway-e2e-'));
  try {
    const provider = await scriptedProvider(work);
    const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
    const findings = await openDefaultSet(ROOT, work);
    const rows = [];
    process.stdout.write('| client | vendor | model | called by | calls | time | thinking | result |\n|---|---|---|---|---|---|---|---|\n');
    for (const one of cases) {
      const name = `${one.client} ${one.vendor} ${one.model}`;
      if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
      rows.push(await runCase(one, { provider, findings }, programs, work));
      print(rows.at(-1));
    }
    await provider.close();
    return rows.length > 0 && rows.every(({ passed }) => passed) ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function scriptedProvider(work) {
  const outfile = join(work, 'upstreams.mjs');
  await build({
    entryPoints: [join(ROOT, 'test/clients/upstreams/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return (await import(pathToFileURL(outfile))).startScriptedProvider();
}

async function runCase(one, { provider, findings }, programs, work) {
  const folder = mkdtempSync(join(work, 'case-'));
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  for (const path of [home, project]) mkdirSync(path);
  const files = Object.fromEntries(['note', 'absent', 'more'].map((name) => [name, join(project, `${name}.txt`)]));
  writeFileSync(files.note, `The password of the day is ${FIRST}. It goes on in more.txt.\n`);
  writeFileSync(files.more, `And the one of the night is ${SECOND}.\n`);
  provider.script((call) => turnFor(call, one, files));

  const gateway = await startGateway(provider.origin, one.also, folder);
  const startedMs = Date.now();
  try {
    const key = one.spent === true ? await spentKey(gateway) : gateway.key;
    const { args, env = {} } = one.prepare({ url: gateway.url, key, home, project });
    const outcome = await run(programs[one.program], args, {
      cwd: project,
      env: { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: folder, LANG: 'C.UTF-8', TERM: 'dumb', NO_COLOR: '1', ...env },
    });
    const seconds = ((Date.now() - startedMs) / 1_000).toFixed(1);
    const result = one.spent === true ? refusedOnce(gateway, outcome) : looped(provider, gateway, findings, outcome);
    return { ...one, ...result, seconds, ...(result.passed ? {} : { output: outcome.output, log: gateway.log() }) };
  } finally {
    await gateway.close();
  }
}

/** The refusal is shown, and tried no more often than a client makes different calls. */
function refusedOnce(gateway, { output }) {
  const calls = gateway.refusals().length;
  return { passed: /budget|quota/i.test(output) && calls >= 1 && calls <= 2, wires: ['refused'], calls, refused: [] };
}

function looped(provider, gateway, findings, { output }) {
  const { calls } = provider;
  const refused = [...provider.refusals, ...wronglyFound(gateway, findings(calls.map(({ body }) => body)))];
  const wires = [...new Set(calls.map(({ wire }) => wire))];
  const said = calls.map(({ results }) => results.join('\n'));
  const wentRound = [FIRST, SECOND].every((marker) => said.some((results) => results.includes(marker)));
  const thought = calls.filter(({ thinks, results }) => thinks && results.length > 0);
  return {
    passed: wentRound && output.includes(`says ${FIRST} and ${SECOND}`) && refused.length === 0,
    wires,
    calls: calls.length,
    refused,
    // Whether it came back with the tool's result, where the model thought aloud.
    ...(thought.length === 0 ? {} : { thinking: thought.every(({ body }) => cameBack(body)) }),
  };
}

/** What the default set of guardrails found and no label knows; answers that are flagged hold nothing that was put there. */
function wronglyFound(gateway, { known, denied }) {
  const verdicts = gateway.verdicts();
  if (verdicts.length === 0) return ['no call was looked into'];
  return known === 0 && denied.length === 0 && verdicts.includes('flag') ? ['an answer is flagged'] : denied.map((one) => `found ${one}`);
}

/** Asks for the files, then says what is in them; calls without that tool are about titles and the like. */
function turnFor(call, one, files) {
  const read = (file) => one.read(file).find(({ name }) => call.tools.includes(name));
  if (process.env.CLIENTS_DEBUG) process.stderr.write(`${one.client}: ${call.wire} ${call.model} tools: ${call.tools.join(' ')}\n`);
  if (read(files.note) === undefined) return { text: 'A short note' };
  const results = call.results.join('\n');
  if (results.includes(SECOND)) return { thinking: THOUGHTS[2], text: `The file says ${FIRST} and ${SECOND}.` };
  if (results.includes(FIRST)) return { thinking: THOUGHTS[1], calls: [read(files.more)] };
  if (call.results.length > 0) return { text: 'Nothing of use' };
  return { thinking: THOUGHTS[0], text: 'I shall look.', calls: [read(files.note), read(files.absent)] };
}

/** Whether thinking of the scripted model is in a body: its text, or its signature, all of which begin alike. */
function cameBack(body) {
  const text = JSON.stringify(body);
  return text.includes(THOUGHTS[0]) || text.includes(Buffer.from('scripted').toString('base64').slice(0, 10));
}

async function startGateway(origin, also, folder) {
  const secrets = join(folder, 'secrets.json');
  writeFileSync(secrets, JSON.stringify({ 'clients/upstream': 'upstream-key' }));
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'dist/bin/llm-gateway.mjs'),
      ...[
        'local',
        '--app',
        'node test/clients/app.cjs',
        '--context',
        `upstream=${origin}`,
        '--context',
        `also=${also}`,
        '--context',
        'guarded=true',
      ],
      ...['--memory', '--port', '0', '--json', '--verbose', '--secrets', secrets],
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const exited = new Promise((ended) => child.once('exit', ended));
  const line = await new Promise((ready, fail) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) ready(text);
    });
    exited.then(() => fail(new Error(`the gateway did not start:\n${log}`)));
  });
  return {
    ...JSON.parse(line),
    refusals: () => refusals(log),
    /** Of the guardrails, of each call that they held for. */
    verdicts: () => [...log.matchAll(/"guardVerdict":"(\w+)"/g)].map(([, verdict]) => verdict),
    /** What was refused, and why. */
    log: () => refusals(log).join('\n'),
    close: () => {
      child.kill('SIGINT');
      return exited;
    },
  };
}

function refusals(log) {
  return log.split('\n').filter((line) => line.includes('"event":"request"') && !line.includes('"outcome":"ok"'));
}

/** A key whose budget is smaller than any call. */
async function spentKey({ url, admin_key: adminKey }) {
  const response = await fetch(`${url}/admin/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'spent', budgets: [{ limit_usd: '0.000001', period: 'month' }] }),
  });
  return (await response.json()).key;
}

function run(program, args, options) {
  return new Promise((ended) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), CLIENT_TIMEOUT_MS);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', (error) => ended({ code: -1, output: String(error) }));
    child.once('close', (code) => {
      clearTimeout(timer);
      ended({ code, output });
    });
  });
}

function print({ client, vendor, model, passed, thinking, wires, calls, seconds, refused, output, log }) {
  const cells = [client, vendor, `\`${model}\``, wires.join(', '), calls, `${seconds} s`];
  const came = { true: 'yes', false: 'no', undefined: '-' }[thinking];
  process.stdout.write(`| ${[...cells, came, passed ? 'passed' : 'FAILED'].join(' | ')} |\n`);
  for (const one of new Set(refused)) process.stdout.write(`  refused: ${one}\n`);
  if (!passed) process.stdout.write(`${output.slice(-3_000)}\n${log.slice(-4_000)}\n`);
}
