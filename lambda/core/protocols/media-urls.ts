import type { JsonObject, JsonValue } from '../model/json';
import { foldCase } from '../runtime/fold';

/** Where a call holds content; tools, schemas and metadata may name fields as they like. */
const CONTENT_FIELDS = ['messages', 'input', 'system'];
/** Fields that hold media or say where it is, as any dialect spells them; beside these `url`, `uri`, and what ends so. */
const MEDIA_FIELDS = new Set('image images audio audios video videos file document media data file_data input_audio source'.split(' '));
/** Text, and what a model wrote or found: nobody fetches what it names. */
const TEXT_FIELDS = new Set(
  `text thinking arguments annotations citations summary tool_calls function function_call action actions results queries signature
   encrypted_content`.split(/\s+/),
);
/** Types of parts whose own words are in fields that hold media elsewhere, and those fields. */
const FOUND_OR_WRITTEN = /tool_use$|search_result$|fetch_result$/;
const OWN_WORDS = new Set(['input', 'source', 'url']);
/** Longer than any scheme, so that pictures are not looked through. */
const LOOKED_AT = 64;

/**
 * Where a call names a picture, document, sound or film by its URL, so that whoever answers has to fetch it; undefined when all media come
 * inline. Names count in any case of letters, since some servers read them so.
 */
export function mediaUrlIn(body: JsonObject): string | undefined {
  for (const field of CONTENT_FIELDS) {
    const found = inContent(body[field], field);
    if (found !== undefined) return field + found;
  }
  return undefined;
}

/** @param field name, folded, of the field that holds the value */
function inContent(value: JsonValue | undefined, field: string): string | undefined {
  if (typeof value === 'string') return isUrl(field, value) ? '' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = inContent(item, field);
      if (found !== undefined) return `[${index}]${found}`;
    }
    return undefined;
  }
  const { type } = value;
  const isWritten = typeof type === 'string' && FOUND_OR_WRITTEN.test(type);
  for (const name in value) {
    const plain = foldCase(name);
    if (TEXT_FIELDS.has(plain) || (isWritten && OWN_WORDS.has(plain)) || (type === 'text' && plain === 'data')) continue;
    const found = inContent(value[name], plain);
    if (found !== undefined) return `.${name}${found}`;
  }
  return undefined;
}

/** Base64 has no colon, so that what begins with a scheme other than `data:` is somewhere else. What may hold text as well is a URL by its slash. */
function isUrl(field: string, text: string): boolean {
  const isAddress = /(?:^|_)ur[il]s?$/.test(field);
  if (!isAddress && !MEDIA_FIELDS.has(field)) return false;
  const head = text.slice(0, LOOKED_AT).trimStart();
  return (isAddress ? /^[a-z][a-z0-9+.-]*:/i : /^[a-z][a-z0-9+.-]*:[/\\]/i).test(head) && !/^data:/i.test(head);
}
