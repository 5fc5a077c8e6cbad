import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is installed: the clients' own packages and, beside them, the program of this platform. */
const CLIENTS = {
  'claude-code': { name: '@anthropic-ai/claude-code', version: '2.1.330', program: claudeCode },
  codex: { name: '@openai/codex', version: '0.169.0', program: codex },
  opencode: { name: 'opencode-ai', version: '1.18.33', program: opencode },
};

/**
 * Installs the clients, each at its exact version and without running install scripts.
 *
 * @returns the path of each client's program
 */
export async function installClients(cache) {
  mkdirSync(cache, { recursive: true });
  const missing = Object.values(CLIENTS).filter(({ name, version }) => installedVersion(cache, name) !== version);
  if (missing.length > 0) {
    const manifest = join(cache, 'package.json');
    if (!existsSync(manifest)) writeFileSync(manifest, '{"private":true}\n');
    const packages = Object.values(CLIENTS).map(({ name, version }) => `${name}@${version}`);
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--no-package-lock'];
    const { status } = spawnSync('npm', ['install', ...flags, ...packages], { cwd: cache, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`npm could not install ${packages.join(', ')} into ${cache}`);
  }
  return Object.fromEntries(
    Object.entries(CLIENTS).map(([client, { program }]) => {
      const file = program(cache).find((candidate) => existsSync(candidate));
      if (file === undefined) throw new Error(`${client} has no program for ${process.platform}-${process.arch} in ${cache}`);
      return [client, file];
    }),
  );
}

function installedVersion(cache, name) {
  const file = join(cache, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

function claudeCode(cache) {
  return [join(cache, 'node_modules/@anthropic-ai', `claude-code-${process.platform}-${process.arch}`, 'claude')];
}

function codex(cache) {
  const triples = { linux: 'unknown-linux-musl', darwin: 'apple-darwin' };
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch];
  const vendor = join(cache, 'node_modules/@openai', `codex-${process.platform}-${process.arch}`, 'vendor');
  const folder = join(vendor, `${machine}-${triples[process.platform]}`);
  return [join(folder, 'bin/codex'), join(folder, 'codex/codex')];
}

function opencode(cache) {
  const folder = (suffix) => join(cache, 'node_modules', `opencode-${process.platform}-${process.arch}${suffix}`, 'bin/opencode');
  return [folder(''), folder('-baseline')];
}
