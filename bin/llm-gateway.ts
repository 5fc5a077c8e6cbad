#!/usr/bin/env node
import { type Command, UsageError } from './commands/command';
import { packageVersion } from './package-version';

/** Each command is loaded only when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  local: () => import('./commands/local'),
  serve: () => import('./commands/serve'),
  init: () => import('./commands/init'),
  gateway: () => import('./commands/gateway'),
  keys: () => import('./commands/keys'),
  teams: () => import('./commands/teams'),
  projects: () => import('./commands/projects'),
  users: () => import('./commands/users'),
  tags: () => import('./commands/tags'),
  budgets: () => import('./commands/budgets'),
  usage: () => import('./commands/usage'),
  tail: () => import('./commands/tail'),
  top: () => import('./commands/top'),
  requests: () => import('./commands/requests'),
  audit: () => import('./commands/audit'),
  content: () => import('./commands/content'),
  deletions: () => import('./commands/deletions'),
  models: () => import('./commands/models'),
  prices: () => import('./commands/prices'),
  rerate: () => import('./commands/rerate'),
  reconcile: () => import('./commands/reconcile'),
  guardrails: () => import('./commands/guardrails'),
  guard: () => import('./commands/guard'),
  route: () => import('./commands/route'),
  race: () => import('./commands/race'),
  rehearse: () => import('./commands/rehearse'),
};

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await overview());
    return name === undefined ? EXIT_USAGE : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw new UsageError(`unknown command "${name}"; one of: ${Object.keys(COMMANDS).join(', ')}`);
  const { command } = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${command.usage}\n`);
    return 0;
  }
  return await command.run(rest);
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map(async (load) => (await load()).command));
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `usage: npx cdk-llm-gateway <command> [options]\n\n${lines.join('\n')}\n\nnpx cdk-llm-gateway <command> --help shows a command's options.\n`;
}

/** What to read after an error: the help of the command that was meant. */
function helpFor(name: string | undefined): string {
  return name !== undefined && Object.hasOwn(COMMANDS, name)
    ? `npx cdk-llm-gateway ${name} --help shows its options.\n`
    : 'npx cdk-llm-gateway --help shows what can be run.\n';
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const usage = error instanceof UsageError;
    process.stderr.write(`llm-gateway: ${error instanceof Error ? error.message : String(error)}\n`);
    if (usage) process.stderr.write(helpFor(process.argv[2]));
    process.exitCode = usage ? EXIT_USAGE : EXIT_FAILURE;
  },
);
