import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { Provider } from '../../lib';
import { newStack, readable, type Statement, secretNamed, statementsOf, synthesize } from './support';

const GOLDEN = join(__dirname, 'permissions.golden.json');
const FUNCTIONS = ['proxy', 'admin', 'usage', 'sweeper'] as const;

const { template } = synthesize((stack) => ({
  providers: [Provider.bedrock(), Provider.openAi({ apiKey: secretNamed(stack, 'openai') })],
}));
const statements = Object.fromEntries(FUNCTIONS.map((name): [string, Statement[]] => [name, statementsOf(template, name)]));

test("L06 the roles' policies are exactly those of the golden file", () => {
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(GOLDEN, `${JSON.stringify(statements, undefined, 2)}\n`);

  expect(statements).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
});

describe.each(FUNCTIONS)('L06 the role of the %s', (name) => {
  test('names every action', () => {
    for (const { actions } of statements[name] ?? []) expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('names every table, index, queue and secret', () => {
    const resources = (statements[name] ?? [])
      .filter(({ actions }) => !actions.some((action) => action.startsWith('bedrock:')))
      .flatMap((one) => one.resources);

    expect(resources.filter((resource) => resource.includes('*'))).toEqual([]);
    expect(resources.length).toBeGreaterThan(3);
  });

  test('writes to its own log only', () => {
    const logs = (statements[name] ?? []).filter(({ actions }) => actions.some((action) => action.startsWith('logs:')));

    expect(logs).toEqual([
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [expect.stringMatching(new RegExp(`${name}Logs\\.Arn>$`, 'i'))],
      },
    ]);
  });
});

test('L06 no role has a policy that AWS manages', () => {
  expect(rolesOf(template).filter((role) => role['ManagedPolicyArns'] !== undefined)).toEqual([]);
});

test("the proxy alone may read providers' credentials, the admin function alone the bootstrap credential", () => {
  const readers = (secret: string) => FUNCTIONS.filter((name) => JSON.stringify(statements[name]).includes(secret));

  expect(readers('secret:openai-??????')).toEqual(['proxy']);
  expect(readers('GatewaySecretsBootstrap')).toEqual(['admin']);
  expect(readers('GatewaySecretsPepper')).toEqual(['proxy', 'admin']);
});

test("nobody may delete a record or write a counter but the ledger's parts", () => {
  const may = (action: string, table: string) =>
    FUNCTIONS.filter((name) =>
      (statements[name] ?? []).some(
        ({ actions, resources }) => actions.includes(action) && resources.includes(`<GatewayTables${table}.Arn>`),
      ),
    );

  expect(may('dynamodb:DeleteItem', 'Records')).toEqual([]);
  expect(may('dynamodb:UpdateItem', 'Counters')).toEqual(['proxy', 'admin', 'sweeper']);
  expect(may('dynamodb:PutItem', 'Identity')).toEqual(['admin']);
});

test('the permissions are the same in an app with every feature flag that the CDK recommends', () => {
  const flagged = newStack({}, CURRENTLY_RECOMMENDED_FLAGS);
  const providers = [Provider.bedrock(), Provider.openAi({ apiKey: secretNamed(flagged, 'openai') })];
  const { template: modern } = synthesize({ providers }, flagged);

  for (const name of FUNCTIONS) expect(pairsOf(statementsOf(modern, name))).toEqual(pairsOf(statements[name] ?? []));
});

/** Every action with every resource it is allowed on, however the statements are merged. */
function pairsOf(list: readonly Statement[]): string[] {
  return list
    .flatMap(({ actions, resources }) => actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`)))
    .sort();
}

function rolesOf(from: Template): Record<string, unknown>[] {
  return Object.values(from.findResources('AWS::IAM::Role')).map(({ Properties }) => readable(Properties) as Record<string, unknown>);
}
