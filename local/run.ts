/**
 * The local run, put together of its parts:
 *
 * - `template/` reads the synthesized app as if it were deployed: names, ARNs, functions, roles.
 * - `stand-ins.ts` starts what stands in for AWS (`dynamodb/`, `aws/`) and makes what the template declares.
 * - `lambda/` runs the functions, `api-gateway/` serves the REST API in front of them.
 * - `sources.ts` with `event-sources/` delivers streams, queues, schedules and events to them.
 * - `game-day/` makes calls of AWS go wrong on purpose, and writes down every call.
 * - `data-plane-file.ts` writes down what a data plane beside this run needs.
 * - `at-hand.ts`, `data-directory.ts`, `first-key.ts`, `notes.ts`: keys of the environment, what is kept, the first key, what is said.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV } from '../lib/private/contract';
import { startGatewayServers } from './api-gateway/gateway-servers';
import type { ApiLimits } from './api-gateway/limits';
import { answersAsOllama, contextAtHand, secretsAtHand } from './at-hand';
import type { CheckedCall, Principal } from './aws/authorizer';
import { Callers } from './aws/callers';
import { alsoAtExit, withinDrain } from './closing';
import { takeDataDirectory } from './data-directory';
import { writeDataPlaneFile } from './data-plane-file';
import { adminKey, firstKey } from './first-key';
import { CallTrace } from './game-day/call-trace';
import { DisturbanceFile } from './game-day/disturbance-file';
import type { RequestTrace } from './game-day/request-trace';
import { FunctionPool } from './lambda/function-pool';
import { credentialVariables, functionVariables } from './lambda/function-variables';
import { findWorkerFile } from './lambda/worker-file';
import { Notes } from './notes';
import { EventSources } from './sources';
import { StandIns } from './stand-ins';
import { localAccount } from './template/account';
import { modelApp } from './template/app-model';
import { type AssemblyStack, gatewayStack, readCloudAssembly } from './template/cloud-assembly';
import { LocalRunError } from './template/failure';
import { type FunctionDefinition, readFunctions } from './template/functions';
import { readInvokePermissions, readRoles } from './template/policies';
import { synthesize } from './template/synthesize';

export interface LocalRunOptions {
  /** Folder of the app. Default: the process's own. */
  readonly workingDirectory?: string;
  /** The app's command line. Default: `cdk.json`'s. */
  readonly app?: string;
  /** Name of the stack, when several hold a gateway. */
  readonly stack?: string;
  /** Context for the app on top of what is found at hand. */
  readonly context?: Readonly<Record<string, string>>;
  /** 0 takes any free port. Default: 8787. */
  readonly port?: number;
  /** Names in `Host` that are meant for the gateway, besides those of loopback. */
  readonly hosts?: readonly string[];
  /** Of the admin plane's own API, where the app gives it one. Default: the next one, or any free one when `port` is 0. */
  readonly adminPort?: number;
  /** Folder that keeps tables, secrets and the first key. Default: nothing is kept. */
  readonly data?: string;
  /** Values of secrets, by name; they go before those of the environment. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where providers' keys and the Region are looked up. Default: the process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** File of rules for what goes wrong with calls of AWS once the run is ready. Default: nothing does. */
  readonly disturb?: string;
  /** File that takes one JSON line for each call of AWS. Default: none. */
  readonly traceAws?: string;
  /** Told of each request, once it is over, what it asked of AWS; instead of the file. */
  readonly onRequestTrace?: (trace: RequestTrace) => void;
  /** File that takes the environment of a data plane beside this run (`llm-gateway serve`), while it runs. Default: none. */
  readonly environmentFile?: string;
  /** Most environments of one function at once, as an account's quota. Default: 100. */
  readonly concurrency?: number;
  /** Takes what the user should read: refusals by IAM, failing functions. Default: the process's error stream. */
  readonly onNote?: (line: string) => void;
  /** Takes the functions' logs and the access log. Default: they are dropped. */
  readonly onLog?: (line: string) => void;
  /** Where the cloud assembly is put until the run closes. Default: the system's folder for such things. */
  readonly temporaryDirectory?: string;
  /** The bundled function worker. Default: where the build puts it. */
  readonly workerFile?: string;
  /** Overrides of API Gateway's limits; tests only. */
  readonly limits?: Partial<ApiLimits>;
}

/** A gateway that runs. */
export interface LocalRun {
  /** Stage included, without a trailing slash. */
  readonly url: string;
  /** Where the admin API is, in the same form: the same URL, unless the app gives it an API of its own. */
  readonly adminUrl: string;
  /** Opens the admin API. */
  readonly adminKey: string;
  /** A virtual key with a small budget. */
  readonly key: string;
  /** The stack that is served. */
  readonly stackName: string;
  /** Every kind of AWS call so far, with the statement that decided. */
  readonly calls: readonly CheckedCall[];
  /** The functions' roles. */
  readonly principals: readonly Principal[];
  readonly functions: readonly FunctionPool[];
  readonly standIns: StandIns;
  /** Settles when no function runs and every record of the tables' streams is delivered. */
  settled(): Promise<void>;
  /** Lets requests under way end, keeps the data, ends everything. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 8787;
const AS_IN_AWS = { delayMs: 20, asInAws: true } as const;
const DEFAULT_CONCURRENCY = 100;

/**
 * Synthesises an app and serves the gateway it holds: the same template, the same handlers, no account.
 *
 * @throws LocalRunError when the user can mend what is wrong
 */
export async function startLocalRun(options: LocalRunOptions = {}): Promise<LocalRun> {
  const opened: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    return await start(options, opened, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: LocalRunOptions, opened: (() => Promise<void> | void)[], close: () => Promise<void>): Promise<LocalRun> {
  const environment = options.environment ?? process.env;
  const userRegion = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined;
  const notes = new Notes(options.onNote ?? ((line) => process.stderr.write(`${line}\n`)), options.onLog);
  if (options.data !== undefined) opened.push(alsoAtExit(takeDataDirectory(options.data)));

  const disturbances = options.disturb === undefined ? undefined : DisturbanceFile.read(options.disturb, notes);
  const trace = openTrace(options, notes);
  if (trace !== undefined) opened.push(alsoAtExit(() => trace.close()));

  const secrets = { ...secretsAtHand(environment), ...options.secrets };
  const { stacks, stack } = await synthesizedStacks(options, secrets, userRegion, opened);
  const account = localAccount(stack.place, userRegion);
  const callers = new Callers();
  const standIns = await StandIns.start({
    account,
    ...(options.data === undefined ? {} : { directory: options.data }),
    secrets,
    callers: (accessKeyId) => callers.find(accessKeyId),
    onDenied: (advice) => notes.once(`IAM: ${advice}`),
    ...(trace === undefined ? {} : { onCall: (call) => trace.record(call) }),
    onError: (error) => notes.write(`the local AWS failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  opened.push(() => standIns.close());

  const { gateway: model, dependencies } = modelApp(stacks, stack, { account, endpoint: standIns.endpoint.url });
  for (const deployed of [...dependencies, model]) await standIns.deploy(deployed);
  const definitions = readFunctions(model, stack, 'gateway');
  disturbances?.check(definitions.map(({ logicalId }) => logicalId));
  const roles = readRoles(model);
  const principals = new Map(definitions.map((definition) => [definition.arn, principalOf(definition, roles)]));

  const workerFile = options.workerFile ?? findWorkerFile();
  const functions = new Map(
    definitions.map((definition) => [
      definition.arn,
      new FunctionPool({
        definition,
        workerFile,
        variables: functionVariables(definition, account, standIns.endpoint.url),
        admit(invocation) {
          const lease = callers.admit(principals.get(definition.arn) as Principal, invocation);
          return { variables: credentialVariables(lease.credentials), end: lease.end };
        },
        concurrency: definition.reservedConcurrency ?? options.concurrency ?? DEFAULT_CONCURRENCY,
        onLog: (text) => notes.log(definition.logicalId, text),
        onFailure: (error) => notes.failure(definition.logicalId, error),
        onEnd: (traceId) => trace?.ended(traceId),
      }),
    ]),
  );
  const pools = [...functions.values()];
  opened.push(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
  });

  const permissions = readInvokePermissions(model);
  const sources = EventSources.start({ model, standIns, functions, permissions, account, notes, principals });
  const settled = async (): Promise<void> => {
    // What a function writes may be the next one's event.
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(pools.map((pool) => pool.idleAll()));
      await sources.drained();
    }
  };
  opened.push(() =>
    withinDrain(async () => {
      await Promise.all(pools.map((pool) => pool.idleAll()));
      await sources.close();
    }),
  );

  const bootstrap = bootstrapFunction(definitions);
  const gateway = await startGatewayServers({
    model,
    adminArn: bootstrap.arn,
    ...(options.adminPort === undefined ? {} : { adminPort: options.adminPort }),
    functions,
    permissions,
    account,
    port: options.port ?? DEFAULT_PORT,
    hosts: (options.hosts ?? []).map((name) => name.toLowerCase()),
    onNote: (message) => notes.write(message),
    onAnswer: (traceId, requestId) => trace?.name(traceId, requestId),
    ...(options.onLog === undefined ? {} : { onAccess: (line: string) => notes.log('access', `${line}\n`) }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  opened.push(() => gateway.close());

  const admin = adminKey(standIns, bootstrap.secretArn);
  // Only what callers wait for is loaded ahead; the rest loads with its first event.
  const [key] = await Promise.all([
    firstKey(gateway.adminUrl, admin, options.data),
    ...gateway.functionArns.map((arn) => functions.get(arn)?.warm()),
  ]);
  if (options.environmentFile !== undefined) {
    const endpoint = standIns.endpoint.url;
    opened.push(alsoAtExit(writeDataPlaneFile(options.environmentFile, { definitions, principals, callers, account, endpoint })));
  }
  // Calls that are made together are seen to be, where each takes about as long as it does in AWS.
  if (options.onRequestTrace !== undefined && disturbances === undefined) standIns.endpoint.disturb(() => AS_IN_AWS);
  if (disturbances !== undefined) {
    disturbances.begin(standIns.endpoint);
    opened.push(() => disturbances.close());
  }
  return {
    url: gateway.url,
    adminUrl: gateway.adminUrl,
    adminKey: admin,
    key,
    stackName: stack.stackName,
    get calls() {
      return standIns.calls;
    },
    principals: [...principals.values()],
    functions: pools,
    standIns,
    settled,
    close,
  };
}

function openTrace({ traceAws, onRequestTrace }: LocalRunOptions, notes: Notes): CallTrace | undefined {
  if (onRequestTrace !== undefined) return CallTrace.ofRequests(onRequestTrace);
  return traceAws === undefined ? undefined : CallTrace.open(traceAws, (line) => notes.write(line));
}

async function synthesizedStacks(
  options: LocalRunOptions,
  secrets: Readonly<Record<string, string>>,
  region: string | undefined,
  opened: (() => void)[],
): Promise<{ stacks: AssemblyStack[]; stack: AssemblyStack }> {
  const temporary = mkdtempSync(join(options.temporaryDirectory ?? tmpdir(), 'llm-gateway-local-'));
  opened.push(alsoAtExit(() => rmSync(temporary, { recursive: true, force: true })));
  const outputDirectory = join(temporary, 'cdk.out');
  await synthesize({
    workingDirectory: options.workingDirectory ?? process.cwd(),
    ...(options.app === undefined ? {} : { app: options.app }),
    outputDirectory,
    temporaryDirectory: temporary,
    context: { ...(await contextAtHand({ secrets, ollama: answersAsOllama })), ...options.context },
    ...(region === undefined ? {} : { region }),
  });
  const stacks = readCloudAssembly(outputDirectory);
  return { stacks, stack: gatewayStack(stacks, options.stack) };
}

function principalOf(definition: FunctionDefinition, roles: ReturnType<typeof readRoles>): Principal {
  const role = roles.find((candidate) => candidate.arn === definition.roleArn);
  if (role === undefined) throw new LocalRunError(`${definition.logicalId}: its role ${definition.roleArn} is not in the template`);
  return {
    id: definition.logicalId,
    arn: `${definition.roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${definition.name}`,
    statements: role.statements,
  };
}

/** The function behind the admin plane, and the secret that opens it. */
function bootstrapFunction(definitions: readonly FunctionDefinition[]): { arn: string; secretArn: string } {
  for (const { arn, environment } of definitions) {
    const secretArn = environment[ENV.BOOTSTRAP_SECRET];
    if (secretArn !== undefined) return { arn, secretArn };
  }
  throw new LocalRunError(`no function of the gateway has the variable ${ENV.BOOTSTRAP_SECRET}`);
}
