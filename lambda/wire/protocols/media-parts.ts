import type { JsonObject, JsonValue } from '../../platform/json';
import { createMemo } from '../../platform/runtime';
import type { Media } from '../model/media';
import { mediaOf } from './media';
import { isLocation } from './media-locations';
import { isPlainReference } from './reference';

type Kind = Media['kind'];

/** Parts that are words, however they are spelled. */
const WORDS = /^(?:(?:input_|output_|summary_|reasoning_)?text|refusal|(?:redacted_)?thinking|reasoning(?:[._]\w+)?)$/;
/** Fields that hold words, names and settings. */
const NO_MEDIA = new Set(
  `type role id call_id tool_use_id tool_call_id name title filename file_name status context format detail media_type mime_type mimetype
   text thinking signature encrypted_content encrypted_index arguments annotations citations summary tool_calls function function_call
   action actions results queries query code stdout stderr profile tools schema input_schema parameters cache_control prompt_cache_breakpoint metadata
   reasoning_content reasoning reasoning_details logprobs refusal`.split(/\s+/),
);
/** What a model wrote, or a search found: these fields are words there and media elsewhere. */
const WRITTEN = /tool_use$|_call$|search_result$|fetch_result$/;
const OWN_WORDS = new Set(['input', 'source', 'url']);
/** Fields that are words where they hold a string, and parts where they hold a list. */
const STRING_WORDS = new Set(['content', 'output', 'system', 'instructions']);
/** Fields whose strings are media whatever they look like; others by their look. */
const HOLDS =
  /(?:ur[il]s?|images?|pictures?|photos?|audios?|videos?|films?|files?|documents?|media|data|bytes|blob|b64(?:_json)?|base64|screenshots?|pdfs?)$/;
/** Longer than ids and digests. */
const LEAST_BASE64 = 128;

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/video|film/, 'video'],
  [/audio|sound|speech|voice/, 'audio'],
  [/image|picture|photo|screenshot/, 'image'],
  [/document|pdf/, 'document'],
  [/file/, 'file'],
];

/** What the name of a field or of a part's type says of what it holds. */
interface NameSays {
  readonly kind: Kind | undefined;
  /** A file kept at the provider. */
  readonly stored: boolean;
  readonly holdsMedia: boolean;
}

const MOST_REMEMBERED = 2_000;
const LONGEST_REMEMBERED = 64;

/** The same few names come again and again. */
const remembered = createMemo<NameSays>(MOST_REMEMBERED);

function saidBy(name: string): NameSays {
  return name.length > LONGEST_REMEMBERED ? said(name) : remembered(name, said);
}

function said(name: string): NameSays {
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1];
  return { kind, stored: /file_?ids?$/.test(name), holdsMedia: HOLDS.test(name) };
}

/** Collects what a content holds beside words, in whatever form and however deep: a form that nobody listed counts as the dearest file. */
export class MediaFinder {
  public readonly found: Media[] = [];

  /** @param visit called with each part and what stands in it */
  public constructor(private readonly visit: (part: JsonObject) => void = () => undefined) {}

  public add(value: JsonValue | undefined, field = 'content', kind: Kind = 'file'): void {
    if (Array.isArray(value)) for (const item of value) this.add(item, field, kind);
    else if (typeof value === 'object' && value !== null) this.#addPart(value, kind);
  }

  #addPart(part: JsonObject, kind: Kind): void {
    this.visit(part);
    const type = typeof part['type'] === 'string' ? part['type'].toLowerCase() : '';
    if (WORDS.test(type)) return;
    const own = saidBy(type).kind ?? kind;
    for (const name in part) {
      const field = name.toLowerCase();
      if (NO_MEDIA.has(field) || (OWN_WORDS.has(field) && WRITTEN.test(type))) continue;
      const says = saidBy(field);
      this.#addField(part, name, field, says, says.stored ? own : (says.kind ?? own));
    }
  }

  #addField(part: JsonObject, name: string, field: string, says: NameSays, kind: Kind): void {
    const value = part[name];
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item !== 'string') this.add(item, field, kind);
      else if (says.stored && !isLocation(item)) this.found.push({ kind: kind === 'file' ? 'document' : kind });
      else if (says.holdsMedia || looksLikeMedia(field, item)) this.#addText(item, kind, part);
    }
  }

  #addText(text: string, kind: Kind, part: JsonObject): void {
    const type = part['media_type'] ?? part['mime_type'] ?? part['mimeType'] ?? part['format'];
    const media = mediaOf(kind, text, type, part['detail']);
    if (media !== undefined) this.found.push(media);
  }
}

function looksLikeMedia(field: string, text: string): boolean {
  if (STRING_WORDS.has(field)) return false;
  if (isPlainReference(text)) return true;
  const head = text.slice(0, LEAST_BASE64).replace(/[\0-\x20]/g, '');
  return /^data:/i.test(head) || (text.length >= LEAST_BASE64 && /^[A-Za-z0-9+/_-]+$/.test(head));
}
