import type { JsonObject } from '../../../platform/json';
import type { ModelRequest } from '../../model/request';

/** What Bedrock knows; it refuses a call for any other. @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html */
const KNOWN =
  /^(?:computer-use|token-efficient-tools|interleaved-thinking|output-128k|dev-full-thinking|context-1m|context-management|compact|effort|tool-search-tool|tool-examples)-\d{4}-\d{2}-\d{2}$/i;

/** Features of Anthropic's API, where Converse has them: a field of the model. */
export function betaFields({ betas = [] }: ModelRequest, dropped: Set<string>): JsonObject {
  const known = betas.filter((beta) => KNOWN.test(beta));
  if (known.length < betas.length) dropped.add('anthropic-beta');
  return known.length === 0 ? {} : { anthropic_beta: known };
}
