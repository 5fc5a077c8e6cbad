/** Whatever the admin API answers fits the document that it publishes of itself, and every code that it says stands there. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { routes } from '../../../lambda/admin/routes';
import { contentKey } from '../../../lambda/archive';
import type { KeptRecord } from '../../../lambda/money/ports';
import type { RequestResult } from '../../../lambda/money/record';
import { contributionOf } from '../../../lambda/money/rollup';
import { attemptId } from '../../../lambda/platform/runtime';
import { createRollupWriter } from '../../../lambda/usage/rollup-writer';
import type { GatewayDocument } from '../../../lib/private/contract';
import { WHOLE_CALL, WHOLE_RESULT } from '../../support/field-values';
import { usageRecord } from '../../support/usage-record';
import { type AdminHarness, type CallOptions, createAdminHarness, ROOT } from './harness';

const published = JSON.parse(readFileSync(join(__dirname, '../../../docs/openapi.json'), 'utf8'));
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(published, 'api');

const DOCUMENT = {
  providers: [{ id: 'openai', kind: 'openai', models: ['gpt-5', 'gpt-nobody-knows'] }],
  routes: [{ alias: 'smart', targets: [{ provider: 'openai', model: 'gpt-5' }] }],
} as unknown as GatewayDocument;
const BUDGETS = [
  { limit_usd: '25.00', period: 'month' },
  { limit_usd: '1.00', period: 'day', model: 'openai/*', soft: true },
];
const LEVEL = { budgets: BUDGETS, limits: { requests_per_minute: 60, per_model: { 'openai/*': { tokens_per_day: 9 } } } };
const BOOK = JSON.stringify({
  version: 'test',
  date: '2026-11-20',
  lists: { openai: ['gpt-5 | window=400000 maxOutput=128000 | input=2.5 output=20'] },
});

interface Told {
  readonly call: string;
  readonly operation: string | undefined;
  readonly status: number;
  readonly problem: unknown;
  readonly code: string | undefined;
}

/** The row of the routes table that serves a path, as the document names it. */
function routeOf(method: string, path: string) {
  const bare = path.replace(/\?.*/, '');
  return routes.find((route) => {
    const pattern = route.path.replace(/\{\w+\+\}/g, '.+').replace(/\{\w+\}/g, '[^/]+');
    return route.method === method && new RegExp(`^${pattern}$`).test(bare);
  });
}

function problemOf(
  method: string,
  path: string,
  reply: { status: number; text: string; headers: Readonly<Record<string, string>> },
): unknown {
  const route = routeOf(method, path);
  const documented = published.paths[`/admin/v1${route?.path.replace('+}', '}')}`]?.[method.toLowerCase()];
  const pointer = documented === undefined ? undefined : documented.responses[reply.status];
  if (pointer === undefined && reply.status < 400) return `no such status is documented`;
  const content =
    pointer === undefined ? { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } : (pointer.content ?? {});
  if (reply.text === '') return Object.keys(content).length === 0 ? undefined : 'the answer is empty';
  const type = (reply.headers['content-type'] ?? '').replace(/;.*/, '');
  const schema = content[type]?.schema;
  if (schema === undefined) return `${type} is not documented`;
  if (type !== 'application/json') return undefined;
  const fits = ajv.getSchema(`api${schema.$ref}`);
  return fits?.(JSON.parse(reply.text)) === true ? undefined : fits?.errors;
}

/** Requests that ended in different ways, in the records and in the rollups. */
async function addRequests(admin: AdminHarness): Promise<void> {
  const { records, rollups, clock } = admin.services;
  const results = fc.sample(fc.subarray(Object.keys(WHOLE_RESULT) as (keyof RequestResult)[]), { numRuns: 12, seed: 7 });
  for (const [index, present] of [Object.keys(WHOLE_RESULT) as (keyof RequestResult)[], ...results].entries()) {
    const id = `0192f00000000000000${(256 + index).toString(16)}`;
    const result = Object.fromEntries(present.map((field) => [field, WHOLE_RESULT[field]]));
    await records.put(usageRecord({ ...WHOLE_CALL, id, ...(index % 2 === 0 ? {} : { teamId: 'red' }), ...result }));
    await createRollupWriter(rollups, clock).apply([contributionOf((await records.read(id)) as KeptRecord) as never]);
  }
  const createdAt = new Date(admin.clock).toISOString();
  await records.put(usageRecord({ id: '0192f0000000000000000f', createdAt, state: 'void', outcome: 'store_unavailable' }));
}

test('two hundred varied calls are answered as the document says, with every operation among them', async () => {
  const admin = createAdminHarness(DOCUMENT);
  const told: Told[] = [];
  const call = async (method: string, path: string, options?: CallOptions) => {
    const reply = await admin.call(method, path, options);
    told.push({
      call: `${method} ${path} ${JSON.stringify(options?.body)}`,
      operation: routeOf(method, path)?.operation,
      status: reply.status,
      problem: problemOf(method, path, reply),
      code: reply.json?.error?.code,
    });
    return reply;
  };
  await addRequests(admin);

  // What each resource can do, from its first entry to none.
  for (const [resource, body] of [
    ['teams', { id: 'red', name: 'Red', ...LEVEL }],
    ['projects', { id: 'site', name: 'Site', team_id: 'red', ...LEVEL }],
    ['users', { id: 'ann', name: 'Ann', team_id: 'red', ...LEVEL }],
    ['tags', { id: 'env=prod', budgets: BUDGETS }],
    ['keys', { name: 'ci', role: 'caller', team_id: 'red', project_id: 'site', user_id: 'ann', budgets: BUDGETS, server_tools: ['*'] }],
    ['models', { id: 'fast', targets: [{ provider: 'openai', model: 'gpt-5' }] }],
    ['models', { id: 'openai/gpt-nobody-knows', capabilities: { temperature: false, efforts: ['low'], max_output_tokens: 1_000 } }],
    ['prices', { id: 'openai/gpt-nobody-knows', usd_per_million_tokens: { input: '1', output: '2' }, usd_per_unit: { call: '0.5' } }],
    ['guardrails', { id: 'pii', rules: [{ name: 'people', detect: ['email'], action: 'mask' }] }],
  ] as const) {
    const made = await call('POST', `/${resource}`, { body });
    const id = encodeURIComponent(String(made.json['id']));
    await call('POST', `/${resource}`, { body: { ...body, unknown_field: 1 } });
    await call('POST', `/${resource}`, { body: '{"broken' });
    if (resource !== 'keys') await call('POST', `/${resource}`, { body });
    await call('GET', `/${resource}`);
    await call('GET', `/${resource}?limit=1`);
    await call('GET', `/${resource}?limit=0`);
    await call('GET', `/${resource}?cursor=nonsense`);
    await call('GET', `/${resource}/${id}`);
    await call('GET', `/${resource}/nobody`);
    const change = ['models', 'prices', 'guardrails'].includes(resource) ? { ...body, id: undefined } : { name: 'changed' };
    await call('PATCH', `/${resource}/${id}`, { body: resource === 'tags' ? { budgets: null } : change });
    await call('PATCH', `/${resource}/${id}`, { body: { id: 5 } });
    await call('PATCH', `/${resource}/${id}`, { body: change, headers: { 'if-match': '"0"' } });
    await call('GET', `/${resource}/${id}/budgets`);
    await call('PUT', `/${resource}/${id}`, { body: {} });
  }
  const key = await admin.key({ role: 'team_admin', team_id: 'red' });
  for (const step of ['rotate', 'block', 'block', 'unblock', 'revoke', 'revoke', 'rotate', 'unblock'])
    await call('POST', `/keys/${key.id}/${step}`);
  for (const id of ['openai%2Fgpt-nobody-knows', 'openai/gpt-nobody-knows']) await call('DELETE', `/prices/${id}`);
  await call('DELETE', '/teams/red');

  // What stands alone.
  await call('GET', '/gateway');
  await call('GET', '/models-in-force');
  await call('GET', '/prices-in-force/openai%2Fgpt-5');
  await call('GET', '/prices-in-force/nobody');
  for (const question of [
    { model: 'smart' },
    { model: 'openai/gpt-5', pictures: true, schema: true },
    { model: 'gpt-5', opening: ['a', 'b'] },
  ])
    await call('POST', '/routes/explain', { body: { input_tokens: 5_000_000, metadata: { task: 'x' }, ...question } });
  for (const question of [{ model: 'nobody' }, { model: 'smart', key_id: 'nobody' }, { model: 'smart', at: 'noon' }, {}])
    await call('POST', '/routes/explain', { body: question });
  await call('PATCH', '/gateway', { body: { budgets: BUDGETS } });
  await call('GET', '/gateway/budgets');
  for (const query of ['', '?resource=team', '?resource=nothing', '?limit=2', '?start=2026-11-01&end=2026-11-30'])
    await call('GET', `/audit${query}`);
  const auditor = await admin.key({ role: 'auditor' });
  const [contentId, today] = [attemptId(admin.clock), new Date(admin.clock).toISOString()];
  admin.bucket.objects.set(contentKey(contentId, []), gzipSync(JSON.stringify({ id: contentId, at: today, level: 'full' })));
  for (const id of [contentId, 'nobody']) await call('GET', `/contents/${id}`, { key: auditor.text });
  for (const body of [{ key_id: 'k' }, { end_user: 'erika' }, { tag: 'no-value' }, {}]) await call('POST', '/deletions', { body });
  await call('GET', '/deletions');
  for (const body of [
    { model: 'openai/*', day: '2026-11-24', dry_run: true },
    { model: 'openai/*', day: '2026-11-24' },
    { model: 'openai/*' },
  ])
    await call('POST', '/reratings', { body });
  await call('GET', '/audit/trails');
  for (const trail of ['requests-5', 'requests-99']) await call('GET', `/audit/trails/${trail}/check`);
  await call('GET', '/price-book');
  for (const options of [{}, { dry_run: true, force: true }, { force: true }, { force: 'yes' }])
    await call('POST', '/price-book', { body: { book: BOOK, ...options } });
  await call('POST', '/price-book', { body: { book: 'no book' } });
  await call('GET', '/price-book');
  for (let time = 0; time < 2; time++) await call('DELETE', '/price-book');
  for (const day of ['2026-11-24', '2026-11-31', '2099-01-01']) await call('POST', '/usage/rebuild', { body: { day } });
  for (const day of ['2026-11-23', '2026-11-31', 'today']) await call('GET', `/usage/spend/${day}`);

  // What is asked of usage and requests.
  const groups = [
    '',
    'day',
    'team',
    'project',
    'user',
    'key',
    'model',
    'provider',
    'tag:team',
    'team,model',
    'day,tag:team,key',
    'nothing',
  ];
  for (const group of groups) {
    for (const more of ['', '&start=2026-11-20&end=2026-11-24', '&team_id=red', '&format=csv'])
      await call('GET', `/usage?group_by=${group}${more}`);
  }
  for (const query of ['start=2026-11-30&end=2026-11-01', 'start=x', 'start=2020-01-01', 'format=xml'])
    await call('GET', `/usage?${query}`);
  for (const query of ['', '?limit=3', '?team_id=red', '?outcome=ok', '?provider=text', '?key_id=nobody', '?start=2026-11-01', '?other=1'])
    await call('GET', `/requests${query}`);
  const ids = (await admin.call('GET', '/requests')).json.data.map(({ id }) => id as string);
  for (const id of [...ids, '0192f000-0000-7000-8000-0000000000ff', 'nobody']) await call('GET', `/requests/${id}`);

  // By whom.
  const viewer = await admin.key({ role: 'viewer' });
  const member = await admin.key({ role: 'team_admin', team_id: 'red' });
  const caller = await admin.key({ role: 'caller' });
  for (const text of [viewer.text, member.text, caller.text, `${ROOT.slice(0, -1)}x`, 'nonsense', null]) {
    for (const path of ['/keys', '/usage', '/requests', '/gateway', '/audit', '/nowhere']) await call('GET', path, { key: text });
    await call('POST', '/teams', { key: text, body: { name: 'x' } });
  }
  for (const headers of [{ 'idempotency-key': 'one' }, { 'idempotency-key': 'one' }])
    await call('POST', '/keys', { body: { name: 'a' }, headers });
  await call('POST', '/keys', { body: { name: 'b' }, headers: { 'idempotency-key': 'one' } });
  for (const resource of ['keys', 'projects', 'users', 'tags', 'models', 'teams', 'prices', 'guardrails']) {
    const { data } = (await admin.call('GET', `/${resource}`)).json;
    for (const { id } of data) await call('DELETE', `/${resource}/${encodeURIComponent(String(id))}`);
  }

  expect(told.length).toBeGreaterThanOrEqual(200);
  expect(told.filter(({ problem }) => problem !== undefined)).toEqual([]);
  expect(told.filter(({ status }) => status >= 500)).toEqual([]);
  const done = new Set(told.filter(({ status }) => status < 300).map(({ operation }) => operation));
  expect(routes.map(({ operation }) => operation).filter((operation) => !done.has(operation))).toEqual([]);
  const codes = new Set(told.flatMap(({ code }) => code ?? []));
  expect(codes.size).toBeGreaterThan(8);
  for (const code of codes) expect(published.components.schemas.ErrorCode.enum).toContain(code);
});

test('an answer that does not fit would be noticed', () => {
  const reply = (json: object, status = 200) => ({ status, text: JSON.stringify(json), headers: { 'content-type': 'application/json' } });
  const record = { id: 'a', state: 'settled', updated_at: '2026-11-24T12:00:00.000Z', reserved_usd: '1.00' };
  const error = { message: 'm', type: 'invalid_request_error', param: null, code: 'invalid_value' };

  expect(problemOf('GET', '/requests/a', reply(record))).toBeUndefined();
  expect(problemOf('GET', '/requests/a', reply({ ...record, usage: { made_up_tokens: 1 } }))).toBeDefined();
  expect(problemOf('GET', '/requests/a', reply({ error }, 400))).toBeUndefined();
  expect(problemOf('GET', '/requests/a', reply({ error: { ...error, code: 'made_up' } }, 400))).toBeDefined();
  expect(problemOf('GET', '/requests/a', reply(record, 201))).toBeDefined();
});
