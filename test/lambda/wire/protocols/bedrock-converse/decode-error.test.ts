import fc from 'fast-check';
import { GatewayError } from '../../../../../lambda/platform/error';
import { bedrockConverse } from '../../../../../lambda/wire/protocols/bedrock-converse';

describe('Converse errors', () => {
  test.each([
    [400, 'ValidationException', 'messages.0: bad', 400, 'invalid_request', false, false],
    [400, 'ValidationException', 'Input is too long for requested model.', 400, 'context_length_exceeded', false, false],
    [400, 'ValidationException', 'The provided model identifier is invalid.', 404, 'model_not_found', true, false],
    [
      400,
      'ValidationException',
      "Invocation of model ID x with on-demand throughput isn't supported.",
      404,
      'model_not_found',
      true,
      false,
    ],
    [400, 'ServiceQuotaExceededException', 'quota', 429, 'rate_limit_exceeded', true, true],
    [403, 'AccessDeniedException', 'User: arn:aws:sts::123456789012:x is not authorized', 502, 'upstream_auth', true, false],
    [403, 'ExpiredTokenException', 'expired', 502, 'upstream_auth', true, false],
    [404, 'ResourceNotFoundException', 'no', 404, 'model_not_found', true, false],
    [408, 'ModelTimeoutException', 'late', 504, 'upstream_timeout', true, true],
    [424, 'ModelErrorException', 'oops', 502, 'upstream_error', true, true],
    [429, 'ThrottlingException', 'slow', 429, 'rate_limit_exceeded', true, true],
    [429, 'ModelNotReadyException', 'warming up', 503, 'upstream_overloaded', true, true],
    [500, 'InternalServerException', 'oops', 502, 'upstream_error', true, true],
    [503, 'ServiceUnavailableException', 'busy', 503, 'upstream_overloaded', true, true],
  ])('F03 %i %s (%s) becomes %i %s', (status, name, message, expected, code, failover, retryable) => {
    const facts = bedrockConverse.decodeError(status, { message }, { 'x-amzn-errortype': `${name}:http://internal.amazon.com/` });

    expect(facts).toMatchObject({ failover, error: { status: expected, code, retryable } });
    expect(facts.error.message).not.toContain('123456789012');
  });

  test('finds the name in the body too', () => {
    const body = { __type: 'com.amazon.coral.service#ThrottlingException', message: 'slow' };

    expect(bedrockConverse.decodeError(400, body, {}).error).toMatchObject({ status: 429 });
  });

  test.each([
    ['throttlingException', 429, 'rate_limit_exceeded'],
    ['validationException', 400, 'invalid_request'],
    ['modelStreamErrorException', 502, 'upstream_error'],
    ['internalServerException', 502, 'upstream_error'],
    ['serviceUnavailableException', 503, 'upstream_overloaded'],
    ['somethingNew', 502, 'upstream_error'],
  ])('E28 the exception %s ends the stream with %i', (event, status, code) => {
    const decoder = bedrockConverse.streamDecoder();
    const first = decoder.decode({ event, data: '{"message":"x"}', exception: true });

    expect(first).toEqual([{ type: 'error', error: expect.objectContaining({ status, code }) }]);
    expect(decoder.decode({ event: 'messageStart', data: '{}' })).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  test('is total: any status, body and headers give one error that shows nothing of the account', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.object(), fc.dictionary(fc.string(), fc.string()), (status, body, headers) => {
        const { error } = bedrockConverse.decodeError(status, body as never, headers);

        expect(error).toBeInstanceOf(GatewayError);
        expect(error.status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 200 },
    );
  });
});
