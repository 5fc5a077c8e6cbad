import { runInThisContext } from 'node:vm';
import { GatewayError } from '../../../lambda/platform/error';
import { spliceFields } from '../../../lambda/platform/http/splice';
import { parseEscapedKeys } from '../../../lambda/platform/json/escaped-keys';
import { parseJsonDocument } from '../../../lambda/platform/json/json';
import type { JsonObject } from '../../../lambda/platform/json/value';
import { checkFieldNames } from '../../../lambda/proxy/before/field-names';
import { check, type Reader, refusedOr } from '../reader';

const LIMITS = { maxBytes: 1024 * 1024, maxDepth: 40, maxKeys: 2_000 };

const BODIES = [
  '{"model":"smart","messages":[{"role":"user","content":"Hi"}],"stream":true,"max_tokens":5}',
  ' {"a" : [1, -2.5e3, true, false, {"b": null}] , "c\\u0064" :"x\\n\\"y\\\\", "":{"\\u005f":[[],{}]}}\r\n\t',
  '{"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"caf\u00e9":{"enum":["\\ud83d\\ude00"]}}}}}]}',
  '{"n":1e308,"m":-0.0000001,"k":123456789012345678901234567890,"constructor":{"x":1}}',
  `{"text":"${'a long way to the first quote '.repeat(2)}\\"${'and to the next '.repeat(3)}\\\\","next":"${'n'.repeat(300)}\\"${'n'.repeat(300)}"}`,
  '{}',
];
const WORDS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '"a":',
  '"\\u0061":',
  'null',
  'true',
  '1e400',
  '-',
  '"model":"x"',
  ' ',
  '\\u005c',
  '"constructor":{',
  '"prototype":',
];

/** What the gateway refuses on purpose although it is JSON. */
const OWN_REFUSALS = new Set(['duplicate_field', 'forbidden_field', 'request_too_large']);
const OWN_MESSAGES = /byte order mark|must be a JSON object|nested deeper|more than \d+ fields|out of range|is empty|not valid UTF-8/;

export const jsonReaders: readonly Reader[] = [
  {
    name: 'json',
    about: 'bodies of requests',
    files: [
      'lambda/platform/json/json.ts',
      'lambda/platform/json/scan.ts',
      'lambda/platform/json/escaped-keys.ts',
      'lambda/proxy/before/field-names.ts',
      'lambda/platform/runtime/fold.ts',
    ],
    samples: () => BODIES,
    words: WORDS,
    read(input) {
      const expected = parsed(input.toString('utf8'));
      let refusal: GatewayError | undefined;
      try {
        const { value, spans, bytes } = parseJsonDocument(input, LIMITS);
        check(expected !== undefined, 'accepted what JSON.parse refuses');
        if (!input.includes('\\')) check(JSON.stringify(value) === JSON.stringify(expected.value), 'read otherwise than by JSON.parse');
        for (const [name, { start, end }] of spans) {
          const at = parsed(bytes.toString('utf8', start, end));
          check(at !== undefined && JSON.stringify(at.value) === JSON.stringify(value[name]), `the place of ${name} is another`);
        }
        check(spans.size === Object.keys(value).length, 'a field has no place');
        refusedOr([GatewayError], () => checkFieldNames(value));
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        refusal = error;
      }
      if (refusal === undefined || expected === undefined) return;
      check(OWN_REFUSALS.has(refusal.code) || OWN_MESSAGES.test(refusal.message), `refused what JSON.parse takes: ${refusal.message}`);
    },
  },
  {
    name: 'json-escaped-keys',
    about: 'names of fields that are written with escapes',
    files: ['lambda/platform/json/escaped-keys.ts'],
    samples: () => BODIES,
    words: WORDS,
    read(input, random) {
      const text = input.toString('utf8');
      if (parsed(text) === undefined || deeper(text, 500)) return;
      const value = parseEscapedKeys(text);
      // JSON is JavaScript, whose own parser shares no code with JSON.parse. It takes `__proto__` for the prototype.
      if (text.length > 2_000 || !random.oneIn(8) || /proto|\\u/.test(text)) return;
      check(JSON.stringify(value) === JSON.stringify(runInThisContext(`(${text})`)), 'read otherwise than by JavaScript');
    },
  },
  {
    name: 'splice',
    about: 'what is exchanged in a body that is forwarded',
    files: ['lambda/platform/http/splice.ts'],
    samples: () => BODIES,
    words: WORDS,
    isJson: true,
    read(input) {
      const document = refusedOr([GatewayError], () => parseJsonDocument(input, LIMITS));
      if (document === undefined) return;
      const changes = { model: 'target', max_tokens: 7, stream_options: { include_usage: true } };
      const forwarded = spliceFields(document, changes);
      const again = parseJsonDocument(forwarded, { ...LIMITS, maxKeys: LIMITS.maxKeys + 4 });
      check(sorted(again.value) === sorted({ ...document.value, ...changes }), 'what is forwarded is not what was read and changed');
    },
  },
];

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function deeper(text: string, most: number): boolean {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest > most;
}

function sorted(value: JsonObject): string {
  return JSON.stringify(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
