import { execFile } from 'node:child_process';
import { UsageError } from '../command';
import { AdminClient } from './client';

/** How a command finds its gateway. */
export interface ConnectionOptions {
  readonly url?: string;
  /** Of the admin plane, where it has an API of its own. */
  readonly adminUrl?: string;
  readonly key?: string;
  readonly stack?: string;
  /** The key may go over the network in the plain. Default: the environment's word, else false. */
  readonly insecureHttp?: boolean;
}

/** What a command calls. */
export interface GatewayConnection {
  /** Where the data plane is; undefined when nothing says. */
  readonly url: string | undefined;
  readonly adminUrl: string;
  readonly key: string;
}

const ADMIN_URL_VARIABLE = 'LLM_GATEWAY_ADMIN_URL';
const URL_VARIABLE = 'LLM_GATEWAY_URL';
const KEY_VARIABLE = 'LLM_GATEWAY_ADMIN_KEY';
const INSECURE_VARIABLE = 'LLM_GATEWAY_INSECURE_HTTP';

/** The admin API of the gateway that the options, a stack or the environment name. @throws UsageError as `findGateway` does */
export async function connect(options: ConnectionOptions, variables: NodeJS.ProcessEnv = process.env): Promise<AdminClient> {
  const { adminUrl, key } = await findGateway(options, variables);
  return new AdminClient(adminUrl, key);
}

/**
 * Finds URLs and admin key: options, then a stack's outputs, then the environment. The admin plane is where the gateway is, unless the
 * same source names another URL for it.
 *
 * @throws UsageError that says what is missing and how to give it
 */
export async function findGateway(options: ConnectionOptions, variables: NodeJS.ProcessEnv = process.env): Promise<GatewayConnection> {
  const enough = options.url !== undefined && options.key !== undefined;
  const stack = options.stack === undefined || enough ? undefined : await readStack(options.stack, variables);
  const url = options.url ?? stack?.url ?? variables[URL_VARIABLE];
  const adminUrl =
    options.adminUrl ?? options.url ?? stack?.adminUrl ?? stack?.url ?? (variables[ADMIN_URL_VARIABLE] || variables[URL_VARIABLE]);
  const key = options.key ?? stack?.key ?? variables[KEY_VARIABLE];
  if (!adminUrl)
    throw new UsageError(`no gateway URL: give --url, --stack, or set ${URL_VARIABLE}; \`npx cdk-llm-gateway local\` prints it`);
  if (!key) throw new UsageError(`no admin key: give --key, --stack, or set ${KEY_VARIABLE}; \`npx cdk-llm-gateway local\` prints one`);
  for (const one of url ? [url, adminUrl] : [adminUrl]) {
    if (!URL.canParse(one) || !/^https?:$/.test(new URL(one).protocol)) {
      throw new UsageError(`'${one}' is not a URL; expected something like https://abc.execute-api.eu-central-1.amazonaws.com/prod`);
    }
    if (isReadable(new URL(one)) && options.insecureHttp !== true && variables[INSECURE_VARIABLE] !== '1') {
      throw new UsageError(
        `'${one}' would carry the admin key over the network for anybody to read; use https://, or give --insecure-http (${INSECURE_VARIABLE}=1) if the way there is safe`,
      );
    }
  }
  return { url: url || undefined, adminUrl, key };
}

/** Whether others may read what is sent there: in the plain, and not to this machine itself. */
function isReadable({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && hostname !== 'localhost' && hostname !== '[::1]' && !/^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** The output that tells how to show the admin key: `<construct>AdminKeyCommand<hash>`. */
const ADMIN_KEY_OUTPUT = /AdminKeyCommand[0-9A-F]{8}$/;

interface StackOutput {
  readonly OutputKey?: string;
  readonly OutputValue?: string;
}

/** Asks the user's own `aws` command, with whatever profile and Region it is set up for. */
async function readStack(stack: string, variables: NodeJS.ProcessEnv): Promise<Partial<GatewayConnection>> {
  const text = await aws(
    ['cloudformation', 'describe-stacks', '--stack-name', stack, '--query', 'Stacks[0].Outputs', '--output', 'json'],
    variables,
  );
  const outputs = new Map(
    ((JSON.parse(text || '[]') as StackOutput[] | null) ?? []).map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']),
  );
  const commands = [...outputs.keys()].filter((name) => ADMIN_KEY_OUTPUT.test(name));
  if (commands.length !== 1) {
    const found = commands.length === 0 ? 'no gateway' : `${commands.length} gateways`;
    throw new UsageError(`the stack ${stack} has ${found} among its outputs; give --url and --key instead`);
  }
  const [name] = commands as [string];
  const prefix = name.replace(ADMIN_KEY_OUTPUT, '');
  const outputOf = (id: string): string | undefined =>
    [...outputs].find(([output]) => output.startsWith(prefix) && new RegExp(`^${id}[0-9A-F]{8}$`).test(output.slice(prefix.length)))?.[1];
  const [url, adminUrl] = [outputOf('Url'), outputOf('AdminUrl')];
  const urls = { ...(url === undefined ? {} : { url }), ...(adminUrl === undefined ? {} : { adminUrl }) };
  const command = outputs.get(name) ?? '';
  const [secret, region] = [/--secret-id (\S+)/.exec(command)?.[1], /--region (\S+)/.exec(command)?.[1]];
  if (secret === undefined) return urls;
  const place = region === undefined ? [] : ['--region', region];
  const value = await aws(
    ['secretsmanager', 'get-secret-value', '--secret-id', secret, ...place, '--query', 'SecretString', '--output', 'text'],
    variables,
  );
  return { ...urls, key: `sk-gw-root-${(JSON.parse(value) as { secret: string }).secret}` };
}

function aws(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('aws', args, { env, maxBuffer: 4 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        reject(new UsageError('--stack needs the `aws` command, which was not found; install it, or give --url and --key'));
      } else reject(new UsageError(`\`aws ${args.slice(0, 2).join(' ')}\` failed: ${stderr.trim() || error.message}`));
    });
  });
}
