import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command as audit } from '../../bin/commands/audit';
import { command as budgets } from '../../bin/commands/budgets';
import type { Command } from '../../bin/commands/command';
import { command as gatewayCommand } from '../../bin/commands/gateway';
import { command as keys } from '../../bin/commands/keys';
import { command as prices } from '../../bin/commands/prices';
import { command as projects } from '../../bin/commands/projects';
import { command as requests } from '../../bin/commands/requests';
import { command as tags } from '../../bin/commands/tags';
import { command as teams } from '../../bin/commands/teams';
import type { GatewayServer } from './gateway-server';
import { startGatewayServer } from './gateway-server';
import { runCommand } from './run-command';

let gateway: GatewayServer;
beforeEach(async () => {
  gateway = await startGatewayServer();
});
afterEach(() => gateway.close());

const run = (command: Command, ...args: string[]) => runCommand(command, ...args, '--url', gateway.url, '--key', gateway.adminKey);
const json = async (command: Command, ...args: string[]) => JSON.parse((await run(command, ...args, '--json')).out);

test('R04 the level of the whole gateway is read and changed by options, as the other levels are', async () => {
  const words = '--budget 100/day --rpm 60 --model openai/* --server-tool web_search* --allowed-tag cost=* --no-may-store --show-figures';
  await run(gatewayCommand, 'update', ...words.split(' '), '--tpd', '9', '--time-zone', 'Europe/Berlin', '--metadata', 'owner=ada');

  expect(await json(gatewayCommand, 'get')).toMatchObject({
    budgets: [{ limit_usd: '100', period: 'day' }],
    limits: { requests_per_minute: 60, tokens_per_day: 9 },
    models: ['openai/*'],
    server_tools: ['web_search*'],
    allowed_tags: ['cost=*'],
    may_store: false,
    show_figures: true,
    time_zone: 'Europe/Berlin',
    metadata: { owner: 'ada' },
  });
  expect((await run(gatewayCommand, 'get')).out).toContain('100/day');

  const changed = await json(gatewayCommand, 'update', '--rpm', '5', '--no-show-figures', '--clear', 'may-store');
  expect(changed).toMatchObject({ limits: { requests_per_minute: 5, tokens_per_day: 9 }, show_figures: false });
  expect(changed).not.toHaveProperty('may_store');
  await expect(run(gatewayCommand, 'update')).rejects.toThrow('nothing to write');
  await expect(run(gatewayCommand, 'update', '--may-store', '--no-may-store')).rejects.toThrow('exclude each other');
  await expect(run(gatewayCommand, 'get', '--rpm', '5')).rejects.toThrow('gateway get does not take --rpm');
  await expect(run(gatewayCommand, 'delete')).rejects.toThrow('one of: get, update');
});

test('R04 pins, storage, figures and allowed tags are options where the level has them', async () => {
  const options = ['--pinned', 'limits', '--pinned', 'budgets', '--may-store'];
  await run(teams, 'create', '--id', 'red', '--name', 'Red', '--allowed-tag', 'cost=*', ...options);
  await run(keys, 'create', '--name', 'k', '--team', 'red', ...options);
  await run(projects, 'create', '--id', 'p', '--name', 'P', '--team', 'red', '--no-may-store');
  await run(tags, 'create', '--id', 'cost=7', '--show-figures');

  expect(await json(teams, 'get', 'red')).toMatchObject({ pinned: ['limits', 'budgets'], may_store: true, allowed_tags: ['cost=*'] });
  expect((await json(keys, 'list')).data).toMatchObject([{ pinned: ['limits', 'budgets'], may_store: true }]);
  expect(await json(projects, 'get', 'p')).toMatchObject({ may_store: false });
  expect(await json(tags, 'get', 'cost=7')).toMatchObject({ show_figures: true });
  await expect(run(keys, 'create', '--name', 'x', '--allowed-tag', 'a=b')).rejects.toThrow('keys create does not take --allowed-tag');
  await expect(run(tags, 'create', '--id', 'a=b', '--pinned', 'limits')).rejects.toThrow('tags create does not take --pinned');
});

test('R04 the help says what creating takes, and so does the refusal', async () => {
  expect(teams.usage).toMatch(/create +make a team; required: --name TEXT\n/);
  expect(projects.usage).toMatch(/create +make a project; required: --name TEXT, --team ID\n/);
  expect(tags.usage).toMatch(/create +make a tag; required: --id NAME=VALUE\n/);
  expect(keys.usage).toMatch(/create +make a key\n/);
  expect(keys.usage).toMatch(/--may-store[\s\S]*--pinned/);
  expect(keys.usage).not.toContain('--allowed-tag');
  expect(budgets.usage).toContain('hour, day, week, month, lifetime');
  await expect(run(teams, 'create', '--rpm', '5')).rejects.toThrow('teams create takes --name TEXT');
  await expect(run(projects, 'create', '--name', 'P')).rejects.toThrow('projects create takes --team ID');
});

test('R04 of two budgets of one period the one for a model is increased by its name, the one for all by *', async () => {
  const until = ['--by', '5.00', '--until', '2099-01-01T00:00:00Z'];
  await run(teams, 'create', '--id', 'red', '--name', 'Red', '--budget', '10/month', '--budget', '2/month/openai/*');

  await expect(run(budgets, 'increase', 'team', 'red', ...until, '--period', 'month')).rejects.toThrow(
    '2 budgets match; name one with --period and --model; there are 10/month, 2/month openai/*',
  );
  await run(budgets, 'increase', 'team', 'red', ...until, '--model', 'openai/*');
  const limits = async () => (await json(budgets, 'show', 'team', 'red')).data.map((row: Record<string, unknown>) => row['limit_usd']);
  expect(await limits()).toEqual(['10.00', '7.00']);
  await run(budgets, 'increase', 'team', 'red', ...until, '--period', 'month', '--model', '*');
  expect(await limits()).toEqual(['15.00', '7.00']);

  expect((await run(teams, 'get', 'red')).out).toContain('2/month openai/* (+5.00 until 2099-01-01T00:00:00Z)');
  expect((await run(teams, 'list')).out).toContain('10/month (+5.00 until 2099-01-01T00:00:00Z)');
});

test.each([
  ['2020-01-01T00:00:00Z', 'is in the past'],
  ['tomorrow', 'takes a time such as'],
])('R04 an increase until %s is refused before anything is called', async (until, message) => {
  await expect(run(budgets, 'increase', 'team', 'nobody', '--by', '5', '--until', until)).rejects.toThrow(message);
});

test('R09 the audit log is asked for what it knows, by command and API', async () => {
  const kinds = ['key', 'team', 'project', 'user', 'tag', 'gateway', 'model', 'price', 'price-book'];
  expect(audit.usage).toContain(kinds.join(', '));
  await expect(run(audit, '--resource', 'budget')).rejects.toThrow(/^--resource takes one of: key, .*guardrail; not 'budget'$/);
  const reply = await fetch(`${gateway.url}/admin/v1/audit?resource=budget`, { headers: { authorization: `Bearer ${gateway.adminKey}` } });
  expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining('resource must be one of')]);
  for (const kind of kinds) expect((await run(audit, '--resource', kind)).code).toBe(0);
});

test('R14 an older price book is refused with the option that takes it, and unloading none says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'price-book-'));
  const file = join(folder, 'book.json');
  writeFileSync(
    file,
    JSON.stringify({ version: 'old', date: '2020-01-01', lists: { openai: ['gpt-5 | window=400000 | input=2.5 output=20'] } }),
  );

  await expect(run(prices, 'load', file)).rejects.toThrow(/Say --force to take the older ones/);
  await expect(run(prices, 'unload')).rejects.toThrow(/^No price book was brought in; the deployed one holds\./);
  rmSync(folder, { recursive: true });
});

test('R14 an outcome that nobody knows finds nothing, and the answer names those that there are', async () => {
  expect((await run(requests, 'list', '--outcome', 'foo')).out).toMatch(/^no requests; 'foo' is none of ok, .*upstream_timeout, /);
  expect((await run(requests, 'list', '--outcome', 'ok')).out).toBe('no requests\n');
  expect(requests.usage).toMatch(/--outcome CODE +ok, [\s\S]*upstream_timeout/);
});
