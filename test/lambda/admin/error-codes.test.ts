import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { ERRORS, type ErrorCode } from '../../../lambda/platform/error-catalogue';
import { serviceError } from '../../support/dynamodb-expressions';
import { type AdminHarness, createAdminHarness, type Reply } from './harness';

/** Real refusals of the admin API: each has a code of the catalogue, in its status, in the form that docs/openapi.json has. */

const { components } = JSON.parse(readFileSync(join(__dirname, '../../../docs/openapi.json'), 'utf8'));
const fits = new Ajv({ strict: false }).compile({ ...components.schemas.Error, components });

const told = ({ status, json }: Reply): string => {
  const { code, type } = json.error;
  const facts = ERRORS[code as ErrorCode];
  expect([code, status, type]).toEqual([code, facts.status, facts.type]);
  expect([fits(json), fits.errors]).toEqual([true, null]);
  return code;
};

const CASES: readonly (readonly [code: ErrorCode, ask: (admin: AdminHarness) => Promise<Reply>])[] = [
  ['invalid_api_key', (admin) => admin.call('GET', '/keys', { key: null })],
  ['ambiguous_credentials', (admin) => admin.call('GET', '/keys', { headers: { 'x-api-key': 'another' } })],
  ['permission_denied', async (admin) => admin.call('GET', '/keys', { key: (await admin.key({})).text })],
  ['unknown_url', (admin) => admin.call('GET', '/nothing')],
  ['method_not_allowed', (admin) => admin.call('PUT', '/keys')],
  ['resource_not_found', (admin) => admin.call('GET', '/teams/none')],
  ['invalid_json', (admin) => admin.call('POST', '/teams', { body: '{' })],
  ['missing_field', (admin) => admin.call('POST', '/teams', { body: { id: 'a' } })],
  ['unknown_field', (admin) => admin.call('POST', '/teams', { body: { id: 'a', name: 'A', colour: 'red' } })],
  ['invalid_type', (admin) => admin.call('POST', '/teams', { body: { id: 'a', name: 5 } })],
  ['invalid_value', (admin) => admin.call('POST', '/teams', { body: { id: 'a', name: 'A', time_zone: 'Nowhere' } })],
  ['request_too_large', (admin) => admin.call('POST', '/teams', { body: { id: 'a', name: 'x'.repeat(300_000) } })],
  [
    'already_exists',
    async (admin) => {
      await admin.make('teams', { id: 'a', name: 'A' });
      return admin.call('POST', '/teams', { body: { id: 'a', name: 'A' } });
    },
  ],
  [
    'idempotency_key_reused',
    async (admin) => {
      await admin.call('POST', '/keys', { body: { name: 'a' }, headers: { 'idempotency-key': 'once' } });
      return admin.call('POST', '/keys', { body: { name: 'b' }, headers: { 'idempotency-key': 'once' } });
    },
  ],
  [
    'precondition_failed',
    async (admin) => {
      await admin.make('teams', { id: 'a', name: 'A' });
      return admin.call('PATCH', '/teams/a', { body: { name: 'B' }, headers: { 'if-match': '"another"' } });
    },
  ],
  [
    'not_empty',
    async (admin) => {
      await admin.make('teams', { id: 'a', name: 'A' });
      await admin.make('projects', { id: 'p', name: 'P', team_id: 'a' });
      return admin.call('DELETE', '/teams/a');
    },
  ],
  [
    'exceeds_parent',
    async (admin) => {
      await admin.make('teams', { id: 'a', name: 'A', models: ['openai/*'] });
      return admin.call('POST', '/keys', { body: { team_id: 'a', models: ['anthropic/*'] } });
    },
  ],
  [
    'already_revoked',
    async (admin) => {
      const { id } = await admin.key({});
      await admin.call('POST', `/keys/${id}/revoke`);
      return admin.call('POST', `/keys/${id}/unblock`);
    },
  ],
];

test.each(CASES)('%s', async (code, ask) => {
  expect(told(await ask(createAdminHarness()))).toBe(code);
});

test.each<readonly [ErrorCode, Error]>([
  ['store_unavailable', serviceError('ThrottlingException', 'slow down')],
  ['store_unavailable', serviceError('TransactionConflictException', 'another transaction')],
  ['store_unavailable', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['misconfigured', serviceError('AccessDeniedException', 'no')],
  ['internal_error', new Error('a fault')],
])('%s when the table answers %s', async (code, fault) => {
  const admin = createAdminHarness();
  await admin.call('GET', '/teams');
  admin.database.hooks = { before: () => Promise.reject(fault) };

  expect(told(await admin.call('GET', '/teams'))).toBe(code);
});

test('misconfigured when the bootstrap secret is missing', async () => {
  expect(told(await createAdminHarness({}, { bootstrap: '{}' }).call('GET', '/teams'))).toBe('misconfigured');
});
