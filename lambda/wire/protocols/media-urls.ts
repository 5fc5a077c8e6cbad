import type { JsonObject, JsonValue } from '../../platform/json';
import { foldCase } from '../../platform/runtime';
import { isPlainReference, isReference } from './reference';

/** What callers and models name as they like: schemas, arguments, what a search found. Nobody fetches what they hold. */
const FREE = new Set(
  `tools functions tool_choice function function_call tool_calls arguments parameters input_schema schema json_schema response_format format
   output_config output_format guided_json structured_outputs metadata mcp_servers model annotations citations action actions results queries
   signature encrypted_content logit_bias stop stop_sequences user safety_identifier prompt_cache_key`.split(/\s+/),
);
/** Where a string is prose, or says what a medium is called or shows. */
const PROSE = new Set(
  `text thinking reasoning reasoning_content refusal summary title context name filename file_name caption description alt alt_text label
   transcript prompt revised_prompt`.split(/\s+/),
);
/** Prose, settings and ids in messages. In a part that holds media a place is seen here too, since its fields may be called anything. */
const PROSE_OF_MESSAGES =
  /^(?:content|output|input|instructions|system|code|diff|error|message|query|role|type|media_type|detail|status)$|ids?$/;
/** Those of them that are settings or ids beside media. */
const SETTINGS = /^(?:role|type|media_type|mime_?type|detail|status|error|code|message|query)$|ids?$/;
/** Words of a model, or of what it found, under names that hold media elsewhere, by the type of their part. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  tool_use: 'input',
  server_tool_use: 'input',
  mcp_tool_use: 'input',
  search_result: 'source',
  web_search_result: 'url',
  web_fetch_result: 'url',
  text: 'data',
  content: 'content',
  create_file: 'path',
  update_file: 'path',
  delete_file: 'path',
};
/** Where servers of one's own take other servers, files and code from, by fields of a call. @see https://docs.vllm.ai/en/latest/features/disagg_prefill.html */
const PLACES = /^(?:kv_transfer_params|(?:lora|adapter|model)_path|lora_request|bootstrap_(?:host|port|room)|custom_logit_processor)$/;
/** Names of fields and types of parts that speak of media, in whatever way they are put together. */
const ADDRESS = /ur[il]s?$|link|href|src/;
const MEDIA =
  /ur[il]s?$|link|href|src|image|img|picture|photo|screenshot|audio|sound|voice|video|film|file|document|pdf|media|source|data$/;

/**
 * Where a call names a picture, document, sound or film by its URL or path, so that whoever answers has to fetch it, or another server to
 * ask; undefined when all media come inline. A part that holds media is looked through whatever its fields are called, since every server has names of its own; elsewhere a
 * field counts by its name, or by a value that can be nothing but a place. Texts are free to speak of URLs.
 *
 * @param inTextsOf fields whose texts are no prose: whoever answers takes them for a place
 */
export function mediaUrlIn(body: JsonObject, inTextsOf: readonly string[] = []): string | undefined {
  for (const field in body) {
    const name = foldCase(field);
    const value = body[field] as JsonValue;
    const found = inTextsOf.includes(name) ? inTexts(name, value) : inField(name, value, false);
    if (found !== undefined) return field + found;
  }
  return undefined;
}

function inTexts(name: string, value: JsonValue): string | undefined {
  if (typeof value === 'string') return isPlainReference(value) ? '' : undefined;
  if (!Array.isArray(value)) return inside(name, value, false);
  return firstOf(value, (item) => inTexts(name, item));
}

function inField(name: string, value: JsonValue, ofMedia: boolean): string | undefined {
  if (PLACES.test(name)) return value === null ? undefined : '';
  if (FREE.has(name) && !(ofMedia && typeof value === 'string')) return undefined;
  return inside(name, value, ofMedia || MEDIA.test(name));
}

/** @param name folded, of the field that holds the value */
function inside(name: string, value: JsonValue, ofMedia: boolean): string | undefined {
  if (typeof value === 'string') return isPlace(name, value, ofMedia) ? '' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return firstOf(value, (item) => inside(name, item, ofMedia));
  const type = typeof value['type'] === 'string' ? value['type'] : '';
  const own = Object.hasOwn(OWN_WORDS, type) ? OWN_WORDS[type] : undefined;
  const holdsMedia = ofMedia || (own === undefined && MEDIA.test(foldCase(type)));
  for (const field in value) {
    const plain = foldCase(field);
    const inner = value[field] as JsonValue;
    if (plain === own && (typeof inner === 'string' || own === 'input')) continue;
    const found = inField(plain, inner, holdsMedia);
    if (found !== undefined) return `.${field}${found}`;
  }
  return undefined;
}

function isPlace(name: string, text: string, ofMedia: boolean): boolean {
  if (PROSE.has(name) || (!ofMedia && PROSE_OF_MESSAGES.test(name))) return false;
  return ofMedia && !SETTINGS.test(name) ? isReference(text, !ADDRESS.test(name)) : isPlainReference(text);
}

function firstOf(values: readonly JsonValue[], find: (value: JsonValue) => string | undefined): string | undefined {
  for (let index = 0; index < values.length; index += 1) {
    const found = find(values[index] as JsonValue);
    if (found !== undefined) return `[${index}]${found}`;
  }
  return undefined;
}
