/**
 * Whose models Amazon Bedrock offers: the first word of a model's id.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
 */
export const BEDROCK_VENDORS = [
  'ai21',
  'amazon',
  'anthropic',
  'cohere',
  'deepseek',
  'google',
  'meta',
  'minimax',
  'mistral',
  'moonshot',
  'moonshotai',
  'nvidia',
  'openai',
  'qwen',
  'writer',
  'xai',
  'zai',
] as const;

const PROFILE = /^([a-z]{2,8}(?:-[a-z]{2,8})?)\.([a-z][a-z0-9]*)\.[^.]/i;
/** What a geography is called, whether we know it or not: by two letters, in some parts of AWS with a word more. */
const GEOGRAPHY = /^(?:[a-z]{2}(?:-[a-z]+)?|apac|global)$/i;
const VENDORS = new Set<string>(BEDROCK_VENDORS);

/**
 * Geographies that the inference profile of an id, or of an ARN, may send calls to: none where it names a model of the Region itself, undefined where its
 * destinations are not to be read from its name.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function profileGeographies(id: string): readonly string[] | undefined {
  if (/:application-inference-profile\//.test(id)) return undefined;
  if (id.startsWith('arn:') && !id.includes(':inference-profile/')) return [];
  const name = id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  const model = withoutProfile(name);
  if (model === name) return [];
  const geography = name.slice(0, name.length - model.length - 1);
  // Canada's profile leads to the United States as well.
  return geography === 'ca' ? ['ca', 'us'] : [geography];
}

/**
 * The model behind the id of an inference profile, `us.anthropic.claude-x`; any other id as it is. What stands before a vendor's model is
 * a geography, new ones too, so no list of them can lack one.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function withoutProfile(id: string): string {
  const [, geography, vendor = ''] = PROFILE.exec(id) ?? [];
  if (geography === undefined || !(GEOGRAPHY.test(geography) || VENDORS.has(vendor.toLowerCase()))) return id;
  return id.slice(geography.length + 1);
}
