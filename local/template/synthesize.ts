import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LocalRunError } from './failure';
import { type JsonObject, object, readJsonFile, text } from './json';

export interface SynthesizeOptions {
  /** Folder in which the app runs. */
  readonly workingDirectory: string;
  /** The app's command line, as in `cdk.json`. Default: `cdk.json`'s `app`. */
  readonly app?: string;
  /** Folder that receives the cloud assembly. */
  readonly outputDirectory: string;
  /** Folder for what the app leaves in the system's temporary one. */
  readonly temporaryDirectory: string;
  /** Context values on top of `cdk.json`'s. */
  readonly context?: Readonly<Record<string, string>>;
  /** The user's Region, for apps that ask for it. */
  readonly region?: string;
}

/** Lines of the app's own output that an error quotes. */
const QUOTED_LINES = 25;

/**
 * Runs a CDK app as the CDK command line would, without its look-ups and without CloudFormation's validation, which costs two seconds.
 *
 * @throws LocalRunError when there is no app or it fails; its own output is quoted
 */
export async function synthesize(options: SynthesizeOptions): Promise<void> {
  const settings = cdkSettings(options.workingDirectory);
  const command = options.app ?? settings.app;
  if (command === undefined) {
    throw new LocalRunError(`no app to serve: ${options.workingDirectory} has no cdk.json with "app"; name the command with --app`);
  }
  const { code, output } = await run(command, options.workingDirectory, {
    ...process.env,
    TMPDIR: options.temporaryDirectory,
    CDK_OUTDIR: options.outputDirectory,
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({ ...settings.context, ...options.context }),
    ...(options.region === undefined ? {} : { CDK_DEFAULT_REGION: options.region }),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  });
  if (code !== 0) {
    const tail = output.trimEnd().split('\n').slice(-QUOTED_LINES).join('\n');
    throw new LocalRunError(`the app failed (exit code ${code}): ${command}\n${tail}`);
  }
}

/** `cdk.json`, and what earlier look-ups left in `cdk.context.json`. */
function cdkSettings(directory: string): { app?: string; context: Record<string, unknown> } {
  const read = (name: string): JsonObject => (existsSync(join(directory, name)) ? readJsonFile(join(directory, name)) : {});
  const { app, context } = read('cdk.json');
  const command = text(app);
  return { ...(command === undefined ? {} : { app: command }), context: { ...read('cdk.context.json'), ...object(context) } };
}

function run(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { cwd, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => reject(new LocalRunError(`cannot start the app: ${command}: ${error.message}`, error)));
    child.once('close', (code) => resolve({ code, output }));
  });
}
