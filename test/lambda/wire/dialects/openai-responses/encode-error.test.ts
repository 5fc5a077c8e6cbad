import { GatewayError } from '../../../../../lambda/platform/error';
import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';

test('a spent budget is 429, Anthropic’s overload 503', () => {
  const error = (status: number, code: string) => new GatewayError({ status, type: 'x', code, message: 'x' });

  expect(openAiResponses.errorStatus(error(402, 'insufficient_quota'))).toBe(429);
  expect(openAiResponses.errorStatus(error(529, 'upstream_overloaded'))).toBe(503);
  expect(openAiResponses.errorStatus(error(400, 'invalid_value'))).toBe(400);
});
