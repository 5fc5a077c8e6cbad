import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { RECORD_FIELDS, type RequestResult, shown, USAGE_FIELDS, type UsageRecord } from '../../../lambda/money/record';
import { WHOLE_CALL, WHOLE_RESULT } from '../../support/field-values';
import { usageRecord } from '../../support/usage-record';
import { type AdminHarness, createAdminHarness } from './harness';

const ID = '0192f0000000000000000f';
const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
const document = JSON.parse(readFileSync(join(__dirname, '../../../docs/openapi.json'), 'utf8'));
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(document, 'api');

let admin: AdminHarness;

beforeEach(() => {
  admin = createAdminHarness();
});

/** The record of a request that has ended so, as the admin API answers it. */
async function answered(result: RequestResult): Promise<Record<string, unknown>> {
  const { records } = admin.services;
  await records.put(usageRecord({ ...WHOLE_CALL, id: ID, ...result }));
  return (await admin.call('GET', `/requests/${ID}`)).json;
}

function expectFit(answer: unknown): void {
  const fits = ajv.getSchema('api#/components/schemas/Request');
  expect([fits?.(answer), fits?.errors]).toEqual([true, null]);
}

test('every field of a record that the definition shows is answered, and fits the published schema', async () => {
  const answer = await answered(WHOLE_RESULT);

  expectFit(answer);
  expect(Object.keys(answer)).toEqual([...shown(RECORD_FIELDS, 'api').map(({ api }) => api), 'list_usd']);
  expect(Object.keys(answer['usage'] as object)).toEqual(shown(USAGE_FIELDS, 'api').map(({ api }) => api));
  expect(answer).toMatchObject({
    cost_usd: '12345678901.23456789',
    reserved_usd: '12345678901.23456789',
    attempts: [{ duration_ms: 5, estimated_cost_usd: '0.01' }, { outcome: 'ok' }],
  });
});

test('what a provider bills beside what it counted is answered, and fits the published schema', async () => {
  const answer = await answered({ usage: { inputTokens: 9, billedInputTokens: 5, outputTokens: 3, billedOutputTokens: 2 } });

  expectFit(answer);
  expect(answer).toMatchObject({ usage: { input_tokens: 9, billed_input_tokens: 5, output_tokens: 3, billed_output_tokens: 2 } });
});

test('pages and places are not answered', async () => {
  const answer = await answered(WHOLE_RESULT);

  for (const name of ['pages', 'tokens', 'candidate_models', 'bound_nano_usd']) expect(answer).not.toHaveProperty(name);
});

test('what is known of a call whose process died fits the published schema', async () => {
  const { dialect: _dialect, stream: _stream, ...known } = usageRecord({ id: ID, createdAt: new Date(NOW_MS).toISOString() });
  await admin.services.records.put({ ...known, state: 'expired_charged', outcome: 'expired', costNanoUsd: 100n });

  const { json } = await admin.call('GET', `/requests/${ID}`);

  expectFit(json);
  expect(json).toMatchObject({
    id: ID,
    state: 'expired_charged',
    outcome: 'expired',
    reserved_usd: '0.0000001',
    cost_usd: '0.0000001',
    updated_at: '2026-11-24T12:00:00.000Z',
  });
});

test('ops-01 a request is found by the provider that failed, its status and outcome, whoever answered', async () => {
  const at = new Date(NOW_MS).toISOString();
  const failedOver = { provider: 'good', status: 200, outcome: 'ok', costNanoUsd: 1n } as const;
  const attempts = [
    { provider: 'bad', model: 'm', status: 401, outcome: 'upstream_auth', durationMs: 5 },
    { provider: 'good', model: 'm', status: 200, outcome: 'ok', durationMs: 5 },
  ];
  await admin.services.records.put({ ...usageRecord({ id: ID, createdAt: at }), state: 'settled', ...failedOver, attempts });
  const found = async (query: string) => (await admin.call('GET', `/requests?${query}`)).json['data'].length;

  const queries = [
    'provider=bad',
    'provider=good',
    'provider=bad&status=401',
    'provider=bad&outcome=upstream_auth',
    'status=200',
    'outcome=ok',
  ];
  expect(await Promise.all(queries.map(found))).toEqual([1, 1, 1, 1, 1, 1]);
  expect(
    await Promise.all(['provider=bad&status=200', 'provider=good&outcome=upstream_auth', 'status=500', 'provider=other'].map(found)),
  ).toEqual([0, 0, 0, 0]);
  expect((await admin.call('GET', '/requests?status=four')).status).toBe(400);
});

test('which restricted requests left the VPC in a month is one question', async () => {
  const put = async (id: string, day: string, held: Partial<UsageRecord>) => {
    admin.clock = Date.parse(`${day}T12:00:00Z`);
    await admin.services.records.put(usageRecord({ id, ...held }));
  };
  await put('before', '2026-09-30', { sensitivity: 'restricted', network: 'public' });
  await put('left-1', '2026-10-01', { sensitivity: 'restricted', network: 'public' });
  await put('stayed', '2026-10-15', { sensitivity: 'restricted', network: 'vpc' });
  await put('other', '2026-10-15', { sensitivity: 'confidential', network: 'public' });
  await put('plain', '2026-10-15', {});
  await put('left-2', '2026-10-31', { sensitivity: 'restricted', network: 'public' });
  await put('later', '2026-11-01', { sensitivity: 'restricted', network: 'public' });

  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { json } = await admin.call('GET', `/requests?sensitivity=restricted&network=public&start=2026-10-01&end=2026-10-31${after}`);
    ids.push(...json['data'].map(({ id }) => String(id)));
    cursor = json.next_cursor;
  } while (cursor !== null);

  expect(ids).toEqual(['left-2', 'left-1']);
});
