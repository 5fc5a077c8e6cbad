import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { DataPlaneOptions, DataPlaneProcess } from '../../lib/private/contract';
import { type Command, UsageError } from './command';
import { wholeNumber } from './whole-number';

const USAGE = `usage: npx cdk-llm-gateway serve [options]

Runs the data plane as a process of its own, such as a container: the same code as the proxy function, over the same tables. It needs the
environment variables that the function has (names of tables, secrets, queue), AWS_REGION, credentials that are allowed what the function's
role is, and something in front that ends TLS. GET /ready answers 200 while calls may be sent, 503 before and after.

  --config FILE        the configuration document (default: what GATEWAY_CONFIG_FILE names, else /opt/gateway.json)
  --environment FILE   JSON object of variables in place of the process's own, as "local --environment FILE" writes it
  --port N             0 takes any free one (default: 8080)
  --address ADDRESS    network interface to listen on; 0.0.0.0 is all of them (default: 127.0.0.1)
  --max-calls N        calls at the same time; more are refused, for callers to try again (default: 1000)
  --max-memory-mb N    calls are refused while the process has more memory (default: four fifths of what it may have)
  --drain-seconds N    what open calls may still take after SIGTERM or SIGINT (default: 870)
  --hang-ups POLICY    of a caller that hung up: "drain" reads the answer on to its usage, "abort" cuts it (default: drain)

Exits with 0 when all open calls came to their end, with 1 when some had to be cut.`;

export const command: Command = {
  name: 'serve',
  summary: 'run the data plane as a process of its own, over the tables of a deployed or a local gateway',
  usage: USAGE,
  async run(args) {
    const { environment, ...options } = parse(args);
    if (environment !== undefined) replaceEnvironment(readEnvironmentFile(environment));
    const { serveUntilStopped } = (await import(findBundle())) as DataPlaneProcess;
    return await serveUntilStopped(options);
  },
};

function parse(args: string[]): DataPlaneOptions & { readonly environment?: string } {
  const values = parseOptions(args);
  const hangUps = values['hang-ups'] ?? 'drain';
  if (hangUps !== 'drain' && hangUps !== 'abort') throw new UsageError(`--hang-ups takes drain or abort, got "${hangUps}"`);
  const memoryMb = values['max-memory-mb'];
  return {
    port: wholeNumber('--port', values.port ?? '8080', 0, 65_535),
    address: values.address ?? '127.0.0.1',
    ...(values.config === undefined ? {} : { configFile: values.config }),
    maxCalls: wholeNumber('--max-calls', values['max-calls'] ?? '1000', 1, 100_000),
    ...(memoryMb === undefined ? {} : { maxMemoryBytes: wholeNumber('--max-memory-mb', memoryMb, 64, 1_048_576) * 1_048_576 }),
    drainMs: wholeNumber('--drain-seconds', values['drain-seconds'] ?? '870', 0, 3_600) * 1_000,
    callerGone: hangUps,
    // The log has the standard output to itself.
    say: (line) => process.stderr.write(`llm-gateway serve: ${line}\n`),
    ...(values.environment === undefined ? {} : { environment: values.environment }),
  };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        config: { type: 'string' },
        environment: { type: 'string' },
        port: { type: 'string' },
        address: { type: 'string' },
        'max-calls': { type: 'string' },
        'max-memory-mb': { type: 'string' },
        'drain-seconds': { type: 'string' },
        'hang-ups': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** All that the data plane sees of an environment: a developer's own credentials and endpoints are not for local tables. */
function replaceEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
}

function readEnvironmentFile(file: string): Record<string, string> {
  if (!existsSync(file)) {
    throw new UsageError(
      `--environment: there is no ${file}; "llm-gateway local --environment ${file}" writes it and keeps it while it runs`,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The parser's own message may quote the file, and so a credential.
    throw new UsageError(`--environment: ${file} is not a readable JSON file`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new UsageError(`--environment: ${file} must hold an object of variables and their values`);
  }
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== 'string') throw new UsageError(`--environment: the value of ${name} in ${file} must be a string`);
  }
  return parsed as Record<string, string>;
}

/** The data plane's bundle: beside the command's when bundled, in `dist` when run from source. */
function findBundle(): string {
  const candidates = ['../lambda/proxy-node/index.mjs', '../../dist/lambda/proxy-node/index.mjs'].map(
    (path) => new URL(path, import.meta.url),
  );
  const found = candidates.find((url) => existsSync(fileURLToPath(url)));
  if (found === undefined) throw new Error('the bundle of the data plane is missing; run "npm run build" to make it');
  return found.href;
}
