import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { command as audit } from '../../bin/commands/audit';
import { command as budgets } from '../../bin/commands/budgets';
import type { Command } from '../../bin/commands/command';
import { UsageError } from '../../bin/commands/command';
import { command as init } from '../../bin/commands/init';
import { command as keys } from '../../bin/commands/keys';
import { command as models } from '../../bin/commands/models';
import { command as prices } from '../../bin/commands/prices';
import { command as projects } from '../../bin/commands/projects';
import { command as race } from '../../bin/commands/race';
import { command as requests } from '../../bin/commands/requests';
import { command as tags } from '../../bin/commands/tags';
import { command as teams } from '../../bin/commands/teams';
import { command as usage } from '../../bin/commands/usage';
import { command as users } from '../../bin/commands/users';
import deployedBook from '../../lambda/money/pricing/price-book.json';
import { readParquet } from '../support/parquet-reader';
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

describe('commands over the admin API', () => {
  test('teams, projects and users are made, listed as a table, changed and deleted', async () => {
    const made = await run(
      teams,
      'create',
      '--id',
      'red',
      '--name',
      'Red',
      '--budget',
      '25.00/month',
      '--budget',
      '5/day/openai/*',
      '--alert-at',
      '0.5,1',
      '--rpm',
      '60',
      '--model',
      'openai/*',
      '--tag',
      'cost=7',
    );
    expect(made.code).toBe(0);
    await run(projects, 'create', '--id', 'search', '--name', 'Search', '--team', 'red');
    await run(users, 'create', '--id', 'ada', '--name', 'Ada');

    const table = (await run(teams, 'list')).out;
    expect(table).toMatch(/ID +NAME +STATUS +BUDGETS\S*\n/);
    expect(table).toMatch(/red +Red +active +25\.00\/month, 5\/day openai\/\*/);
    expect(await json(teams, 'get', 'red')).toMatchObject({
      budgets: [
        { limit_usd: '25.00', period: 'month', alert_at: [0.5, 1] },
        { limit_usd: '5', period: 'day', model: 'openai/*', alert_at: [0.5, 1] },
      ],
      limits: { requests_per_minute: 60 },
      models: ['openai/*'],
      tags: { cost: '7' },
    });
    expect((await json(projects, 'list', '--team', 'red')).data).toHaveLength(1);

    await run(teams, 'update', 'red', '--tpm', '9000');
    expect((await json(teams, 'get', 'red')).limits).toEqual({ requests_per_minute: 60, tokens_per_minute: 9_000 });
    await run(teams, 'update', 'red', '--name', 'Crimson', '--clear', 'limits');
    const changed = await json(teams, 'get', 'red');
    expect([changed.name, changed.limits]).toEqual(['Crimson', undefined]);
    await run(projects, 'delete', 'search');
    expect((await run(users, 'delete', 'ada')).out).toBe('deleted user ada\n');
    expect((await run(users, 'list')).out).toBe('no users\n');
  });

  test('R09 the admin plane may have a URL of its own, by option or environment, and a --url alone means both', async () => {
    const kept = { ...process.env };
    const elsewhere = 'http://127.0.0.1:1/prod';
    try {
      const given = ['--admin-url', gateway.url, '--key', gateway.adminKey];
      expect((await runCommand(teams, 'list', ...given)).out).toBe('no teams\n');
      expect((await runCommand(teams, 'list', '--url', elsewhere, ...given)).out).toBe('no teams\n');
      process.env['LLM_GATEWAY_URL'] = elsewhere;
      process.env['LLM_GATEWAY_ADMIN_URL'] = gateway.url;
      expect((await runCommand(teams, 'list', '--key', gateway.adminKey)).out).toBe('no teams\n');
      process.env['LLM_GATEWAY_ADMIN_URL'] = elsewhere;
      expect((await run(teams, 'list')).out).toBe('no teams\n');
      await expect(runCommand(teams, 'list', '--admin-url', 'nowhere', '--key', 'k')).rejects.toThrow("'nowhere' is not a URL");
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
    }
  });

  test('a key is shown once, rotated, blocked, unblocked and revoked', async () => {
    const made = await run(keys, 'create', '--name', 'ci', '--endpoint', '/v1/messages', '--expires-at', '2099-01-01T00:00:00Z');
    const text = /sk-gw-\S+/.exec(made.out)?.[0] as string;
    expect(made.out).toContain('only time the key is shown');
    const [{ id, last_four }] = (await json(keys, 'list')).data;
    expect(text.endsWith(last_four)).toBe(true);

    const rotated = await json(keys, 'rotate', id, '--grace', '60');
    expect(rotated.key).toMatch(/^sk-gw-/);
    expect(rotated.rotating_until).toBeDefined();
    for (const [verb, status] of [
      ['block', 'blocked'],
      ['unblock', 'active'],
      ['revoke', 'revoked'],
    ] as const) {
      expect((await json(keys, verb, id)).status).toBe(status);
    }
    expect((await run(keys, 'list')).out).not.toContain(text);
  });

  test('budgets are set, added to, increased, shown and cleared', async () => {
    await run(teams, 'create', '--id', 'red', '--name', 'Red');
    await run(budgets, 'set', 'team', 'red', '--budget', '10.00/month');
    await run(budgets, 'add', 'team', 'red', '--soft-budget', '1.00/day');
    await run(budgets, 'increase', 'team', 'red', '--by', '5.00', '--until', '2099-01-01T00:00:00Z', '--period', 'month');

    expect(
      (await json(budgets, 'list')).data.map((row: Record<string, unknown>) => [
        row['scope'],
        row['period'],
        row['limit_usd'],
        row['soft'],
      ]),
    ).toEqual([
      ['team:red', 'month', '15.00', false],
      ['team:red', 'day', '1.00', true],
    ]);
    await expect(run(budgets, 'increase', 'team', 'red', '--by', '5.00', '--until', '2099-01-01T00:00:00Z')).rejects.toThrow(
      '2 budgets match',
    );
    expect((await run(budgets, 'clear', 'team', 'red')).out).toBe('no budgets\n');
    expect((await run(budgets, 'set', 'gateway', '--budget', '100/day')).out).toContain('gateway');
  });

  test('R14 a price book is looked at, tried, brought in and taken away', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'price-book-'));
    const file = join(folder, 'book.json');
    const text = JSON.stringify({
      version: 'newer',
      date: deployedBook.date,
      lists: { openai: ['gpt-5 | window=400000 | input=2.5 output=20'] },
    });
    writeFileSync(file, text);
    const sha256 = createHash('sha256').update(text).digest('hex');

    expect((await run(prices, 'status')).out).toMatch(
      /price book {2}\S+, deployed\nprices of {3}\d{4}-\d\d-\d\d, \d+ days ago[\s\S]*last load {3}never[\s\S]*bedrock +\d{4}/,
    );
    const tried = await run(prices, 'load', file);
    expect(tried.out).toContain(sha256);
    expect(tried.out).toMatch(/changes {6}\d+ added, 1 changed, \d+ removed[\s\S]*openai +gpt-5 [\s\S]*Say --yes --force/);
    expect(tried.out).toMatch(/doubtful {5}lists: \d+ of \d+ names are gone/);
    await expect(run(prices, 'load', file, '--yes')).rejects.toThrow('names are gone');
    expect((await json(prices, 'status')).source).toBe('deployed');

    expect((await run(prices, 'load', file, '--yes', '--force')).out).toContain('within 10 seconds');
    expect(await json(prices, 'status')).toMatchObject({ source: 'loaded', sha256, book_version: 'newer' });
    expect((await run(prices, 'unload')).out).toContain('holds again');
    expect((await json(prices, 'status')).source).toBe('deployed');

    await expect(run(prices, 'load', join(folder, 'nothing.json'))).rejects.toThrow('cannot read');
    await expect(run(prices, 'load')).rejects.toThrow('takes a file');
    await expect(run(prices, 'status', '--yes')).rejects.toThrow('does not take --yes');
    await expect(run(prices, 'set', 'openai/x', '--input', '1', '--yes')).rejects.toThrow('does not take --yes');
    rmSync(folder, { recursive: true });
  });

  test('models, prices and tags are overridden; audit tells who did it', async () => {
    await run(models, 'set', 'smart', '--target', 'openai/gpt-5', '--target', 'bedrock/us.anthropic.claude:0');
    await run(models, 'set', 'smart', '--target', 'openai/gpt-6');
    await run(prices, 'set', 'openai/gpt-6', '--input', '1.25', '--output', '10', '--tool', 'web_search=0.01');
    await run(prices, 'set', 'vllm/*', '--free');
    await run(prices, 'set', 'openai/gpt-image', '--unit', 'image=0.04', '--unit', 'call=0.000000000000001');
    await run(prices, 'set', 'openai/*', '--discount', '12.5', '--team-mark-up', 'team_1=10', '--team-discount', 'team_2=5');
    await run(tags, 'create', '--id', 'env=prod', '--budget', '5/day');

    expect((await json(models, 'get', 'smart')).targets).toEqual([{ provider: 'openai', model: 'gpt-6' }]);
    expect((await run(prices, 'list')).out).toMatch(/vllm\/\* +free +free/);
    expect((await run(prices, 'list')).out).toMatch(/openai\/gpt-image +image=0\.04 call=0\.000000000000001/);
    expect((await json(prices, 'get', 'openai/gpt-image')).usd_per_unit).toEqual({ image: '0.04', call: '0.000000000000001' });
    expect((await run(prices, 'list')).out).toMatch(/openai\/\* +-12\.5 team_1=10 team_2=-5/);
    await expect(run(prices, 'set', 'openai/x', '--discount', '5', '--mark-up', '5')).rejects.toThrow('exclude each other');
    await expect(run(prices, 'set', 'openai/x', '--team-mark-up', '5')).rejects.toThrow('--team-mark-up takes TEAM=PERCENT');
    await expect(run(prices, 'set', 'openai/x', '--unit', 'hour=1')).rejects.toThrow('usd_per_unit.hour');
    await expect(run(prices, 'set', 'openai/x', '--unit', 'image')).rejects.toThrow('--unit takes NAME=USD');
    expect((await run(prices, 'delete', 'vllm/*')).out).toContain('holds again');
    expect((await json(audit, '--resource', 'price')).data).toHaveLength(5);
    expect((await run(audit, 'list', '--limit', '2')).out.trim().split('\n')).toHaveLength(3);
  });

  test('a model is described by its facts and its price; the list shows what is in force and warns of ends', async () => {
    const soon = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    await run(models, 'set', 'newco/x-9', '--capabilities', '{"temperature":false,"max_output_tokens":1000}');
    await run(
      models,
      'set',
      'newco/x-9',
      '--capabilities',
      `{"context_window":9000,"end_of_life":"${soon}"}`,
      '--input',
      '1',
      '--output',
      '2.5',
    );
    await run(models, 'set', 'newco/later', '--capabilities', '{"end_of_life":"2099-01-01"}');
    await run(models, 'set', 'smart', '--target', 'newco/x-9');

    expect(await json(models, 'get', 'newco/x-9')).toMatchObject({
      capabilities: { context_window: 9_000, end_of_life: soon },
      usd_per_million_tokens: { input: '1', output: '2.5' },
    });
    const { data } = await json(models, 'list');
    expect(Object.keys(data[0])).toEqual(
      expect.arrayContaining(['alias', 'targets', 'context_window', 'max_output_tokens', 'input_usd', 'output_usd', 'end_of_life']),
    );
    expect(data.map(({ alias }: { alias: string }) => alias)).toEqual(['newco/later', 'newco/x-9', 'smart']);
    expect(data[2]).toMatchObject({ context_window: 9_000, input_usd: '1.00', output_usd: '2.50', end_of_life: soon, overridden: true });
    const table = await run(models, 'list');
    expect(table.out).toMatch(/smart +newco\/x-9 +9000 +1\.00 +2\.50 +20/);
    expect(table.err).toMatch(new RegExp(`warning: newco/x-9 ends on ${soon}, in (9|10) days`));
    expect(table.err).toMatch(/warning: smart ends .*newco\/x-9/);
    expect(table.err).not.toContain('later');
    const list = await run(models, 'list', '--json');
    expect(JSON.parse(list.out).data).toHaveLength(3);
    expect(list.err).toBe(table.err);
    await expect(run(models, 'set', 'newco/x-9', '--capabilities', '{"temprature":false}')).rejects.toThrow('capabilities.temprature');
    await expect(run(models, 'set', 'newco/x-9', '--capabilities', 'no')).rejects.toThrow('--capabilities takes a JSON object');
    await expect(run(models, 'set', 'newco/x-9')).rejects.toThrow('takes --capabilities');
    await expect(run(models, 'set', 'smart', '--capabilities', '{"seed":true}')).rejects.toThrow('give the id as provider/model');
  });

  test('usage and requests are shown', async () => {
    const key = await json(keys, 'create', '--name', 'x');
    const answer = await runCommand(
      race,
      '--url',
      gateway.url,
      '--key',
      gateway.adminKey,
      '--budget',
      '0.05',
      '--parallel',
      '2',
      '--requests',
      '3',
      '--json',
    );
    expect(answer.code).toBe(0);

    const listed = (await json(requests, 'list')).data;
    expect(listed).toHaveLength(3);
    expect(await json(requests, 'get', listed[0].id)).toMatchObject({ state: 'settled', cost_usd: '0.01' });
    expect((await run(requests, 'list')).out).toContain('0.01');
    expect((await run(usage)).out).toBe('no usage\n');
    expect((await run(usage, '--group-by', 'team', '--csv')).out).toMatch(/^team_id,requests/);
    expect((await run(usage, 'rebuild', '2026-01-01')).out).toContain('2026-01-01');
    const file = join(mkdtempSync(join(tmpdir(), 'export-')), 'day.parquet');
    expect(await json(usage, 'export', '--day', '2026-01-01', '--file', file)).toEqual({
      day: '2026-01-01',
      file,
      bytes: readFileSync(file).length,
    });
    expect(readParquet(readFileSync(file)).rows).toEqual([]);
    rmSync(dirname(file), { recursive: true });
    expect(key.id).toBeDefined();
  });

  test('init prints an app that names the construct', async () => {
    const typescript = await runCommand(init);
    const python = await runCommand(init, '--language', 'python');

    expect(typescript.out).toContain("import { LlmGateway, Provider, Route, Target } from 'cdk-llm-gateway';");
    expect(typescript.err).toContain('cdk deploy');
    expect(python.out).toContain('from cdk_llm_gateway import LlmGateway');
  });

  test('fails with a usage error for what cannot be run, before anything is called', async () => {
    const cases: [Command, string[], string][] = [
      [teams, ['frobnicate'], "one of: list, get, create, update, delete; not 'frobnicate'"],
      [teams, ['create', '--name', 'x', '--limit', '5'], 'teams create does not take --limit'],
      [keys, ['list', '--rpm', '5'], 'keys list does not take --rpm'],
      [keys, ['create', '--name', 'x', '--grace', '5'], 'keys create does not take --grace'],
      [keys, ['block', 'x', '--name', 'y'], 'keys block does not take --name'],
      [requests, ['get', 'x', '--team', 'y'], 'requests get does not take --team'],
      [budgets, ['show', 'team', 'x', '--budget', '5/day'], 'budgets show does not take --budget'],
      [models, ['list', 'smart'], "unexpected argument 'smart'"],
      [teams, ['get'], 'takes the id of a team'],
      [teams, ['create'], 'nothing to write'],
      [teams, ['create', '--name', 'x', '--budget', '25'], 'LIMIT/PERIOD'],
      [teams, ['create', '--name', 'x', '--rpm', 'many'], 'whole number'],
      [teams, ['create', '--data', '{'], 'JSON object'],
      [teams, ['create', '--tag', 'x'], 'NAME=VALUE'],
      [teams, ['list', '--colour'], "Unknown option '--colour'"],
      [models, ['set', 'smart'], 'at least one --target'],
      [budgets, ['show', 'team'], 'takes an id'],
      [usage, ['rebuild'], 'takes a day'],
      [usage, ['export', '--day', 'yesterday'], 'takes a day'],
      [race, ['--budget', 'much'], 'takes US dollars'],
      [init, ['--language', 'cobol'], 'typescript or python'],
    ];
    for (const [command, args, message] of cases) {
      const failure = await (command === init ? runCommand(command, ...args) : run(command, ...args)).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(UsageError);
      expect((failure as Error).message).toContain(message);
    }
  });

  test("fails with the gateway's own words, the code and the request id", async () => {
    await expect(run(teams, 'get', 'nobody')).rejects.toThrow(
      /^There is no team "nobody"\. \(resource_not_found, request [0-9a-f-]{36}\)$/,
    );
    await expect(runCommand(teams, 'list', '--url', gateway.url, '--key', 'sk-wrong')).rejects.toThrow('A valid admin key is required');
    await expect(runCommand(teams, 'list', '--url', gateway.url.replace('/prod', ''), '--key', 'x')).rejects.toThrow('with its stage');
    await expect(runCommand(teams, 'list', '--url', 'http://127.0.0.1:9', '--key', 'x')).rejects.toThrow(
      'cannot reach the gateway at http://127.0.0.1:9',
    );
  });

  test('the gateway is found by options, the environment or a stack', async () => {
    const kept = { ...process.env };
    const folder = mkdtempSync(join(tmpdir(), 'aws-'));
    delete process.env['LLM_GATEWAY_URL'];
    delete process.env['LLM_GATEWAY_ADMIN_KEY'];
    try {
      await expect(runCommand(teams, 'list')).rejects.toThrow('no gateway URL: give --url, --stack, or set LLM_GATEWAY_URL');
      process.env['LLM_GATEWAY_URL'] = gateway.url;
      await expect(runCommand(teams, 'list')).rejects.toThrow('no admin key');
      process.env['LLM_GATEWAY_ADMIN_KEY'] = gateway.adminKey;
      expect((await runCommand(teams, 'list')).out).toBe('no teams\n');

      delete process.env['LLM_GATEWAY_URL'];
      delete process.env['LLM_GATEWAY_ADMIN_KEY'];
      process.env['PATH'] = folder;
      await expect(runCommand(teams, 'list', '--stack', 'Mine')).rejects.toThrow('needs the `aws` command');
      const outputs = [
        { OutputKey: 'OtherUrl', OutputValue: 'https://example.com' },
        { OutputKey: 'GatewayUrl0A1B2C3D', OutputValue: gateway.url },
        {
          OutputKey: 'GatewayAdminKeyCommand9F8E7D6C',
          OutputValue:
            'aws secretsmanager get-secret-value --region eu-central-1 --secret-id arn:aws:secretsmanager:eu-central-1:1:secret:x --query SecretString',
        },
      ];
      const script = `#!${process.execPath}
const args = process.argv.slice(2).join(' ');
if (args.includes('describe-stacks --stack-name Mine')) console.log(${JSON.stringify(JSON.stringify(outputs))});
else if (args.includes('--secret-id arn:aws:secretsmanager:eu-central-1:1:secret:x --region eu-central-1')) console.log(${JSON.stringify(JSON.stringify({ key_id: 'root', secret: 'r'.repeat(64) }))});
else { console.error('Stack does not exist'); process.exit(254); }
`;
      writeFileSync(join(folder, 'aws'), script);
      chmodSync(join(folder, 'aws'), 0o755);
      expect((await runCommand(teams, 'list', '--stack', 'Mine')).out).toBe('no teams\n');
      const split = [
        { OutputKey: 'GatewayUrl0A1B2C3D', OutputValue: 'http://127.0.0.1:1/prod' },
        { OutputKey: 'GatewayAdminUrl4E5F6A7B', OutputValue: gateway.url },
        ...outputs.slice(2),
      ];
      writeFileSync(join(folder, 'aws'), script.replace(JSON.stringify(JSON.stringify(outputs)), JSON.stringify(JSON.stringify(split))));
      expect((await runCommand(teams, 'list', '--stack', 'Mine')).out).toBe('no teams\n');
      await expect(runCommand(teams, 'list', '--stack', 'Theirs')).rejects.toThrow(
        '`aws cloudformation describe-stacks` failed: Stack does not exist',
      );
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
      Object.assign(process.env, kept);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('race', () => {
  test('a budget under parallel calls holds: what was spent is within it and every answer has its record', async () => {
    const { code, out } = await run(race, '--budget', '0.20', '--parallel', '50', '--requests', '120', '--json');

    const verdict = JSON.parse(out);
    expect(code).toBe(0);
    expect(verdict).toMatchObject({ requests: 120, overspend_usd: '0.00', lost_records: 0, difference_usd: '0.00', failed: 0, held: true });
    expect(Number(verdict.spent_usd)).toBeLessThanOrEqual(0.2);
    expect(verdict.admitted).toBeGreaterThan(5);
    expect((await json(keys, 'list')).data[0].status).toBe('revoked');
  });

  test('fails when settlements are lost', async () => {
    gateway.loseSettlements = true;

    const { code, out, err } = await run(race, '--budget', '0.20', '--parallel', '4', '--requests', '4', '--wait', '0');

    expect(code).toBe(1);
    expect(out).toContain('did NOT hold');
    expect(err).toContain('waiting for settlements');
  });
});
