import { each, SKIP, type TextRule, type TextRules } from './rule';

/** The bytes of a file, in base64 or as an address that carries them. */
export const FILE_BYTES: TextRule = { place: 'document', file: true };

/** The same by the type that its caller gives it: what is said to be text is read as text, whatever its bytes are. */
export function fileOf(mediaType: string | undefined): TextRule {
  return /^text\//i.test(mediaType ?? '') ? { place: 'document', file: 'text' } : FILE_BYTES;
}

/** An address, or an object that has one and may say what is there. */
const ADDRESS: TextRule = {
  place: 'document',
  address: true,
  kind: (kindOf) => ({ fields: { url: addressOf(kindOf('format')), data: fileOf(kindOf('format')) } }),
  fields: each('detail format', SKIP),
};

/** @param mediaType what is said of what it leads to */
export function addressOf(mediaType: string | undefined): TextRule {
  return { ...fileOf(mediaType), address: true };
}

/** What never holds words wherever it stands in a conversation: kinds, identifiers, marks, addresses and bytes of media. */
export const WORDLESS: TextRules = {
  ...each(
    `type id role call_id tool_call_id tool_use_id cache_control prompt_cache_breakpoint file_id
     media_type mime_type mimeType b64_json signature encrypted_content encrypted_index extra_content`,
    SKIP,
  ),
  ...each('url uri file_url file_uri input_audio image_url video_url audio_url', ADDRESS),
  ...each('data file_data', FILE_BYTES),
};

/** Whatever a model gave a tool. */
export const ARGUMENTS: TextRule = { place: 'arguments', json: true };

/** What a model gave a tool that takes any text. */
export const PLAIN_ARGUMENTS: TextRule = { place: 'arguments', below: {} };

/** A schema, with what it calls its fields. */
export const SCHEMA: TextRule = { json: true };

/** Sources, which a model reads by their addresses too. */
export const CITED: TextRule = { place: 'document', below: { ...WORDLESS, ...each('url uri', {}) } };

/** Which tools shall be called, by their names; a word such as `auto` names none. */
export const TOOL_CHOICE: TextRule = { place: 'tool-definition', address: true, below: each('type mode', SKIP) };

/** Fields of providers' own APIs that are taken beside those of a dialect. What is not named here is looked into. */
export const NATIVE_FIELDS: TextRules = {
  ...each('safetySettings guardrailConfig', SKIP),
  generationConfig: {
    fields: {
      ...each('responseMimeType thinkingConfig', SKIP),
      ...each('responseSchema responseJsonSchema', { place: 'format', json: true }),
    },
  },
};

/** Where a provider finds a tool, and what opens it. */
export const TOOL_ADDRESS: TextRules = each(
  'server_url authorization authorization_token headers connector_id vector_store_ids container',
  SKIP,
);

/** A function by name, description and schema. */
export const FUNCTION: TextRule = {
  fields: { parameters: SCHEMA, output_schema: SCHEMA, schema: SCHEMA, input_examples: SCHEMA, cache_control: SKIP, type: SKIP },
  below: {},
};

/** A file by name, and what it says. */
export const FILE: TextRule = {
  place: 'document',
  kind: (kindOf) => ({ fields: { file_data: fileOf(kindOf('format')) } }),
  fields: { format: SKIP },
};

export const REASONING: TextRule = { place: 'reasoning' };
