import { type JsonValue, parseJson } from '../platform/json';

/**
 * The texts of a stream as it was sent, each in one piece, by where in its frames it stands: what is cut into many frames could not be found in any
 * of them. Undefined: it is no stream.
 */
export function streamedTexts(stream: string): ReadonlyMap<string, string> | undefined {
  if (!isStream(stream)) return undefined;
  const texts = new Map<string, string>();
  for (const line of stream.split(/\r\n|\r|\n/)) {
    if (!line.startsWith('data:')) continue;
    const frame = frameOf(line.slice('data:'.length));
    if (frame !== undefined) collect(frame, '', MOST_DEPTH, texts);
  }
  return texts;
}

function isStream(answer: string): boolean {
  return /^(?::|event:|data:|id:)/.test(answer.trimStart());
}

function frameOf(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

const MOST_DEPTH = 64;
/** Numbers that say which of several texts a frame goes on with. */
const PLACES = ['index', 'output_index', 'content_index', 'summary_index'];

function collect(value: JsonValue, path: string, depth: number, texts: Map<string, string>): void {
  // No vendor's text is so deep, and what is left out here is kept from nobody but the log.
  if (depth === 0) return;
  if (typeof value === 'string') {
    texts.set(path, (texts.get(path) ?? '') + value);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, `${path}[]`, depth - 1, texts);
  } else if (value !== null && typeof value === 'object') {
    const place = PLACES.flatMap((name) => (typeof value[name] === 'number' ? [value[name]] : [])).join('.');
    for (const [name, inner] of Object.entries(value))
      collect(inner ?? null, `${path}${place === '' ? '' : `#${place}`}/${name}`, depth - 1, texts);
  }
}
