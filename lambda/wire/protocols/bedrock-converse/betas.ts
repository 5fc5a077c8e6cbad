import type { JsonObject } from '../../../platform/json';
import type { ModelRequest } from '../../model/request';
import { knownBetas } from '../bedrock-betas';

/** Features of Anthropic's API, where Converse has them: a field of the model. */
export function betaFields({ betas = [] }: ModelRequest, dropped: Set<string>): JsonObject {
  const known = knownBetas(betas);
  if (known.length < betas.length) dropped.add('anthropic-beta');
  return known.length === 0 ? {} : { anthropic_beta: [...known] };
}
