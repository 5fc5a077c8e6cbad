import { readEnvironment } from '../../../../lambda/platform/runtime/environment';
import type { DialectName } from '../../../../lambda/wire/dialects';
import type { GatewayDocument, GuardRuleConfig, GuardrailConfig } from '../../../../lib/private/contract';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import { FIXTURE_CREDENTIALS, fixturePlaces } from '../../../support/fixture-places';
import { compatible, startGateway, type TestGateway, type TestGatewayOptions } from '../../../support/gateway';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';
import type { Upstream } from '../../../support/upstream';

export const EMAIL = 'jane.doe@example.com';
export const RULE: GuardRuleConfig = { name: 'people', detect: ['email'], action: 'mask' };

export function policy(rule: Partial<GuardRuleConfig> = {}, more: Partial<GuardrailConfig> = {}): GuardrailConfig {
  return { id: 'pii', rules: [{ ...RULE, ...rule }], ...more };
}

/** A gateway with every wire format's provider at one upstream, held to these policies. */
export function guardedGateway(
  upstream: Upstream,
  guardrails: GuardrailConfig[],
  { document = {}, ...more }: TestGatewayOptions = {},
): Promise<TestGateway> {
  const base: Partial<GatewayDocument> = {
    providers: [...fixturePlaces(upstream.origin), compatible('own', upstream.origin)],
    guardrails,
    defaultGuardrails: guardrails.map(({ id }) => id),
    ...document,
  };
  return startGateway({ ...FIXTURE_CREDENTIALS, ...more, document: base });
}

/** Where Bedrock's guardrails are played too, and who asks them. */
export function bedrockEnvironment(upstream: Upstream): Pick<TestGatewayOptions, 'environment' | 'awsCredentials'> {
  return {
    environment: readEnvironment({
      IDENTITY_TABLE: TABLE_NAMES.identity,
      COUNTERS_TABLE: TABLE_NAMES.counters,
      RECORDS_TABLE: TABLE_NAMES.records,
      PEPPER_SECRET_ARN: 'arn:pepper',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: upstream.origin,
    }),
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
  };
}

/** A call that says a text in each dialect. */
export function sayingOf(
  dialect: DialectName,
  model: string,
  text: string,
  stream = false,
): { path: string; body: Record<string, unknown> } {
  const { path, body } = DIALECT_CALLS[dialect](stream);
  const said = 'input' in body ? { input: text } : { messages: [{ role: 'user', content: text }] };
  return { path, body: { model, ...body, ...said } };
}
