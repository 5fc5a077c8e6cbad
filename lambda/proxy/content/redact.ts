import { createScanner, Masks } from '../../guardrails';
import { type JsonValue, parseJson } from '../../platform/json';

/** Everything that guardrails know to look for, wherever it is from. */
const RULE = { id: 'contents', name: 'contents', action: 'mask', detect: ['default', 'personal', 'credentials', 'network'] } as const;
const MASKING = { form: 'json', reversible: new Set<string>() } as const;

const scanner = createScanner([RULE]);

/** A request, and what it was answered, with a mask in the place of whatever a guardrail would find. */
export function redacted(request: string, answer: string): { readonly request: string; readonly answer: JsonValue } {
  const masks = new Masks();
  const texts = isStream(answer) ? textsOf(answer) : undefined;
  const said = texts === undefined ? answer : JSON.stringify(Object.fromEntries(texts));
  for (const text of [request, said]) masks.reserve(text);
  const [masked, answered] = [request, said].map((text) => masks.apply({ text, findings: scanner.scan(text, 'json') }, MASKING));
  return { request: masked as string, answer: texts === undefined ? (answered as string) : (parseJson(answered as string) ?? null) };
}

function isStream(answer: string): boolean {
  return /^(?::|event:|data:|id:)/.test(answer.trimStart());
}

/**
 * The texts of a stream, each in one piece, by where in its frames it stands: what is cut into many frames could not be found in any of them.
 */
function textsOf(stream: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const line of stream.split(/\r\n|\r|\n/)) {
    if (!line.startsWith('data:')) continue;
    const frame = frameOf(line.slice('data:'.length));
    if (frame !== undefined) collect(frame, '', MOST_DEPTH, texts);
  }
  return texts;
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
