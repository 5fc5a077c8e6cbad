import type { Command } from '../../bin/commands/command';
import { command as keys } from '../../bin/commands/keys';
import { command as models } from '../../bin/commands/models';
import { command as prices } from '../../bin/commands/prices';
import { command as route } from '../../bin/commands/route';
import { command as teams } from '../../bin/commands/teams';
import type { GatewayServer } from './gateway-server';
import { startGatewayServer } from './gateway-server';
import { runCommand } from './run-command';

let gateway: GatewayServer;
beforeEach(async () => {
  gateway = await startGatewayServer({
    providers: [
      { id: 'openai', kind: 'openai', network: 'public' },
      { id: 'bedrock', kind: 'bedrock', network: 'public' },
    ],
  });
});
afterEach(() => gateway.close());

const run = (command: Command, ...args: string[]) => runCommand(command, ...args, '--url', gateway.url, '--key', gateway.adminKey);
const json = async (command: Command, ...args: string[]) => JSON.parse((await run(command, ...args, '--json')).out);
const explained = (...args: string[]) => json(route, 'explain', '--model', 'smart', ...args);
const names = ({ targets }: { targets: { target: string }[] }) => targets.map(({ target }) => target);

const SHADOW = { share: 0.05, budget: { limit_usd: '5.00', period: 'day' } };

test('models set says of a route all that the admin API takes', async () => {
  const terms = { weight: 9, when: { tools: false }, parameters: { effort: 'low' } };
  await run(models, 'set', 'cheap', '--target', 'openai/small');
  await run(
    models,
    ...['set', 'smart', '--target', `openai/gpt-5 ${JSON.stringify(terms)}`, '--target', 'openai/gpt-6', '--strategy', 'weighted'],
    ...['--no-affinity', '--budget-fallback', 'cheap', '--content-policy-fallback', '--max-cost-usd', '0.5'],
    ...['--shadow', `bedrock/new ${JSON.stringify(SHADOW)}`],
  );

  expect(await json(models, 'get', 'smart')).toMatchObject({
    targets: [
      { provider: 'openai', model: 'gpt-5', ...terms },
      { provider: 'openai', model: 'gpt-6' },
    ],
    strategy: 'weighted',
    affinity: false,
    budget_fallback: 'cheap',
    content_policy_fallback: true,
    max_cost_usd: '0.5',
    shadow: { provider: 'bedrock', model: 'new', ...SHADOW },
  });
  expect((await run(models, 'list')).out).toMatch(/smart\s+openai\/gpt-5 > openai\/gpt-6\s+weighted/);
  await expect(run(models, 'set', 'smart', '--target', 'openai/gpt-5 weight=9')).rejects.toThrow('with a JSON object behind the space');
  await expect(run(models, 'set', 'smart', '--target', 'openai/gpt-5', '--strategy', 'fastest')).rejects.toThrow('strategy');
});

test('route explain tells the order, the shares, the expected cost and what is left out, without a call', async () => {
  await run(prices, 'set', 'openai/big', '--input', '10', '--output', '100');
  await run(prices, 'set', 'openai/little', '--input', '1', '--output', '10');
  await run(prices, 'set', 'openai/last', '--free');
  await run(models, 'set', 'openai/little', '--capabilities', '{"vision":false,"context_window":8000}');
  const targets = [
    '--target',
    'openai/big',
    '--target',
    'openai/little {"when":{"max_input_tokens":5000}}',
    '--target',
    'openai/last {"weight":0}',
  ];
  await run(models, 'set', 'smart', ...targets, '--strategy', 'lowest_cost');

  const cheapest = await explained('--input-tokens', '2000', '--output-tokens', '100');
  expect(names(cheapest)).toEqual(['openai/little', 'openai/big', 'openai/last']);
  expect(cheapest).toMatchObject({ alias: 'smart', reason: 'alias', strategy: 'lowest_cost', skipped: [] });
  // By own arithmetic over the prices: 2,000 tokens in and 100 out.
  const priced = await json(prices, 'get', 'openai/little');
  const { input, output } = priced.usd_per_million_tokens;
  expect(Number(cheapest.targets[0].expected_usd)).toBeCloseTo((2_000 * Number(input) + 100 * Number(output)) / 1e6, 9);
  expect(cheapest.targets[2]).toMatchObject({ standby: true, expected_usd: '0.00' });

  expect(await explained('--input-tokens', '6000')).toMatchObject({ skipped: [{ target: 'openai/little', why: 'max_input_tokens' }] });
  expect(await explained('--pictures')).toMatchObject({ skipped: [{ target: 'openai/little', why: 'pictures' }] });
  const table = (await run(route, 'explain', '--model', 'smart', '--pictures')).out;
  expect(table).toMatch(/smart is the alias smart; strategy lowest_cost/);
  expect(table).toMatch(/-\s+openai\/little.*skipped: pictures/);
});

test('route explain leaves out what is expected to cost more than a call of the route may', async () => {
  await run(prices, 'set', 'openai/big', '--input', '100', '--output', '100');
  await run(prices, 'set', 'openai/little', '--input', '1', '--output', '10');
  await run(models, 'set', 'smart', '--target', 'openai/big', '--target', 'openai/little', '--max-cost-usd', '0.1');

  expect(await explained('--input-tokens', '1000', '--output-tokens', '100')).toMatchObject({
    targets: [{ target: 'openai/little' }],
    skipped: [{ target: 'openai/big', why: 'max_cost' }],
  });
});

const free = async () => {
  for (const models of ['openai/*', 'bedrock/*']) await run(prices, 'set', models, '--free');
};

test('route explain counts whose call it is, its labels and its moment', async () => {
  await free();
  await run(teams, 'create', '--id', 'red', '--name', 'Red', '--tag', 'plan=free', '--model', 'openai/*');
  const { id } = await json(keys, 'create', '--name', 'k', '--team', 'red');
  await run(
    models,
    ...['set', 'smart'],
    ...['--target', 'openai/a {"when":{"tags":{"plan":"free"},"metadata":{"task":"title"}}}'],
    ...['--target', 'openai/b {"when":{"hours":{"from":"22:00","to":"06:00"}}}'],
    ...['--target', 'bedrock/c'],
  );

  expect(names(await explained('--at', '2026-11-30T12:00:00Z'))).toEqual(['bedrock/c']);
  expect(names(await explained('--at', '2026-11-30T23:00:00Z'))).toEqual(['openai/b', 'bedrock/c']);
  const own = await explained('--for-key', id, '--label', 'task=title', '--at', '2026-11-30T12:00:00Z');
  expect(names(own)).toEqual(['openai/a']);
  expect(own.skipped).toEqual([
    { target: 'bedrock/c', why: 'models' },
    { target: 'openai/b', why: 'hours' },
  ]);
  await expect(run(route, 'explain', '--model', 'smart', '--for-key', 'nobody')).rejects.toThrow('nobody');
});

test('route explain leaves out what nobody knows the price of, as a call would', async () => {
  await run(models, 'set', 'smart', '--target', 'openai/unheard-of', '--target', 'openai/gpt-5');

  expect(await explained()).toMatchObject({
    targets: [{ target: 'openai/gpt-5' }],
    skipped: [{ target: 'openai/unheard-of', why: 'price' }],
  });
});

test('route explain shows shares of weights, and the target that a conversation draws', async () => {
  await free();
  await run(models, 'set', 'smart', '--target', 'openai/a {"weight":3}', '--target', 'bedrock/b', '--strategy', 'weighted');

  const shares = (await explained()).targets.map(({ target, share }: { target: string; share: number }) => [target, share]);
  expect(Object.fromEntries(shares)).toEqual({ 'openai/a': 0.75, 'bedrock/b': 0.25 });
  const drawn: (string | undefined)[] = [];
  for (let index = 0; index < 12; index += 1) drawn.push(names(await explained('--opening', `question ${index}`))[0]);
  expect(new Set(drawn)).toEqual(new Set(['openai/a', 'bedrock/b']));
  expect(names(await explained('--opening', 'question 0'))[0]).toBe(drawn[0]);
});

test('fails without a model, for a name that means nothing, and for options that it does not take', async () => {
  await expect(run(route, 'explain')).rejects.toThrow('takes --model NAME');
  await expect(run(route, 'explain', '--model', 'unheard-of')).rejects.toThrow('unheard-of');
  await expect(run(route, 'explain', '--model', 'smart', '--label', 'x')).rejects.toThrow('--label takes NAME=VALUE');
  await expect(run(route, 'tell')).rejects.toThrow('route takes one of: explain');
});

test('route explain leaves out what is too far for the call’s label', async () => {
  await run(models, 'set', 'smart', '--target', 'openai/big', '--sensitivity', 'confidential');

  expect(await explained()).toMatchObject({ targets: [], skipped: [{ target: 'openai/big', why: 'placement' }] });
  expect(await explained('--sensitivity', 'restricted')).toMatchObject({ targets: [] });
});
