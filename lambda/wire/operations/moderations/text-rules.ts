import { SKIP, type TextRule, WORDLESS } from '../../texts';

/** @see https://platform.openai.com/docs/api-reference/moderations/create */
export const TEXT_RULES: TextRule = { fields: { model: SKIP, input: { place: 'message', below: WORDLESS } } };
