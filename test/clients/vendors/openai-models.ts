import { must, Refusal } from './refusal';

/** What one generation of OpenAI's models takes. */
export interface Gpt {
  readonly maxTokens: number;
  /** Empty: it does not reason. */
  readonly efforts: readonly string[];
  /** Takes temperature and top_p: always, never, or while its effort is none. */
  readonly sampling: 'always' | 'never' | 'without-effort';
  readonly stop: boolean;
  /** Wire formats, where it is not served in all. */
  readonly only?: 'responses';
  /** Tools beside an effort are for Responses alone. */
  readonly toolsWithEffortInChat?: false;
  /** Its effort where none is asked for. Default: none. */
  readonly usualEffort?: string;
}

const NEWEST: Gpt = {
  maxTokens: 128_000,
  efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
  sampling: 'without-effort',
  stop: false,
  toolsWithEffortInChat: false,
  usualEffort: 'medium',
};

/** @see https://developers.openai.com/api/docs/models */
const GPTS: readonly (readonly [RegExp, Gpt])[] = [
  [/^gpt-oss/, { maxTokens: 16_384, efforts: ['low', 'medium', 'high'], sampling: 'always', stop: true }],
  [/^gpt-4o/, { maxTokens: 16_384, efforts: [], sampling: 'always', stop: true }],
  [/^gpt-4\.1/, { maxTokens: 32_768, efforts: [], sampling: 'always', stop: true }],
  [/^gpt-5\.1-codex/, { maxTokens: 128_000, efforts: ['low', 'medium', 'high'], sampling: 'never', stop: false, only: 'responses' }],
  [/^gpt-5\.1$/, { maxTokens: 128_000, efforts: ['none', 'low', 'medium', 'high'], sampling: 'without-effort', stop: false }],
  [/^gpt-5(?:-mini|-nano)?$/, { maxTokens: 128_000, efforts: ['minimal', 'low', 'medium', 'high'], sampling: 'never', stop: false }],
  [/^gpt-5\.4/, { ...NEWEST, usualEffort: 'none' }],
  [/^gpt-5\.[56]/, NEWEST],
  [/^gpt-6/, { ...NEWEST, efforts: [...NEWEST.efforts, 'max'] }],
];

/** @throws Refusal for a model that there is not */
export function gptOf(model: string): Gpt {
  const known = GPTS.find(([name]) => name.test(model))?.[1];
  if (known !== undefined) return known;
  throw new Refusal(`The model \`${model}\` does not exist or you do not have access to it.`, undefined, 404, 'model_not_found');
}

/** @param field the effort's, as the API names it */
export function checkEffort(gpt: Gpt, effort: string | null | undefined, field: string): void {
  if (effort === undefined || effort === null) return;
  must(gpt.efforts.length > 0, `Unsupported parameter: '${field}' is not supported with this model.`, field);
  must(
    gpt.efforts.includes(effort),
    `Unsupported value: '${effort}' is not supported with this model. Supported values are: ${gpt.efforts.map((one) => `'${one}'`).join(', ')}.`,
    field,
  );
}

export function checkSampling(
  gpt: Gpt,
  settings: { readonly temperature?: number; readonly top_p?: number },
  effort: string | undefined,
): void {
  const thinks = (effort ?? gpt.usualEffort ?? 'none') !== 'none';
  const takes = gpt.sampling === 'always' || (gpt.sampling === 'without-effort' && !thinks);
  for (const name of ['temperature', 'top_p'] as const) {
    const value = settings[name];
    if (value === undefined || value === null) continue;
    must(value >= 0 && value <= (name === 'top_p' ? 1 : 2), `Invalid '${name}': decimal out of range.`, name);
    must(
      takes || value === 1,
      `Unsupported value: '${name}' does not support ${value} with this model. Only the default (1) value is supported.`,
      name,
    );
  }
}

/** @see https://github.com/BerriAI/litellm/issues/23836 */
export function checkProbe(gpt: Gpt, cap: number | undefined): void {
  must(
    gpt.efforts.length === 0 || (cap ?? 16) >= 16,
    'Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.',
  );
}

export function checkCap(gpt: Gpt, cap: number | undefined, field: string, least: number): void {
  if (cap === undefined || cap === null) return;
  must(cap >= least, `Invalid '${field}': integer below minimum value. Expected a value >= ${least}, but got ${cap} instead.`, field);
  must(
    cap <= gpt.maxTokens,
    `${field} is too large: ${cap}. This model supports at most ${gpt.maxTokens} completion tokens, whereas you provided ${cap}.`,
    field,
  );
}
