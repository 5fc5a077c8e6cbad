import type { CompatibleProtocol } from './openai-style';

/**
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat_create-max_tokens
 * @see https://developers.openai.com/api/docs/guides/reasoning — from GPT-5.5 on, whoever says nothing gets an effort of `medium`
 */
export const THINKERS = { noCapIn: 'max_tokens', quirk: 'max-completion-tokens', unasked: /^gpt-(5\.[5-9]|[6-9])/ } as const;

/** @see https://platform.openai.com/docs/models — these answer on the Responses API alone */
const RESPONSES_ONLY = /^(o\d+-pro|o\d+(-mini)?-deep-research|gpt-\d+(\.\d+)?-(pro|codex)|codex-|computer-use-)/;

/** The wire formats in which OpenAI, and Azure for it, serves a model. Known by its name, so that a call in one of them needs no catalogue. */
export function openAiFormats(model: string): readonly CompatibleProtocol[] {
  return RESPONSES_ONLY.test(model) ? ['openai-responses'] : ['openai-chat', 'openai-responses'];
}
