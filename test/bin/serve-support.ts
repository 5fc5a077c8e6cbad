import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');
const COMMAND = join(ROOT, 'dist/bin/llm-gateway.mjs');

/** The command and the data plane as they are shipped: `npm run build` makes them. */
export const BUILT = [COMMAND, 'dist/bin/app.cjs', 'dist/lambda/proxy-node/index.mjs'].every(
  (file) => existsSync(join(ROOT, file)) || existsSync(file),
);

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Settles with the first match in what the process said on either stream. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  readonly done: Promise<Outcome>;
}

const folder = mkdtempSync(join(tmpdir(), 'serve-test-'));
const children = new Set<ChildProcess>();

export function fileIn(name: string): string {
  return join(folder, name);
}

/** Starts the command with this environment alone. */
export function launch(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], TMPDIR: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let [out, err] = ['', ''];
  const listeners = new Set<() => void>();
  const heard = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    heard();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    heard();
  });
  const done = new Promise<Outcome>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  void done.then(() => children.delete(child));
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((found, fail) => {
      const look = (): void => {
        const match = pattern.exec(out) ?? pattern.exec(err);
        if (match === null) return;
        listeners.delete(look);
        found(match);
      };
      listeners.add(look);
      look();
      void done.then(({ code }) => fail(new Error(`ended with ${code} before ${pattern}: ${err}`)));
    });
  return { child, says, done };
}

/** Ends what a failed test left running. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

export interface Served {
  readonly url: string;
  readonly process: Running;
  /** Tells it to stop, and waits for its end. */
  stop(): Promise<Outcome>;
}

/** A data plane that is ready. */
export async function serve(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Served> {
  const served = await listening(args, environment);
  while ((await call(`${served.url}/ready`, '')).status !== 200) await new Promise((later) => setTimeout(later, 100));
  return served;
}

/** A data plane that listens. */
export async function listening(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Served> {
  const running = launch(['serve', '--port', '0', ...args], environment);
  const [, url] = await running.says(/serving at (http:\S+);/);
  return {
    url: url as string,
    process: running,
    stop: () => {
      running.child.kill('SIGTERM');
      return running.done;
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

export interface Call {
  readonly reply: Promise<Reply>;
  /** Settles with the first bytes of the answer. */
  readonly begun: Promise<void>;
  hangUp(): void;
}

export function open(url: string, key: string, { method, body, headers, agent }: CallOptions = {}): Call {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let hangUp: () => void = () => undefined;
  const reply = new Promise<Reply>((resolve, reject) => {
    const outgoing = request(url, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(agent === undefined ? { agent: false } : { agent }),
    });
    hangUp = () => void outgoing.destroy();
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        begin();
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
  // A test that hangs up does not wait for an answer.
  reply.catch(() => undefined);
  return { reply, begun, hangUp: () => hangUp() };
}

export function call(url: string, key: string, options: CallOptions = {}): Promise<Reply> {
  return open(url, key, options).reply;
}
