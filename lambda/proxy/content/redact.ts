import { createScanner, Masks, streamedTexts } from '../../guardrails';
import { type JsonValue, parseJson } from '../../platform/json';

/** Everything that guardrails know to look for, wherever it is from. */
const RULE = { id: 'contents', name: 'contents', action: 'mask', detect: ['default', 'personal', 'credentials', 'network'] } as const;
const MASKING = { form: 'json', reversible: new Set<string>() } as const;

const scanner = createScanner([RULE]);

/** A request, and what it was answered, with a mask in the place of whatever a guardrail would find. */
export function redacted(request: string, answer: string): { readonly request: string; readonly answer: JsonValue } {
  const masks = new Masks();
  const texts = streamedTexts(answer);
  const said = texts === undefined ? answer : JSON.stringify(Object.fromEntries(texts));
  for (const text of [request, said]) masks.reserve(text);
  const [masked, answered] = [request, said].map((text) => masks.apply({ text, findings: scanner.scan(text, 'json') }, MASKING));
  return { request: masked as string, answer: texts === undefined ? (answered as string) : (parseJson(answered as string) ?? null) };
}
