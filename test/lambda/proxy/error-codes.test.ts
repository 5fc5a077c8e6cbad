import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import { GatewayError } from '../../../lambda/platform/error';
import { ERRORS, type ErrorCode } from '../../../lambda/platform/error-catalogue';
import type { DialectName } from '../../../lambda/wire/dialects';
import { protocols } from '../../../lambda/wire/protocols';
import type { GatewayDocument } from '../../../lib/private/contract';
import { DIALECT_CALLS } from '../../support/dialect-calls';
import { compatible, route, startGateway, type TestGateway, type TestGatewayOptions, type TestReply } from '../../support/gateway';
import { jsonReply, reply, type Step, startUpstream, type Upstream } from '../../support/upstream';

/** Real refusals in every dialect: each has a code of the catalogue, in the status of its dialect, in the form that docs/openapi.json has. */

const published = JSON.parse(readFileSync(join(__dirname, '../../../docs/openapi.json'), 'utf8'));
const CODES: readonly string[] = published.components.schemas.ErrorCode.enum;
const DIALECTS = Object.keys(DIALECT_CALLS) as DialectName[];
const ANSWER = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};
const WEB_SEARCH: Readonly<Record<DialectName, object>> = {
  'openai-chat': { web_search_options: {} },
  'openai-responses': { tools: [{ type: 'web_search' }] },
  'anthropic-messages': { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
};
const PICTURE: Readonly<Record<DialectName, object>> = {
  'openai-chat': { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://pictures.example/a.png' } }] }] },
  'openai-responses': { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://pictures.example/a.png' }] }] },
  'anthropic-messages': {
    messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://pictures.example/a.png' } }] }],
  },
};

let upstream: Upstream;
let gateway: TestGateway;
let fits: ValidateFunction;

beforeAll(async () => {
  upstream = await startUpstream();
  fits = new Ajv({ strict: false }).compile({ ...published.components.schemas.DataPlaneError, components: published.components });
});
afterEach(() => gateway.close());
afterAll(() => upstream.close());

type Ask = (changes?: object | string, headers?: Record<string, string | string[]>) => Promise<TestReply>;

const start = async (document: Partial<GatewayDocument> = {}, options: TestGatewayOptions = {}): Promise<void> => {
  upstream.script(jsonReply(ANSWER));
  gateway = await startGateway({
    ...options,
    document: {
      providers: [
        compatible('a', upstream.origin),
        compatible('b', upstream.origin),
        compatible('priced', upstream.origin, { free: false }),
      ],
      routes: [route('smart', 'a/m', 'b/m')],
      ...document,
    },
  });
};
const asking =
  (dialect: DialectName): Ask =>
  (changes = {}, headers = {}) => {
    const { path, body } = DIALECT_CALLS[dialect](false);
    return gateway.call(path, typeof changes === 'string' ? changes : { model: 'a/m', ...body, ...changes }, headers);
  };

/** What a refusal is: its code as the log has it, its status and form as its dialect must have them. */
const told = async (dialect: DialectName, { status, json }: TestReply): Promise<unknown> => {
  await gateway.settled();
  const outcome = String(gateway.log.findLast(({ event }) => event === 'request')?.['outcome']);
  const { errorStatus } = await protocols.dialect(dialect, 'chat');
  expect([outcome, CODES.includes(outcome)]).toEqual([outcome, true]);
  expect([outcome, status]).toEqual([outcome, errorStatus(new GatewayError({ code: outcome as ErrorCode, message: '' }))]);
  expect([fits(json), fits.errors]).toEqual([true, null]);
  if (json.error.code !== undefined) expect([json.error.code, json.error.type]).toEqual([outcome, ERRORS[outcome as ErrorCode].type]);
  return outcome;
};

type Case = readonly [code: ErrorCode, ask: (ask: Ask, dialect: DialectName) => Promise<TestReply>, before?: () => Promise<void>];

const key = async (changes: Parameters<TestGateway['addKey']>[0]) => ({ authorization: `Bearer ${await gateway.addKey(changes)}` });
const steps = (code: ErrorCode, answer: readonly Step[]): Case => [
  code,
  (ask) => {
    upstream.script(answer);
    return ask();
  },
];
const failure = (code: ErrorCode, status: number, said: string): Case =>
  steps(code, jsonReply({ error: { message: 'no', type: said, code: said } }, status));

const CASES: readonly Case[] = [
  ['invalid_json', (ask) => ask('{')],
  ['duplicate_field', (ask) => ask('{"model":"a/m","model":"b/m"}')],
  ['forbidden_field', (ask) => ask({ MODEL: 'a/m' })],
  ['invalid_type', (ask) => ask({ stream: 5 })],
  ['invalid_model', (ask) => ask({ model: 'a b' })],
  ['model_not_found', (ask) => ask({ model: 'nobody' })],
  ['invalid_header', (ask) => ask({}, { 'x-gateway-timeout-ms': 'soon' })],
  ['unsupported_media_type', (ask) => ask({}, { 'content-type': 'text/plain' })],
  ['request_too_large', (ask) => ask({ user: 'x'.repeat(2_000) }), () => start({ maxBodyBytes: 1_000 })],
  ['media_url_not_allowed', (ask, dialect) => ask(PICTURE[dialect])],
  ['invalid_api_key', (ask) => ask({}, { authorization: 'Bearer sk-gw-x' })],
  ['ambiguous_credentials', (ask) => ask({}, { 'x-api-key': 'another' })],
  ['key_expired', async (ask) => ask({}, await key({ expiresAt: '2026-01-01T00:00:00.000Z' }))],
  ['key_revoked', async (ask) => ask({}, await key({ status: 'revoked' }))],
  ['key_blocked', async (ask) => ask({}, await key({ status: 'blocked' }))],
  ['endpoint_not_allowed', async (ask) => ask({}, await key({ endpoints: ['/v1/models'] }))],
  ['model_not_allowed', async (ask) => ask({}, await key({ models: ['b/*'] }))],
  ['server_tool_not_allowed', (ask, dialect) => ask(WEB_SEARCH[dialect])],
  ['price_unknown', (ask) => ask({ model: 'priced/m' })],
  [
    'insufficient_quota',
    async (ask) => ask({ model: 'priced/m' }, await key({ budgets: [{ limit_usd: '0.01', period: 'day' }] })),
    () => start({ unknownPrice: { policy: 'ceiling', ceilingUsd: '1.00' } }),
  ],
  [
    'max_cost_exceeded',
    (ask) => ask({ model: 'priced/m' }, { 'x-gateway-max-cost-usd': '0.01' }),
    () => start({ unknownPrice: { policy: 'ceiling', ceilingUsd: '1.00' } }),
  ],
  [
    'rate_limit_exceeded',
    async (ask) => {
      const headers = await key({ limits: { requests_per_minute: 1 } });
      await ask({}, headers);
      return ask({}, headers);
    },
  ],
  [
    'duplicate_request',
    async (ask) => {
      const headers = { 'idempotency-key': 'once' };
      await ask({}, headers);
      await gateway.settled();
      return ask({}, headers);
    },
  ],
  [
    'idempotency_mismatch',
    async (ask) => {
      const headers = { 'idempotency-key': 'once' };
      await ask({}, headers);
      await gateway.settled();
      return ask({ user: 'other' }, headers);
    },
  ],
  ['misconfigured', (ask) => ask(), () => start({}, { pepperSecret: 'none' })],
  ['secret_unavailable', (ask) => ask(), () => start({}, { fetchSecret: () => Promise.reject(new Error('slow')) })],
  ['guardrail_unavailable', (ask) => ask(), () => start({ defaultGuardrails: ['nobody-wrote-it'] })],
  [
    'provider_misconfigured',
    (ask) => ask(),
    () =>
      start(
        { providers: [compatible('a', upstream.origin, { credential: { secretArn: { value: 'arn:none' } } })] },
        { secrets: { 'arn:none': '' } },
      ),
  ],
  [
    'egress_denied',
    (ask) => ask(),
    () => start({ providers: [compatible('a', upstream.origin.replace('http', 'https'), { network: 'public' })] }),
  ],
  [
    'all_targets_failed',
    (ask) => {
      upstream.script(jsonReply({}, 503));
      return ask({ model: 'smart' });
    },
  ],
  [
    'all_targets_refused',
    (ask) => {
      upstream.script((_request, number) => jsonReply({ error: { message: 'no' } }, number % 2 === 0 ? 401 : 404));
      return ask({ model: 'smart' });
    },
  ],
  steps('invalid_request', jsonReply({ error: { message: 'no', type: 'invalid_request_error' } }, 400)),
  failure('content_policy_violation', 400, 'content_filter'),
  failure('context_length_exceeded', 400, 'context_length_exceeded'),
  failure('upstream_auth', 401, 'invalid_api_key'),
  failure('upstream_quota', 402, 'billing'),
  failure('upstream_conflict', 409, 'conflict'),
  failure('upstream_error', 500, 'server_error'),
  failure('upstream_overloaded', 503, 'overloaded_error'),
  failure('upstream_timeout', 504, 'timeout_error'),
  steps('upstream_reset', [{ reset: true }]),
  steps('upstream_redirect', reply(302, { location: 'https://elsewhere.example' }, '')),
  steps('upstream_encoded', reply(200, { 'content-type': 'application/json', 'content-encoding': 'br' }, 'x')),
  steps('upstream_invalid_response', reply(200, { 'content-type': 'text/html' }, '<html>')),
];

test.each(CASES.flatMap(([code, ask, before]) => DIALECTS.map((dialect) => [code, dialect, ask, before] as const)))(
  '%s in %s',
  async (code, dialect, ask, before = start) => {
    await before();

    expect(await told(dialect, await ask(asking(dialect), dialect))).toBe(code);
  },
);

test.each<readonly [ErrorCode, string, string, DialectName]>([
  ['not_found', 'POST', '/v1/nothing', 'openai-chat'],
  ['not_found', 'POST', '/v1/messages/nothing', 'anthropic-messages'],
  ['method_not_allowed', 'PUT', '/v1/chat/completions', 'openai-chat'],
  ['method_not_allowed', 'PUT', '/v1/responses', 'openai-responses'],
  ['method_not_allowed', 'PUT', '/v1/messages', 'anthropic-messages'],
  ['upgrade_required', 'GET', '/v1/responses', 'openai-responses'],
])('%s for %s %s', async (code, method, path, dialect) => {
  await start();

  expect(await told(dialect, await gateway.send(method, path, { authorization: `Bearer ${gateway.key}` }))).toBe(code);
});

test('operation_not_supported for vectors of a provider that has none', async () => {
  await start({ providers: [compatible('a', upstream.origin, { kind: 'anthropic-compatible' })] });

  expect(await told('openai-chat', await gateway.call('/v1/embeddings', { model: 'a/m', input: 'x' }))).toBe('operation_not_supported');
});

test('missing_required_parameter for what another wire format cannot do without', async () => {
  await start({ providers: [compatible('a', upstream.origin, { kind: 'anthropic-compatible' })] });

  expect(await told('openai-chat', await asking('openai-chat')({ messages: undefined }))).toBe('missing_required_parameter');
});

test('upstream_too_large for an answer without end', async () => {
  await start();
  upstream.script(reply(200, { 'content-type': 'application/json' }, Buffer.alloc(33 * 1024 * 1024, ' ')));

  expect(await told('openai-chat', await asking('openai-chat')())).toBe('upstream_too_large');
});

test('unsupported_parameter for what another wire format has nothing like', async () => {
  await start({ providers: [compatible('a', upstream.origin, { kind: 'anthropic-compatible' })] });

  expect(await told('openai-chat', await asking('openai-chat')({ n: 2 }))).toBe('unsupported_parameter');
});

test('upstream_unreachable stands in the record of a call whose provider takes no connection', async () => {
  await start({ providers: [compatible('a', 'http://127.0.0.1:1')] });

  expect(await told('openai-chat', await asking('openai-chat')())).toBe('all_targets_failed');
  expect(gateway.records().flatMap(({ attempts = [] }) => attempts.map(({ outcome }) => outcome))).toContain('upstream_unreachable');
});
