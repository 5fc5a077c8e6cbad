/** `rehearse`: the money against what was billed, while the tables fail. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Heard } from '../../bin/commands/rehearse/callers';
import { problemsOf } from '../../bin/commands/rehearse/played';
import { type Scene, scenes } from '../../bin/commands/rehearse/scenes';
import { Bills } from '../../bin/commands/rehearse/views';
import { parseDisturbanceRules } from '../../local/game-day/disturbance-rules';

const ROOT = join(__dirname, '../..');
const COMMAND = join(ROOT, 'dist/bin/llm-gateway.mjs');
const built = ['dist/lib/index.js', 'dist/lambda/proxy/index.mjs', 'dist/bin/llm-gateway.mjs'].every((file) =>
  existsSync(join(ROOT, file)),
);

jest.setTimeout(180_000);

const EXACT = { spent: 5n, recorded: 5n, billed: 5n, reserved: 0n, records: 4 };
const HEARD: Heard = { answers: new Map([['200', 4]]), answered: 4, calls: 4, longestMs: 20 };
const SCENE = scenes(10)[0] as Scene;
const played = (views: object, heard: object = {}) =>
  problemsOf({
    scene: SCENE,
    heard: { ...HEARD, ...heard },
    views: { ...EXACT, ...views },
    settledMs: 1,
  });

test('every scene is made of rules that the local run takes', () => {
  for (const { name, rules } of scenes(60)) {
    expect(parseDisturbanceRules(JSON.stringify({ rules }), name).rules).toHaveLength(rules.length);
  }
});

test.each([
  ['nothing', {}, {}, []],
  ['money that stays set aside', { reserved: 1n }, {}, ['1 nano-USD are still set aside']],
  ['a record that is missing', { recorded: 4n }, {}, ['spent 5, recorded 4, billed 5 nano-USD']],
  ['a bill that nobody paid', { billed: 6n }, {}, ['spent 5, recorded 5, billed 6 nano-USD']],
  ['a refusal because of money', {}, { answers: new Map([['429 rate_limit_exceeded', 1]]) }, ['refused: 429 rate_limit_exceeded']],
  ['too few answers', {}, { answered: 1 }, ['1 of 4 calls were answered']],
  ['a caller that waits for ever', {}, { longestMs: 5_001 }, ['an answer took 5001 ms']],
])('fails over %s', (_what, views, heard, problems) => {
  expect(played(views, heard)).toEqual(problems);
});

test('what the provider bills is read from the functions’ logs, and nothing else is', () => {
  const bills = new Bills();
  bills.read('[Proxy] {"level":"info","event":"simulated-bill","provider":"simulated","model":"m","costNanoUsd":"12"}');
  bills.read('[Proxy] {"level":"info","event":"request","costNanoUsd":"12"}');
  bills.read('[access] something');
  bills.read('[Proxy] {"level":"info","event":"simulated-bill","costNanoUsd":"30"}');

  expect(bills.nanoUsd).toBe(42n);
});

(built ? test : test.skip)('lost answers to reserves and records cost nobody anything', async () => {
  const args = [COMMAND, 'rehearse', '--json', '--seconds', '4', '--scene', 'cut', '--scene', 'record'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT }).catch(({ stdout, stderr }) => ({
    stdout: `${stdout}${stderr}`,
  }));

  const lines = stdout
    .trim()
    .split('\n')
    .map((line: string) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line.records).toBeGreaterThan(0);
    expect([line.recorded_nano_usd, line.billed_nano_usd, line.reserved_nano_usd]).toEqual([line.spent_nano_usd, line.spent_nano_usd, '0']);
  }
});
