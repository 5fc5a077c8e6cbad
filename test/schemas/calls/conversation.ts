import fc from 'fast-check';

/** Random conversations in no dialect: what is said, not how it is written. Each dialect's file writes them in its own ways. */

export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly cached: boolean }
  | {
      readonly kind: 'image';
      readonly source: 'data' | 'url';
      readonly type: 'png' | 'jpeg' | 'webp' | 'gif';
      readonly detail: 'low' | 'high' | 'auto' | undefined;
      readonly cached: boolean;
    }
  | {
      readonly kind: 'document';
      readonly source: 'pdf' | 'url' | 'text';
      readonly name: string | undefined;
      readonly cites: boolean;
      readonly cached: boolean;
    }
  | { readonly kind: 'audio'; readonly format: 'wav' | 'mp3' };

export interface Call {
  readonly id: string;
  readonly name: string;
  /** As a model wrote them: mostly JSON. */
  readonly args: string;
  readonly free: boolean;
  /** What came of it, once or (by mistake) twice. */
  readonly results: readonly { readonly pieces: readonly Piece[]; readonly failed: boolean }[];
}

export type Turn =
  | { readonly role: 'system'; readonly text: string; readonly developer: boolean; readonly cached: boolean }
  | { readonly role: 'user'; readonly pieces: readonly Piece[]; readonly plain: boolean; readonly name: string | undefined }
  | {
      readonly role: 'assistant';
      readonly texts: readonly string[];
      readonly thought: string | undefined;
      readonly refusal: string | undefined;
      readonly calls: readonly Call[];
    };

/** Optional, and seldom: most of a call's fields are not given. */
export function seldom<T>(arbitrary: fc.Arbitrary<T>, oneIn = 6): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: oneIn - 1 }, { arbitrary, weight: 1 });
}

/** An object of the fields that were given. */
export function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** PNG, JPEG, ... by a few bytes: enough to be recognised. */
export const BYTES = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  jpeg: '/9j/4AAQSkZJRgABAQEAYABgAAD/2Q==',
  webp: 'UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA=',
  gif: 'R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==',
  pdf: 'JVBERi0xLjQKMSAwIG9iago8PC9UeXBlL0NhdGFsb2c+PgplbmRvYmoKdHJhaWxlcjw8L1Jvb3QgMSAwIFI+Pg==',
  wav: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=',
} as const;

export const words = fc.oneof(
  {
    arbitrary: fc.constantFrom('Hi', 'What is the weather in Paris?', 'Two\nlines.', '日本語 ✅', 'Ends in space ', '{"a":1}'),
    weight: 12,
  },
  { arbitrary: fc.constantFrom(' ', '\n\n', ''), weight: 1 },
);
const name = fc.constantFrom('ada', 'bob_2');
const TOOL_NAMES = [
  'get_weather',
  'search',
  'mcp__github__create_or_update_file_contents_with_a_name_that_is_too_long_for_some',
  'files.read',
  'a-b',
  '9lives',
];
export const toolName = fc.oneof(
  { arbitrary: fc.constantFrom('get_weather', 'search', 'apply_patch'), weight: 5 },
  { arbitrary: fc.constantFrom(...TOOL_NAMES), weight: 1 },
);

const cached = fc.oneof({ arbitrary: fc.constant(false), weight: 7 }, { arbitrary: fc.constant(true), weight: 1 });
const textPiece = fc.record({ kind: fc.constant('text' as const), text: words, cached });
const imagePiece = fc.record({
  kind: fc.constant('image' as const),
  source: fc.constantFrom('data' as const, 'url' as const),
  type: fc.constantFrom('png' as const, 'jpeg' as const, 'webp' as const, 'gif' as const),
  detail: seldom(fc.constantFrom('low' as const, 'high' as const, 'auto' as const), 3),
  cached,
});
const documentPiece = fc.record({
  kind: fc.constant('document' as const),
  source: fc.constantFrom('pdf' as const, 'url' as const, 'text' as const),
  name: seldom(fc.constantFrom('a.pdf', 'Bericht (1).pdf', 'x'), 2),
  cites: fc.boolean(),
  cached,
});
const audioPiece = fc.record({ kind: fc.constant('audio' as const), format: fc.constantFrom('wav' as const, 'mp3' as const) });
const piece: fc.Arbitrary<Piece> = fc.oneof(
  { arbitrary: textPiece, weight: 20 },
  { arbitrary: imagePiece, weight: 3 },
  { arbitrary: documentPiece, weight: 2 },
  { arbitrary: audioPiece, weight: 1 },
);
const resultPiece: fc.Arbitrary<Piece> = fc.oneof(
  { arbitrary: textPiece, weight: 12 },
  { arbitrary: imagePiece, weight: 2 },
  { arbitrary: documentPiece, weight: 1 },
);
const result = fc.record({ pieces: fc.array(resultPiece, { maxLength: 2 }), failed: fc.constantFrom(false, false, true) });
const call: fc.Arbitrary<Call> = fc.record({
  id: fc.oneof(
    fc.constantFrom('call_1', 'toolu_01A09q90qw90lq917835lq9', 'call_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL'),
    fc.uuid().map((id) => `call_${id}`),
  ),
  name: toolName,
  args: fc.oneof(
    { arbitrary: fc.constantFrom('{}', '{"city":"Paris"}', '{"a":{"b":[1,null]}}'), weight: 8 },
    { arbitrary: fc.constantFrom('', 'not json', '[1]'), weight: 1 },
  ),
  free: fc.constantFrom(false, false, false, false, false, true),
  results: fc.oneof({ arbitrary: result.map((one) => [one]), weight: 9 }, { arbitrary: fc.tuple(result, result), weight: 1 }),
});
const system: fc.Arbitrary<Turn> = fc.record({ role: fc.constant('system' as const), text: words, developer: fc.boolean(), cached });
const user: fc.Arbitrary<Turn> = fc.record({
  role: fc.constant('user' as const),
  pieces: fc.array(piece, { minLength: 1, maxLength: 3 }),
  plain: fc.boolean(),
  name: seldom(name, 12),
});
const assistant: fc.Arbitrary<Turn> = fc.record({
  role: fc.constant('assistant' as const),
  texts: fc.array(words, { maxLength: 2 }),
  thought: seldom(words, 5),
  refusal: seldom(fc.constant('I cannot.'), 20),
  calls: fc.oneof(
    { arbitrary: fc.constant([]), weight: 2 },
    { arbitrary: fc.uniqueArray(call, { minLength: 1, maxLength: 2, selector: ({ id }) => id }), weight: 2 },
  ),
});

/** Mostly: instructions, then turns that alternate and end with the user's. */
export const conversation: fc.Arbitrary<readonly Turn[]> = fc
  .record({
    before: fc.array(system, { maxLength: 2 }),
    opening: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, { arbitrary: fc.constant(true), weight: 1 }),
    exchanges: fc.array(fc.tuple(user, assistant, seldom(system, 6)), { maxLength: 2 }),
    first: assistant,
    last: fc.oneof({ arbitrary: user, weight: 10 }, { arbitrary: assistant, weight: 1 }, { arbitrary: fc.constant(undefined), weight: 1 }),
  })
  .map(({ before, opening, exchanges, first, last }) => {
    const between = exchanges.flatMap((turns) => turns.filter((turn) => turn !== undefined));
    const turns = [...before, ...(opening ? [first] : []), ...between, ...(last === undefined ? [] : [last])];
    return turns.length === 0
      ? [{ role: 'user', pieces: [{ kind: 'text', text: 'Hi', cached: false }], plain: true, name: undefined }]
      : turns;
  });
