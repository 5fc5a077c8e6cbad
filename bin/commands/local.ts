import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { shownRequest } from '../../local/game-day/request-trace';
import { type LocalRun, type LocalRunOptions, startLocalRun } from '../../local/run';
import { LocalRunError } from '../../local/template/failure';
import { isObject } from '../../local/template/json';
import { type Command, UsageError } from './command';
import { welcome } from './local-welcome';
import { wholeNumber } from './whole-number';

const USAGE = `usage: npx cdk-llm-gateway local [options]

Serves the gateway of a CDK app on this machine: the synthesized template, the same handlers, no AWS account.

  --app CMD          command that synthesizes the app (default: "app" of cdk.json)
  --stack NAME       which stack, when several hold a gateway
  --port N           port on 127.0.0.1; 0 takes any free one (default: 8787)
  --host NAME        a further name by which callers reach it, such as that of a tunnel; may be repeated
  --admin-port N     port of the admin plane, where the app gives it an API of its own (default: the next one)
  --data DIR         where keys, usage and secrets are kept (default: .llm-gateway)
  --memory           keep nothing
  --secrets FILE     JSON object: name of a secret to its value
  --context K=V      context for the app; may be repeated
  --concurrency N    most environments of one function at once (default: 100)
  --disturb FILE     rules, in JSON, for what goes wrong with calls of AWS; read again when it changes
  --environment FILE write what "serve --environment FILE" needs to run the data plane beside this run; the file goes when it ends
  --trace-aws FILE   one line of JSON for each call of AWS: request, action, times, units; with - in place of a file each request is shown
                     here once it is over: trips, calls and units, and its calls one by one (with --json a line of JSON)
  --json             print one line of JSON when ready: {"url","admin_key","key"}, and "admin_url" where it is another
  --verbose          print the functions' logs and the access log to the error stream

Keys of providers are taken from the environment (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...); without any, a simulated provider answers.`;

const DEFAULT_DATA = '.llm-gateway';

export const command: Command = {
  name: 'local',
  summary: 'serve the gateway of a CDK app on this machine, without an AWS account',
  usage: USAGE,
  async run(args) {
    let isReady = false;
    const { json, options } = parse(args, () => isReady);
    // Signals count from the start, so that a Ctrl-C while starting leaves nothing behind.
    const stopped = stopSignal();
    let run: LocalRun;
    try {
      run = await startLocalRun(options);
    } catch (error) {
      if (!(error instanceof LocalRunError)) throw error;
      process.stderr.write(`llm-gateway local: ${error.message}\n`);
      return 1;
    }
    const adminUrl = run.adminUrl === run.url ? {} : { admin_url: run.adminUrl };
    if (json) process.stdout.write(`${JSON.stringify({ url: run.url, ...adminUrl, admin_key: run.adminKey, key: run.key })}\n`);
    else process.stdout.write(await welcome(run, options.data));
    isReady = true;
    await stopped;
    if (!json) process.stderr.write('\nstopping: requests under way may end; Ctrl-C again stops at once\n');
    await run.close();
    return 0;
  },
};

/** Settles at the first interrupt; the second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    let asked = false;
    const interrupt = (): void => {
      if (asked) process.exit(130);
      asked = true;
      stop();
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', interrupt);
  });
}

function parse(args: string[], ready: () => boolean): { json: boolean; options: LocalRunOptions } {
  const values = parseOptions(args);
  if (values.memory && values.data !== undefined) throw new UsageError('--memory and --data exclude each other');
  return {
    json: values.json ?? false,
    options: {
      ...(values.app === undefined ? {} : { app: values.app }),
      ...(values.stack === undefined ? {} : { stack: values.stack }),
      ...(values.port === undefined ? {} : { port: wholeNumber('--port', values.port, 0, 65_535) }),
      ...(values.host === undefined ? {} : { hosts: values.host.map(hostName) }),
      ...(values['admin-port'] === undefined ? {} : { adminPort: wholeNumber('--admin-port', values['admin-port'], 0, 65_535) }),
      ...(values.memory ? {} : { data: resolve(values.data ?? DEFAULT_DATA) }),
      ...(values.secrets === undefined ? {} : { secrets: readSecrets(values.secrets) }),
      ...(values.context === undefined ? {} : { context: Object.fromEntries(values.context.map(contextEntry)) }),
      ...(values.concurrency === undefined ? {} : { concurrency: wholeNumber('--concurrency', values.concurrency, 1, 10_000) }),
      ...(values.disturb === undefined ? {} : { disturb: values.disturb }),
      ...(values.environment === undefined ? {} : { environmentFile: resolve(values.environment) }),
      ...tracing(values['trace-aws'], values.json ?? false, ready),
      ...(values.verbose ? { onLog: (line: string) => process.stderr.write(`${line}\n`) } : {}),
    },
  };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        app: { type: 'string' },
        stack: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string', multiple: true },
        'admin-port': { type: 'string' },
        data: { type: 'string' },
        memory: { type: 'boolean' },
        secrets: { type: 'string' },
        context: { type: 'string', multiple: true },
        concurrency: { type: 'string' },
        disturb: { type: 'string' },
        environment: { type: 'string' },
        'trace-aws': { type: 'string' },
        json: { type: 'boolean' },
        verbose: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `-`: on the terminal, from when the run is ready: what it asked for itself before is nobody's request. */
function tracing(file: string | undefined, json: boolean, ready: () => boolean): Pick<LocalRunOptions, 'traceAws' | 'onRequestTrace'> {
  if (file !== '-') return file === undefined ? {} : { traceAws: file };
  return {
    onRequestTrace(trace) {
      if (ready()) process.stdout.write(`${json ? JSON.stringify(trace) : shownRequest(trace)}\n`);
    },
  };
}

function hostName(name: string): string {
  if (!/^([a-z0-9_]([a-z0-9_.-]*[a-z0-9])?|\[[0-9a-f:]+\])$/i.test(name)) {
    throw new UsageError(`--host takes a name without scheme and port, such as gateway.test, got "${name}"`);
  }
  return name;
}

function contextEntry(entry: string): [string, string] {
  const at = entry.indexOf('=');
  if (at < 1) throw new UsageError(`--context takes NAME=VALUE, got "${entry}"`);
  return [entry.slice(0, at), entry.slice(at + 1)];
}

/** Values that are objects are kept as JSON, as Secrets Manager would hold them. */
function readSecrets(file: string): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The parser's own message may quote the file, and so a secret.
    throw new UsageError(`--secrets: ${file} is not a readable JSON file`);
  }
  if (!isObject(parsed)) throw new UsageError(`--secrets: ${file} must hold an object of secret names and values`);
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
