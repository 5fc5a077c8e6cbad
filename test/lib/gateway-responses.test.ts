import { GatewayError } from '../../lambda/platform/error';
import { anthropicMessages } from '../../lambda/wire/dialects/anthropic-messages';
import { synthesize } from './support';

test('an answer of API Gateway has the status of its code, and the kind of error that Messages would say', () => {
  const answers = Object.values(synthesize().template.findResources('AWS::ApiGateway::GatewayResponse'));

  const seen = new Set<string>();
  for (const { Properties } of answers) {
    const { error } = JSON.parse(Properties.ResponseTemplates['application/json'].replace('$context.error.messageString', '""'));
    seen.add(error.code);
    const known = new GatewayError({ code: error.code, message: '' });
    const { StatusCode = String(known.status) } = Properties;
    const said = anthropicMessages.encodeError(known, 'r')['error'] as { type: string };

    expect([error.code, StatusCode, error.type]).toEqual([error.code, String(known.status), said.type]);
  }
  expect([...seen].sort()).toEqual([
    'access_denied',
    'gateway_overloaded',
    'gateway_timeout',
    'gateway_unavailable',
    'invalid_request',
    'not_found',
    'rate_limit_exceeded',
    'request_too_large',
    'unsupported_media_type',
  ]);
});
