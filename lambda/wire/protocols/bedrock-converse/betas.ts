import type { JsonObject } from '../../../platform/json';
import type { ModelRequest } from '../../model/request';
import { BEDROCK_BETAS } from '../betas';

/** Features of Anthropic's API, where Converse has them: a field of the model. */
export function betaFields({ betas = [] }: ModelRequest, dropped: Set<string>): JsonObject {
  const known = betas.filter((beta) => BEDROCK_BETAS.test(beta));
  if (known.length < betas.length) dropped.add('anthropic-beta');
  return known.length === 0 ? {} : { anthropic_beta: known };
}
