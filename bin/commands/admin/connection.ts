import { execFile } from 'node:child_process';
import { UsageError } from '../command';
import { AdminClient } from './client';

/** How a command finds its gateway. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly key?: string;
  readonly stack?: string;
}

const URL_VARIABLE = 'LLM_GATEWAY_URL';
const KEY_VARIABLE = 'LLM_GATEWAY_ADMIN_KEY';

/**
 * Finds URL and admin key: `--url` and `--key`, then a stack's outputs, then the environment.
 *
 * @throws UsageError that says what is missing and how to give it
 */
export async function connect(options: ConnectionOptions, variables: NodeJS.ProcessEnv = process.env): Promise<AdminClient> {
  const { url, key } = await findGateway(options, variables);
  return new AdminClient(url, key);
}

export async function findGateway(
  options: ConnectionOptions,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<{ url: string; key: string }> {
  const stack =
    options.stack === undefined || (options.url !== undefined && options.key !== undefined)
      ? undefined
      : await readStack(options.stack, variables);
  const url = options.url ?? stack?.url ?? variables[URL_VARIABLE];
  const key = options.key ?? stack?.key ?? variables[KEY_VARIABLE];
  if (!url) throw new UsageError(`no gateway URL: give --url, --stack, or set ${URL_VARIABLE}; \`npx cdk-llm-gateway local\` prints it`);
  if (!key) throw new UsageError(`no admin key: give --key, --stack, or set ${KEY_VARIABLE}; \`npx cdk-llm-gateway local\` prints one`);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`'${url}' is not a URL; expected something like https://abc.execute-api.eu-central-1.amazonaws.com/prod`);
  }
  return { url, key };
}

/** The output that tells how to show the admin key: `<construct>AdminKeyCommand<hash>`. */
const ADMIN_KEY_OUTPUT = /AdminKeyCommand[0-9A-F]{8}$/;

interface StackOutput {
  readonly OutputKey?: string;
  readonly OutputValue?: string;
}

/** Asks the user's own `aws` command, with whatever profile and Region it is set up for. */
async function readStack(stack: string, variables: NodeJS.ProcessEnv): Promise<{ url: string | undefined; key: string | undefined }> {
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
  const url = [...outputs].find(
    ([output]) => output.startsWith(`${prefix}Url`) && /^Url[0-9A-F]{8}$/.test(output.slice(prefix.length)),
  )?.[1];
  const command = outputs.get(name) ?? '';
  const [secret, region] = [/--secret-id (\S+)/.exec(command)?.[1], /--region (\S+)/.exec(command)?.[1]];
  if (secret === undefined) return { url, key: undefined };
  const place = region === undefined ? [] : ['--region', region];
  const value = await aws(
    ['secretsmanager', 'get-secret-value', '--secret-id', secret, ...place, '--query', 'SecretString', '--output', 'text'],
    variables,
  );
  return { url, key: `sk-gw-root-${(JSON.parse(value) as { secret: string }).secret}` };
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
