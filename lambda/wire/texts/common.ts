import { each, SKIP, type TextRule, type TextRules } from './rule';

/** What never holds words wherever it stands in a conversation: kinds, identifiers, marks, addresses and bytes of media. */
export const WORDLESS: TextRules = each(
  `type id role call_id tool_call_id tool_use_id cache_control prompt_cache_breakpoint
   data url uri file_data file_url file_id file_uri image_url video_url audio_url input_audio media_type mime_type mimeType b64_json
   signature encrypted_content encrypted_index extra_content`,
  SKIP,
);

/** Whatever a model gave a tool: JSON in a string, or as it is. Names in it are the tool's own. */
export const ARGUMENTS: TextRule = { place: 'arguments', json: true, below: {} };

/** What a model gave a tool that takes any text. */
export const PLAIN_ARGUMENTS: TextRule = { place: 'arguments', below: {} };

/** A schema: its keywords are strings like any others. */
export const SCHEMA: TextRule = { below: {} };

/** Where a provider finds a tool, and what opens it. */
export const TOOL_ADDRESS: TextRules = each(
  'server_url authorization authorization_token headers connector_id vector_store_ids container',
  SKIP,
);

/** A function by name, description and schema. */
export const FUNCTION: TextRule = {
  fields: { parameters: SCHEMA, output_schema: SCHEMA, schema: SCHEMA, cache_control: SKIP, type: SKIP },
  below: {},
};

/** A file by name; its bytes are none of the texts. */
export const FILE: TextRule = { place: 'document' };

export const REASONING: TextRule = { place: 'reasoning' };
