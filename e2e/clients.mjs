/**
 * Runs Claude Code, Codex and opencode, pinned, against `llm-gateway local` with a scripted model behind it, and prints a table.
 *
 *   npm run build && node e2e/clients.mjs [name ...]
 *
 * Each client gets a clean home, a scrubbed environment and, where the system permits, a network of nothing but loopback. The
 * model asks for one file to be read and says what the file says: the run passes when that reaches the client's output.
 * Clients are installed into `LLM_GATEWAY_CLIENTS_CACHE` (default: a folder in the system's temporary one), never into this
 * repository, and nothing they send is kept.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { cases } from './cases.mjs';
import { installClients } from './install.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CACHE = process.env.LLM_GATEWAY_CLIENTS_CACHE ?? join(tmpdir(), 'llm-gateway-clients');
const CLIENT_TIMEOUT_MS = 90_000;
const MARKER = 'heron-4711';

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
    const rows = [];
    process.stdout.write('| client | reached | calls | time | thinking | result |\n|---|---|---|---|---|---|\n');
    for (const one of cases) {
      if (wanted.length > 0 && !wanted.some((name) => one.name.includes(name))) continue;
      rows.push(await runCase(one, provider, programs, work));
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

async function runCase(one, provider, programs, work) {
  const folder = mkdtempSync(join(work, 'case-'));
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  for (const path of [home, project]) mkdirSync(path);
  const file = join(project, 'note.txt');
  writeFileSync(file, `The password of the day is ${MARKER}.\n`);
  provider.script((call) => turnFor(call, one, file));

  const gateway = await startGateway(provider.origin, one.also, folder);
  const startedMs = Date.now();
  try {
    const key = one.spent === true ? await spentKey(gateway) : gateway.key;
    const { args, env = {} } = one.prepare({ url: gateway.url, key, home, project });
    const outcome = await run(programs[one.client], args, {
      cwd: project,
      env: { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: folder, LANG: 'C.UTF-8', TERM: 'dumb', NO_COLOR: '1', ...env },
    });
    const seconds = ((Date.now() - startedMs) / 1_000).toFixed(1);
    if (one.spent === true) {
      // The refusal is shown, and tried no more often than a client makes different calls.
      const calls = gateway.refusals().length;
      const passed = /budget|quota/i.test(outcome.output) && calls >= 1 && calls <= 2;
      return {
        name: one.name,
        passed,
        wires: ['refused'],
        calls,
        seconds,
        ...(passed ? {} : { output: outcome.output, log: gateway.log() }),
      };
    }
    const wires = [...new Set(provider.calls.map(({ wire }) => wire))];
    const looped = provider.calls.some(({ results }) => results.some((result) => result.includes(MARKER)));
    // Every wire format but Chat signs its thinking, and wants the signature back with the tool's result.
    const signed =
      one.wire === 'openai-chat' ? undefined : provider.calls.some(({ body, results }) => results.length > 0 && isSigned(body));
    const passed = looped && outcome.output.includes(`says ${MARKER}`) && wires.join() === one.wire;
    return {
      name: one.name,
      passed,
      signed,
      wires,
      calls: provider.calls.length,
      seconds,
      ...(passed ? {} : { output: outcome.output, log: gateway.log() }),
    };
  } finally {
    await gateway.close();
  }
}

/** Asks for the file, then says what is in it; calls without that tool are about titles and the like. */
function turnFor(call, one, file) {
  const told = /heron-\d+/.exec(call.results.join('\n'))?.[0];
  if (told !== undefined) return { text: `The file says ${told}.` };
  const tool = one.tools(file).find(({ name }) => call.tools.includes(name));
  if (process.env.CLIENTS_DEBUG) process.stderr.write(`${one.name}: ${call.wire} ${call.model} tools: ${call.tools.join(' ')}\n`);
  if (tool === undefined || call.results.length > 0) return { text: 'A short note' };
  return { thinking: 'What does it say?', text: 'I shall look.', calls: [{ id: 'toolu_0scripted1', ...tool }] };
}

/** Whether thinking of the scripted model is in a body; its signatures all begin alike. */
function isSigned(body) {
  return JSON.stringify(body).includes(Buffer.from('scripted').toString('base64').slice(0, 10));
}

async function startGateway(origin, also, folder) {
  const secrets = join(folder, 'secrets.json');
  writeFileSync(secrets, JSON.stringify({ 'clients/upstream': 'upstream-key' }));
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'dist/bin/llm-gateway.mjs'),
      ...['local', '--app', 'node test/clients/app.cjs', '--context', `upstream=${origin}`, '--context', `also=${also}`],
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

function print({ name, passed, signed, wires, calls, seconds, output, log }) {
  process.stdout.write(
    `| ${name} | ${wires.join(', ')} | ${calls} | ${seconds} s | ${{ true: 'yes', false: 'no', undefined: '-' }[signed]} | ${passed ? 'passed' : 'FAILED'} |\n`,
  );
  if (!passed) process.stdout.write(`${output.slice(-4_000)}\n${log.slice(-6_000)}\n`);
}
