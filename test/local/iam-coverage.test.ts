import { join } from 'node:path';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { PolicyStatement } from '../../local/aws/iam';
import { callGateway } from '../../local/first-key';
import { type LocalRun, startLocalRun } from '../../local/run';

/**
 * One run of the real app in which every statement of every role has its reason: what no call needs is too much, what a call lacks
 * is refused. Each call is judged twice, by the local run and by an independent simulator of IAM.
 */

const ROOT = join(__dirname, '../..');
const ACCOUNT = '000000000000';

/** Statements whose calls AWS makes in the role's name, outside what the local run sees. */
const MADE_BY_AWS = [/^logs:/, /^sqs:SendMessage$/];

let run: LocalRun;

beforeAll(async () => {
  run = await startLocalRun({
    workingDirectory: ROOT,
    port: 0,
    context: { simulated: 'true' },
    environment: { OPENAI_API_KEY: 'sk-not-a-real-key' },
    onNote: () => undefined,
  });
}, 60_000);

afterAll(() => run?.close());

const admin = (method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> =>
  callGateway(method, `${run.url}/admin/v1${path}`, run.adminKey, body);

async function chat(model: string, key: string, fields: object = {}): Promise<void> {
  await callGateway('POST', `${run.url}/v1/chat/completions`, key, {
    model,
    max_tokens: 8,
    messages: [{ role: 'user', content: 'hi' }],
    ...fields,
  });
}

/** Uses what a deployed gateway uses: every route, every provider, alerts, the sweeper, settlements that the table did not take. */
async function useEverything(): Promise<void> {
  const team = (await admin('POST', '/teams', { name: 'blue' })).body as { id: string };
  const budgets = [{ limit_usd: '1.00', period: 'month', alert_at: [0.000001] }];
  const made = (await admin('POST', '/keys', { name: 'k', team_id: team.id, budgets })).body as { id: string; key: string };
  for (const path of ['/keys', '/teams', `/keys?team_id=${team.id}`, '/usage', '/requests', '/audit']) await admin('GET', path);

  await chat('simulated/simulated-1', made.key);
  await chat('simulated/simulated-1', run.key, { stream: true });
  for (const stream of [false, true]) {
    await chat('bedrock/anthropic.claude-3-haiku-20240307-v1:0', run.key, { stream });
    await chat('bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', run.key, { stream });
  }
  await chat('bedrock/openai.gpt-oss-20b-1:0', run.key);
  await callGateway('POST', `${run.url}/v1/messages/count_tokens`, run.key, {
    model: 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    messages: [{ role: 'user', content: 'hi' }],
  });
  await chat('openai/gpt-4o-mini', run.key);
  await callGateway('GET', `${run.url}/v1/me`, made.key);
  await callGateway('GET', `${run.url}/v1/models`, made.key);

  // The usage function looks for the key's thresholds while they are there.
  await run.settled();
  await admin('PATCH', `/keys/${made.id}`, { budgets: [{ limit_usd: '1.00', period: 'month' }] });
  await settleThroughTheQueue();
  await admin('POST', '/usage/rebuild', { day: new Date().toISOString().slice(0, 10) });
  const spare = (await admin('POST', '/teams', { name: 'spare' })).body as { id: string };
  await admin('DELETE', `/teams/${spare.id}`);
  await run.settled();
  await admin('POST', '/deletions', { end_user: 'nobody' });
  await sweep();
  await run.settled();
  const { data: trails } = (await admin('GET', '/audit/trails')).body as { data: { id: string }[] };
  for (const { id } of trails) await admin('GET', `/audit/trails/${id}/check`);
}

/** Settlements fail for a while, so they go to the queue and the sweeper books them. */
async function settleThroughTheQueue(): Promise<void> {
  const { dynamodb } = run.standIns;
  const call = dynamodb.call.bind(dynamodb);
  const settling = (action: string, input: object): boolean => action === 'PutItem' && JSON.stringify(input).includes('"settled"');
  dynamodb.call = async (action, input) => {
    if (settling(action, input))
      throw Object.assign(new Error('throttled'), { name: 'ProvisionedThroughputExceededException', statusCode: 400 });
    return call(action, input);
  };
  try {
    await chat('simulated/simulated-1', run.key);
    await run.functions.find(({ definition }) => /proxy/i.test(definition.logicalId))?.idleAll();
  } finally {
    dynamodb.call = call;
  }
}

async function sweep(): Promise<void> {
  const sweeper = run.functions.find(({ definition }) => /sweeper/i.test(definition.logicalId));
  await sweeper?.invokeBuffered(
    Buffer.from(JSON.stringify({ 'detail-type': 'Scheduled Event' })),
    'Root=1-00000000-000000000000000000000000',
  );
}

const PROFILE = `arn:aws:bedrock:us-east-1:${ACCOUNT}:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0`;

test('a model of another Region is reached through an inference profile alone', async () => {
  const role = run.principals.find(({ id }) => /proxy/i.test(id));
  const elsewhere = 'arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0';
  const reach = (context: Record<string, string>): Promise<string | undefined> =>
    simulate(role?.statements ?? [], role?.arn ?? '', 'bedrock:InvokeModel', elsewhere, context);

  expect(await reach({ 'bedrock:InferenceProfileArn': PROFILE })).toBe('Allowed');
  expect(await reach({})).toBe('ImplicitlyDenied');
});

test('every call is allowed, by an independent simulator too, and every statement is used', async () => {
  await useEverything();

  expect(run.calls.filter(({ allowed }) => !allowed)).toEqual([]);
  const disagreements: string[] = [];
  for (const { principal, action, resource } of run.calls) {
    const role = run.principals.find(({ id }) => id === principal);
    const context: Record<string, string> = action === 's3:ListBucket' ? { 's3:prefix': 'requests/0/' } : {};
    if ((await simulate(role?.statements ?? [], role?.arn ?? '', action, resource, context)) !== 'Allowed')
      disagreements.push(`${principal} ${action} ${resource}`);
  }
  expect(disagreements).toEqual([]);

  const used = new Set(run.calls.map(({ principal, statement }) => `${principal} ${statement}`));
  // The one conditional statement is for Regions that the local run does not have; it has a test of its own.
  const unused = run.principals.flatMap(({ id, statements }) =>
    statements.flatMap((statement, index) =>
      used.has(`${id} ${index}`) || madeByAws(id, statement) || statement.Condition !== undefined
        ? []
        : [`${id}: ${JSON.stringify(statement)}`],
    ),
  );
  expect(unused).toEqual([]);
}, 60_000);

/** The proxy sends its settlements itself; only the failure queue of the streams' functions is written in their name. */
function madeByAws(principal: string, statement: PolicyStatement): boolean {
  const actions = [statement.Action ?? []].flat();
  const pattern = MADE_BY_AWS.slice(0, /usage|archiver/i.test(principal) ? 2 : 1);
  return actions.every((action) => pattern.some((each) => each.test(action)));
}

async function simulate(
  statements: readonly PolicyStatement[],
  role: string,
  action: string,
  resource: string,
  contextVariables: Record<string, string> = {},
): Promise<string | undefined> {
  const principal = role.replace(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:aws:iam::$1:role/$2');
  const result = await runSimulation(
    {
      request: { principal, action, resource: { resource, accountId: ACCOUNT }, contextVariables },
      identityPolicies: [{ name: 'role', policy: { Version: '2012-10-17', Statement: statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    } as Parameters<typeof runSimulation>[0],
    {},
  );
  return 'overallResult' in result ? (result.overallResult as string) : JSON.stringify(result);
}
