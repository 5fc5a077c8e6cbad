/** `rehearse`: the money against what was billed, while the tables fail. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Heard } from '../../bin/commands/rehearse/callers';
import { problemsOf } from '../../bin/commands/rehearse/played';
import { type Scene, scenes } from '../../bin/commands/rehearse/scenes';
import { Told } from '../../bin/commands/rehearse/views';
import { parseDisturbanceRules } from '../../local/game-day/disturbance-rules';

const ROOT = join(__dirname, '../..');
const COMMAND = join(ROOT, 'dist/bin/llm-gateway.mjs');
const built = ['dist/lib/index.js', 'dist/lambda/proxy/index.mjs', 'dist/bin/llm-gateway.mjs'].every((file) =>
  existsSync(join(ROOT, file)),
);

jest.setTimeout(180_000);

const EXACT = { spent: 5n, recorded: 5n, billed: 5n, reserved: 0n, records: 4 };
const HEARD: Heard = { answers: new Map([[200, 4]]), answered: 4, calls: 4, longestMs: 20 };
const SCENE = scenes(10)[0] as Scene;
const played = (views: object, heard: object = {}) =>
  problemsOf({
    scene: SCENE,
    seed: 1,
    heard: { ...HEARD, ...heard },
    failures: new Map([['rate_limit_exceeded', 1]]),
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
  ['a refusal because of money', {}, { answers: new Map([[429, 1]]) }, ['refused with 429: rate_limit_exceeded']],
  ['too few answers', {}, { answered: 1 }, ['1 of 4 calls were answered']],
  ['a caller that waits for ever', {}, { longestMs: 5_001 }, ['an answer took 5001 ms']],
])('fails over %s', (_what, views, heard, problems) => {
  expect(played(views, heard)).toEqual(problems);
});

test('what the provider bills and why calls fail is read from the functions’ logs, and nothing else is', () => {
  const told = new Told();
  told.read('[Proxy] {"level":"info","event":"simulated-bill","provider":"simulated","model":"m","costNanoUsd":"12"}');
  told.read('[Proxy] {"level":"info","event":"request","status":200,"outcome":"ok","costNanoUsd":"12"}');
  told.read('[Proxy] {"level":"warn","event":"request","status":503,"outcome":"store_unavailable"}');
  told.read('[access] something');
  told.read('[Proxy] {"level":"info","event":"simulated-bill","costNanoUsd":"30"}');

  expect(told.billedNanoUsd).toBe(42n);
  expect([...told.failures]).toEqual([['store_unavailable', 1]]);
  told.forget();
  expect([told.billedNanoUsd, told.failures.size]).toEqual([0n, 0]);
});

(built ? test : test.skip)('lost answers to reserves and records cost nobody anything, nor do writes that come late', async () => {
  const args = [COMMAND, 'rehearse', '--json', '--seconds', '4', '--seed', '7', '--scene', 'cut', '--scene', 'late', '--scene', 'record'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: ROOT }).catch((failure) => failure);

  expect(stderr).not.toContain('Warning');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line: string) => JSON.parse(line));
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(line.seed).toBe(7);
    expect(line.records).toBeGreaterThan(0);
    expect([line.recorded_nano_usd, line.billed_nano_usd, line.reserved_nano_usd]).toEqual([line.spent_nano_usd, line.spent_nano_usd, '0']);
  }
});
