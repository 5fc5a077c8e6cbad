import { parseArgs } from 'node:util';
import { callGateway } from '../../local/first-key';
import { createDisturber } from '../../local/game-day/disturber';
import { type LocalRun, startLocalRun } from '../../local/run';
import { LocalRunError } from '../../local/template/failure';
import { type Command, UsageError } from './command';
import { callFor } from './rehearse/callers';
import { type Played, problemsOf, shownLine } from './rehearse/played';
import { type Scene, scenes } from './rehearse/scenes';
import { agree, look, type Place, Told, type Views } from './rehearse/views';
import { wholeNumber } from './whole-number';

const USAGE = `usage: npx cdk-llm-gateway rehearse [options]

Serves the gateway of the app in this folder in memory, with the simulated provider, and lets callers call it while answers of its tables are
lost, late or refused. After each scene it waits until nothing is set aside, and compares what the key's budget says was spent, the sum of
the records, and what the provider says that it bills. Exits with 1 where they differ, where money stays set aside for more than 90 s, where
anybody is refused because of money that nobody uses, or where too few calls were answered.

  --seconds N        of each scene (default: 20)
  --scene NAME       only this one; may be repeated (${scenes(0)
    .map(({ name }) => name)
    .join(', ')})
  --seed N           of what goes wrong (default: 1)
  --app CMD          command that synthesizes the app (default: "app" of cdk.json)
  --trace-aws FILE   one line of JSON for each call of AWS
  --json             print one line of JSON for each scene`;

const DEFAULT_SECONDS = 20;
/** Until nothing may be set aside any more. */
const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 500;
/** Of the key's budget, in USD: what some calls hold at once, and little more than all of them cost. */
const HELD_USD = 0.1;
const USD_A_SECOND = 0.01;

export const command: Command = {
  name: 'rehearse',
  summary: 'serve the gateway on this machine while its tables fail, and hold the money against what was billed',
  usage: USAGE,
  async run(args) {
    const { seconds, seed, names, json, local } = parse(args);
    const all = scenes(seconds);
    const unknown = names.find((name) => !all.some((scene) => scene.name === name));
    if (unknown !== undefined) throw new UsageError(`--scene takes one of ${all.map(({ name }) => name).join(', ')}, not "${unknown}"`);
    const told = new Told();
    let run: LocalRun;
    try {
      run = await startLocalRun({ port: 0, environment: {}, context: { simulated: 'true' }, onLog: told.read, ...local });
    } catch (error) {
      if (!(error instanceof LocalRunError)) throw error;
      process.stderr.write(`llm-gateway rehearse: ${error.message}\n`);
      return 1;
    }
    let failed = false;
    try {
      for (const scene of all.filter(({ name }) => names.length === 0 || names.includes(name))) {
        const played = await play(run, scene, seconds, seed, told);
        const problems = problemsOf(played);
        failed ||= problems.length > 0;
        process.stdout.write(json ? `${JSON.stringify({ ...shownLine(played), problems })}\n` : shown(played, problems));
      }
    } finally {
      await run.close();
    }
    return failed ? 1 : 0;
  },
};

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seconds: { type: 'string' },
        scene: { type: 'string', multiple: true },
        seed: { type: 'string' },
        app: { type: 'string' },
        'trace-aws': { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    return {
      seconds: values.seconds === undefined ? DEFAULT_SECONDS : wholeNumber('--seconds', values.seconds, 1, 86_400),
      seed: values.seed === undefined ? 1 : wholeNumber('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
      names: values.scene ?? [],
      json: values.json ?? false,
      local: {
        ...(values.app === undefined ? {} : { app: values.app }),
        ...(values['trace-aws'] === undefined ? {} : { traceAws: values['trace-aws'] }),
      },
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function play(run: LocalRun, scene: Scene, seconds: number, seed: number, told: Told): Promise<Played> {
  const limit = (HELD_USD + seconds * USD_A_SECOND).toFixed(2);
  const made = await callGateway('POST', `${run.adminUrl}/admin/v1/keys`, run.adminKey, {
    name: `rehearsal ${scene.name}`,
    budgets: [{ limit_usd: limit, period: 'lifetime' }],
  });
  const { id, key } = made.body as { id: string; key: string };
  const place: Place = { url: run.url, adminUrl: run.adminUrl, adminKey: run.adminKey, key, keyId: id };
  told.forget();

  const stop = run.standIns.endpoint.disturb(createDisturber({ seed, rules: scene.rules }, () => performance.now()));
  const heard = await callFor(seconds, run.url, key);
  stop();
  const endedMs = performance.now();
  const views = await lookUntil(endedMs + PATIENCE_MS, () => look(place, told));
  return { scene, seed, heard, failures: told.failures, views, settledMs: performance.now() - endedMs };
}

/** Until all agree, or patience ends. What is not answered while a busy machine catches up is asked again. */
async function lookUntil(endMs: number, lookOnce: () => Promise<Views>): Promise<Views> {
  for (;;) {
    const inTime = performance.now() < endMs;
    try {
      const views = await lookOnce();
      if (agree(views) || !inTime) return views;
    } catch (error) {
      if (!inTime) throw error;
    }
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

function shown(played: Played, problems: readonly string[]): string {
  const { scene, ...line } = shownLine(played);
  const figures = Object.entries(line).map(([name, value]) => `  ${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}\n`);
  const end = problems.length === 0 ? '  the money is exact\n' : problems.map((problem) => `  NOT SO: ${problem}\n`).join('');
  return `${scene} (${played.scene.what})\n${figures.join('')}${end}`;
}
