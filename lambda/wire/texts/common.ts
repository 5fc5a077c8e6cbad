import { each, SKIP, type TextRule, type TextRules } from './rule';

/** The bytes of a file, in base64 or as an address that carries them. */
export const FILE_BYTES: TextRule = { place: 'document', file: true };

const ADDRESS: TextRule = { place: 'document', address: true, fields: { detail: SKIP } };

/** What never holds words wherever it stands in a conversation: kinds, identifiers, marks, addresses and bytes of media. */
export const WORDLESS: TextRules = {
  ...each(
    `type id role call_id tool_call_id tool_use_id cache_control prompt_cache_breakpoint
     data file_id input_audio media_type mime_type mimeType b64_json signature encrypted_content encrypted_index extra_content`,
    SKIP,
  ),
  ...each('url uri file_url file_uri image_url video_url audio_url', ADDRESS),
  file_data: FILE_BYTES,
};

/** Whatever a model gave a tool. */
export const ARGUMENTS: TextRule = { place: 'arguments', json: true };

/** What a model gave a tool that takes any text. */
export const PLAIN_ARGUMENTS: TextRule = { place: 'arguments', below: {} };

/** A schema, with what it calls its fields. */
export const SCHEMA: TextRule = { json: true };

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
export const FILE: TextRule = { place: 'document' };

export const REASONING: TextRule = { place: 'reasoning' };
