import { GatewayError } from '../../../../../lambda/platform/error';
import type { ErrorCode } from '../../../../../lambda/platform/error-catalogue';
import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';

test('a spent budget is 429, overload 503', () => {
  const status = (code: ErrorCode) => openAiResponses.errorStatus(new GatewayError({ code, message: 'x' }));

  expect(status('insufficient_quota')).toBe(429);
  expect(status('upstream_overloaded')).toBe(503);
  expect(status('invalid_value')).toBe(400);
});
