import { withoutProfile } from '../model/bedrock-profile';

/** Model families whose Converse calls differ. `unknown`: an ARN that does not say what it stands for. */
export type ModelFamily = 'claude' | 'nova' | 'gpt-oss' | 'gpt' | 'other' | 'unknown';

/** The model's own id: without ARN and without the geography of an inference profile. */
function bareModel(model: string): string {
  return withoutProfile(model.slice(model.lastIndexOf('/') + 1));
}

export function modelFamily(model: string): ModelFamily {
  const bare = bareModel(model);
  if (bare.startsWith('anthropic.')) return 'claude';
  if (bare.startsWith('amazon.nova')) return 'nova';
  if (bare.startsWith('openai.gpt-oss')) return 'gpt-oss';
  if (bare.startsWith('openai.gpt-')) return 'gpt';
  return bare.includes('.') || !model.startsWith('arn:') ? 'other' : 'unknown';
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html#prompt-caching-models */
export function supportsCachePoints(family: ModelFamily): boolean {
  return family === 'claude' || family === 'nova' || family === 'unknown';
}

/** Nova takes cache points among what is said, not among tools. */
export function supportsCachedTools(family: ModelFamily): boolean {
  return family === 'claude' || family === 'unknown';
}

/** Nova takes cache points, but not how long they live. */
export function supportsCacheTtl(family: ModelFamily): boolean {
  return family === 'claude' || family === 'unknown';
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html */
export function supportsToolResultStatus(family: ModelFamily): boolean {
  return family === 'claude' || family === 'nova' || family === 'unknown';
}

/** Of all others a picture in a result is refused, and taken beside it. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultContentBlock.html */
export function supportsMediaInResults(family: ModelFamily): boolean {
  return family === 'claude' || family === 'nova' || family === 'unknown';
}
