import { each, SKIP, type TextRule, WORDLESS } from '../../texts';

/** @see https://platform.openai.com/docs/api-reference/embeddings/create */
export const TEXT_RULES: TextRule = {
  fields: {
    ...each('model user encoding_format input_type', SKIP),
    // Servers that embed pictures take them beside the texts.
    input: { place: 'message', below: { ...WORDLESS, image: SKIP } },
  },
};
