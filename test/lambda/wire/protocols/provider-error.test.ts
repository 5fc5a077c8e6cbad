import fc from 'fast-check';
import { GatewayError } from '../../../../lambda/platform/error';
import type { JsonObject, JsonValue } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { eachRecorded, recordings, responseBody } from '../../../support/recorded';

const openAi = (status: number, code: string | null, message = 'No.', headers = {}) =>
  openAiChat.decodeError(status, { error: { message, type: 'some_error', param: null, code } }, headers);

describe('F03 statuses of a provider', () => {
  test.each([
    [400, null, 400, 'invalid_request', false],
    [400, 'unsupported_parameter', 400, 'unsupported_parameter', false],
    [401, 'invalid_api_key', 502, 'upstream_auth', true],
    [402, null, 503, 'upstream_quota', true],
    [403, null, 502, 'upstream_auth', true],
    [404, 'model_not_found', 404, 'model_not_found', true],
    [408, null, 504, 'upstream_timeout', true],
    [409, null, 503, 'upstream_conflict', true],
    [413, null, 413, 'request_too_large', false],
    [422, null, 400, 'invalid_request', false],
    [429, 'rate_limit_exceeded', 429, 'rate_limit_exceeded', true],
    [500, null, 502, 'upstream_error', true],
    [503, null, 503, 'upstream_overloaded', true],
    [504, null, 504, 'upstream_timeout', true],
    [529, null, 503, 'upstream_overloaded', true],
    [302, null, 502, 'upstream_error', true],
    [418, null, 502, 'upstream_error', true],
  ])('F03 %i %s is told as %i %s', (status, code, toldStatus, toldCode, failover) => {
    const facts = openAi(status, code);

    expect(facts.error).toMatchObject({ status: toldStatus, shownCode: toldCode });
    expect(facts.failover).toBe(failover);
  });
});

test('F05 a spent quota of ours is not the caller’s rate limit', () => {
  const facts = openAi(429, 'insufficient_quota', 'You exceeded your current quota.');

  expect(facts).toMatchObject({ failover: true, error: { status: 503, code: 'upstream_quota', retryable: false } });
});

test('F02 a refused credential of ours never becomes the caller’s 401', () => {
  for (const status of [401, 403]) expect(anthropicMessages.decodeError(status, undefined, {}).error.status).toBe(502);
});

test.each([
  [429, 'Request too large for gpt-4.1 in organization org-AbCdEf123456 on tokens per min (TPM): Limit 30000, Requested 40000.'],
  [
    413,
    'Request too large for model `m` in organization `org_01jx2y3z4w5v` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 9000.',
  ],
])('a call of more tokens than a minute has (%i) may be answered elsewhere, and waiting cures nothing', (status, message) => {
  const facts = openAi(status, 'rate_limit_exceeded', message);

  expect(facts).toMatchObject({ failover: true, error: { status: 413, code: 'request_too_large', retryable: false } });
  expect(facts.error.message).toContain('Requested');
  expect(facts.error.message).not.toMatch(/org[-_]/);
});

test.each([
  [500, null, 'the request exceeds the available context size. try increasing the context size or enable context shift'],
  [424, null, 'The model returned the following errors: Input is too long for requested model.'],
  [500, 'exceed_context_size_error', 'No room.'],
])('a server that fails (%i, %s) where others refuse says that the prompt is too long: %s', (status, code, message) => {
  expect(openAi(status, code, message)).toMatchObject({ failover: false, error: { status: 400, code: 'context_length_exceeded' } });
});

test('a 403 for want of credits is a spent quota', () => {
  const words = 'Your team has either used all available credits or reached its monthly spending limit.';

  expect(openAi(403, null, words)).toMatchObject({ failover: true, error: { code: 'upstream_quota' } });
  expect(openAi(403, null, 'Not allowed.')).toMatchObject({ error: { code: 'upstream_auth' } });
});

describe('context length keeps the words and codes that clients know', () => {
  test('OpenAI’s code is exact', () => {
    const message = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.";
    const { error } = openAi(400, 'context_length_exceeded', message);

    expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded', message });
    expect(anthropicMessages.encodeError(error, 'r')).toMatchObject({ error: { message: expect.stringContaining('prompt is too long') } });
  });

  test('Anthropic’s words are verbatim, and give OpenAI’s code', () => {
    const message = 'prompt is too long: 210000 tokens > 200000 maximum';
    const { error } = anthropicMessages.decodeError(400, { type: 'error', error: { type: 'invalid_request_error', message } }, {});

    expect(anthropicMessages.encodeError(error, 'r')).toMatchObject({ error: { type: 'invalid_request_error', message } });
    expect(openAiChat.encodeError(error, 'r')).toMatchObject({ error: { code: 'context_length_exceeded' } });
  });
});

describe('J09 what a provider echoes', () => {
  test.each([
    ['Incorrect API key provided: sk-proj-abcdefgh12345678.'],
    ['Invalid header Authorization: Bearer abcdef0123456789'],
    ['api_key=abcdef0123456789 is wrong'],
    ['Incorrect API key provided: sk-ab***********wxyz'],
  ])('J09 a credential makes the message generic: %s', (message) => {
    const { error } = openAi(400, 'unsupported_value', message);

    expect([error.code, error.shownCode]).toEqual(['invalid_request', 'unsupported_value']);
    expect(error.message).toBe('The provider refused the request as invalid.');
  });

  test.each([
    ['see https://api.internal.example.com/v1/x?key=1 for more', 'internal.example'],
    ['account 123456789012 has no access', '123456789012'],
    ['arn:aws:bedrock:us-east-1:123456789012:model/x is wrong', 'arn:aws'],
    ['organization org-AbCdEfGh1234 is blocked', 'org-AbCd'],
    ['cannot reach 10.0.1.7:8000', '10.0.1.7'],
    ['host vllm.internal:8000 said no', 'vllm.internal'],
  ])('J09 places and accounts are taken out: %s', (message, secret) => {
    const { error } = openAi(400, null, message);

    expect(error.message).toContain('[removed]');
    expect(error.message).not.toContain(secret);
  });

  test('J09 messages that are not about the request never pass', () => {
    for (const status of [401, 403, 404, 429, 500, 503]) expect(openAi(status, null, 'canary').error.message).not.toContain('canary');
  });
});

describe('F04 retry-after', () => {
  test.each([
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'abc' }, undefined],
    [{ 'retry-after': '1e9' }, 60_000],
    [{ 'retry-after': '9'.repeat(400) }, 60_000],
    [{ 'retry-after-ms': '250', 'retry-after': '30' }, 250],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:10 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 10_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:10 GMT' }, undefined],
    [{}, undefined],
  ])('F04 %j is %s ms', (headers, expected) => {
    expect(openAi(429, null, 'slow down', headers).error.retryAfterMs).toBe(expected);
  });

  test('F14 a provider that says not to retry is believed', () => {
    expect(openAi(503, null, 'busy', { 'x-should-retry': 'false' }).error.retryable).toBe(false);
    expect(openAi(503, null, 'busy').error.retryable).toBe(true);
  });
});

test('I24 every status, body and phase gives exactly one error in every dialect', () => {
  const json: fc.Arbitrary<JsonValue> = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
  const body = fc.option(fc.dictionary(fc.constantFrom('error', 'message', 'type', 'code', 'detail', 'object', 'param'), json), {
    nil: undefined,
  });

  fc.assert(
    fc.property(fc.integer({ min: 100, max: 999 }), body, fc.constantFrom(openAiChat, anthropicMessages), (status, said, protocol) => {
      const { error, failover } = protocol.decodeError(status, said as JsonObject | undefined, {});

      expect(error).toBeInstanceOf(GatewayError);
      expect(typeof failover).toBe('boolean');
      expect([400, 404, 413, 429, 502, 503, 504]).toContain(error.status);
      for (const dialect of [openAiChat, anthropicMessages]) {
        expect(dialect.errorStatus(error)).toBeGreaterThanOrEqual(400);
        expect(typeof (dialect.encodeError(error, 'r')['error'] as JsonObject)['message']).toBe('string');
      }
    }),
  );
});

describe('errors in the caller’s dialect', () => {
  const spent = new GatewayError({ code: 'insufficient_quota', message: 'The budget is spent.' });
  const busy = new GatewayError({ code: 'upstream_overloaded', message: 'Busy.' });

  test('a spent budget is 402 on Chat and a 429 billing_error on Messages', () => {
    expect(openAiChat.errorStatus(spent)).toBe(402);
    expect(openAiChat.encodeError(spent, 'r')).toMatchObject({ error: { type: 'insufficient_quota', code: 'insufficient_quota' } });
    expect(anthropicMessages.errorStatus(spent)).toBe(429);
    expect(anthropicMessages.encodeError(spent, 'r')).toEqual({
      type: 'error',
      error: { type: 'billing_error', message: 'The budget is spent.' },
      request_id: 'r',
    });
  });

  test('E10 overload is 529 to callers of Messages alone', () => {
    expect(anthropicMessages.errorStatus(busy)).toBe(529);
    expect(anthropicMessages.encodeError(busy, 'r')).toMatchObject({ error: { type: 'overloaded_error' } });
    expect(openAiChat.errorStatus(busy)).toBe(503);
  });
});

eachRecorded(
  '%s is read as an error that names its class',
  recordings('openai-chat', 'anthropic-messages').filter((entry) => entry.status >= 400),
  (entry) => {
    const protocol = entry.wireFormat === 'openai-chat' ? openAiChat : anthropicMessages;
    const { error } = protocol.decodeError(entry.status, responseBody(entry), {});
    const expected: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 404: 'not_found_error', 429: 'rate_limit_error' };

    expect(error.type).toBe(expected[entry.status]);
    expect(error.message).not.toMatch(/https?:/);
  },
);
