/** Which strings of a call say where media are: whatever the part is called, and however the URL is dressed up. */

import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../lambda/platform/json/value';
import { mediaUrlIn } from '../../../../lambda/wire/protocols/media-urls';

/** The definition: what a URL parser takes for another place, by a scheme of its own or from a page that it stands on. */
function isElsewhere(text: string): boolean {
  if (URL.canParse(text)) return new URL(text).protocol !== 'data:';
  return URL.canParse(text, 'ws://here.invalid/') && new URL(text, 'ws://here.invalid/').host !== 'here.invalid';
}

const HOSTS = ['169.254.169.254', 'metadata', '[fd00:ec2::254]', '2852039166', 'localhost:8080', 'a.internal'];
const blank = (least: number, longest: number) =>
  fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r', '\u0000', '\u0001', '\u001f'), minLength: least, maxLength: longest });
/** A URL and what a parser takes for the same: other cases, slashes either way or none, blanks around and inside. */
const disguised = fc
  .record({
    scheme: fc.constantFrom('http:', 'https:', 'HtTp:', 'ftp:', 'file:', 'gs:', 's3:', 'gopher:', 'ws:', 'hf:', 'simplecache+http:', ''),
    slashes: fc.constantFrom('//', '', '/', '\\\\', '/\\', '\\/', '///'),
    host: fc.constantFrom(...HOSTS),
    before: fc.oneof(blank(0, 3), blank(60, 3_000)),
    after: blank(0, 3),
    inside: fc.array(fc.tuple(fc.nat(12), fc.constantFrom('\t', '\n', '\r', '\r\n\t')), { maxLength: 4 }),
  })
  .map(({ scheme, slashes, host, before, after, inside }) => {
    let url = `${scheme}${slashes}${host}/x`;
    for (const [at, blanks] of inside) url = url.slice(0, at) + blanks + url.slice(at);
    return before + url + after;
  })
  .filter(isElsewhere);

/** A part that holds media, by its type or by its field's name, with a string at any depth under any name. */
const NAMES = ['url', 'uri', 'imageUrl', 'image_url', 'image', 'data', 'file_data', 'location', 'ref', 'u', 'Content', 'input', 'x-y'];
const TYPES = [
  'image',
  'image_url',
  'imageUrl',
  'input_image',
  'video_url',
  'audio_url',
  'document_url',
  'file_url',
  'input_file',
  'Document',
];
const FIELDS = [
  'image_url',
  'imageUrl',
  'image-url',
  'videoURL',
  'audio_url',
  'document_uri',
  'file',
  'images',
  'source',
  'media',
  'Photo',
];
const held = (text: string) =>
  fc.constantFrom(...NAMES).chain((name) =>
    fc.constantFrom<JsonValue>(
      text,
      { [name]: text },
      [text],
      [{ detail: 'low', [name]: text }],
      { type: 'url', [name]: text },
      {
        type: 'base64',
        media_type: 'image/png',
        data: text,
      },
    ),
  );
const mediaPart = (text: string): fc.Arbitrary<JsonObject> =>
  fc.oneof(
    fc.record({ type: fc.constantFrom(...TYPES), field: fc.constantFrom(...NAMES, ...FIELDS), value: held(text) }).map((given) => ({
      type: given.type,
      [given.field]: given.value,
    })),
    fc
      .record({ field: fc.constantFrom(...FIELDS), value: held(text) })
      .map(({ field, value }) => ({ type: 'text', text: 'x', [field]: value })),
    fc.record({ field: fc.constantFrom(...FIELDS), value: held(text) }).map(({ field, value }) => ({ [field]: value })),
  );
/** Every place of a body where a part may stand. */
const PLACES: readonly ((part: JsonObject) => JsonObject)[] = [
  (part) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }, part] }] }),
  (part) => ({ messages: [{ role: 'user', content: part }] }),
  (part) => ({ messages: [{ role: 'user', content: 'x', ...part, type: 'message' }] }),
  (part) => ({ messages: [{ role: 'tool', tool_call_id: 'c', content: [part] }] }),
  (part) => ({ messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [part] }] }] }),
  (part) => ({ messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'content', content: [part] } }] }] }),
  (part) => ({ system: [part], messages: [] }),
  (part) => ({ input: [part] }),
  (part) => ({ input: [{ role: 'user', content: [part] }] }),
  (part) => ({ input: [{ type: 'function_call_output', call_id: 'c', output: [part] }] }),
  (part) => ({ input: [{ type: 'x_call', deep: { deeper: [{ part }] } }] }),
];
const MESSAGE = PLACES.indexOf(PLACES[2] as (typeof PLACES)[0]);

test('R09 no disguise of a URL in no shape of a media part goes unseen', () => {
  fc.assert(
    fc.property(
      disguised.chain((url) => fc.tuple(fc.constant(url), mediaPart(url))),
      fc.nat(PLACES.length - 1),
      ([url, part], place) => {
        // A message is no part: only what names media counts in it.
        fc.pre(place !== MESSAGE || FIELDS.some((field) => field in part));
        const found = mediaUrlIn((PLACES[place] as (typeof PLACES)[0])(part));

        expect([url, part, found]).toEqual([url, part, expect.any(String)]);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('R09 whatever a URL parser takes for another place is one', () => {
  const unit = fc.constantFrom(...'atp:/\\.@#?[]0 \t\n\u0001\u00a0\ufeff<"'.split(''));
  const begins = fc.constantFrom('', 'http', 'http:', 'file:', 'data:', 'da', 'x:', '//', '\\', ' \t', '\u0001\n');
  fc.assert(
    fc.property(begins, begins, fc.string({ unit, maxLength: 8 }), (first, second, rest) => {
      const text = first + second + rest;
      const found = mediaUrlIn({ input: [{ type: 'input_image', image_url: text }] });
      expect([text, found === undefined && isElsewhere(text)]).toEqual([text, false]);
    }),
    { numRuns: 20_000 },
  );
});

test('R09 what else trims or unwraps before it fetches is not helped by it', () => {
  const url = 'http://169.254.169.254/x';
  for (const text of [
    `\u00a0${url}`,
    `\ufeff${url}`,
    `\u200b\u2028${url}`,
    `<${url}>`,
    `<URL:${url}>`,
    `"${url}"`,
    `${'<'.repeat(500)}${url}`,
  ]) {
    expect([text, mediaUrlIn({ messages: [{ content: [{ type: 'image', image: text }] }] })]).toEqual([
      text,
      'messages[0].content[0].image',
    ]);
  }
});

test('R09 media that come inline pass in every shape', () => {
  const inline = fc.uint8Array({ minLength: 60, maxLength: 400 }).chain((bytes) => {
    const base64 = Buffer.from(bytes).toString('base64');
    // A recording begins with a mark of twelve bits that are set, which are two slashes in base64.
    const recording = Buffer.from([0xff, 0xfb, ...bytes]).toString('base64');
    const asUrl = fc
      .tuple(blank(0, 2), fc.constantFrom('data:', 'DATA:', 'da\nta:'))
      .map(([space, head]) => `${space}${head}x/y;base64,${base64}`);
    return fc.oneof(
      fc.tuple(
        fc.constantFrom('data', 'file_data', 'audio', 'images'),
        // Few begin as a path from the root would.
        fc.constantFrom(base64, recording).filter((text) => !/^\/+[a-z]{3,}\d*\//.test(text)),
      ),
      fc.tuple(fc.constantFrom('url', 'image_url', 'image', 'data'), asUrl),
    );
  });
  fc.assert(
    fc.property(inline, fc.nat(PLACES.length - 1), ([name, text], place) => {
      const part = { type: 'input_audio', input_audio: { [name]: text, format: 'mp3' } };
      expect([part, mediaUrlIn((PLACES[place] as (typeof PLACES)[0])(part))]).toEqual([part, undefined]);
    }),
    { numRuns: 2_000 },
  );
});

test('R09 texts, names, schemas and what a model wrote may speak of URLs', () => {
  const url = 'http://169.254.169.254/x';
  const schema = { $schema: url, $id: url, type: 'object', properties: { image_url: { type: 'string', default: url } } };
  const bodies: JsonObject[] = [
    { messages: [{ role: 'user', content: url }], user: url, metadata: { image_url: url }, stop: [url], prompt_cache_key: url },
    { messages: [{ role: 'tool', tool_call_id: 'functions.fetch:0', content: url }], system: url, instructions: url },
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: url },
            { type: 'thinking', thinking: url, signature: 'QUJD' },
          ],
        },
      ],
    },
    { messages: [{ role: 'assistant', content: url, reasoning_content: url, reasoning: url, refusal: `Note: ${url}` }] },
    { messages: [{ role: 'assistant', tool_calls: [{ id: 'f:0', function: { name: 'f', arguments: { image_url: url } } }] }] },
    { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'f:0', content: url }] }] },
    { messages: [{ content: [{ type: 'document', title: url, context: url, source: { type: 'text', data: url } }] }] },
    { messages: [{ content: [{ type: 'document', source: { type: 'content', content: url } }] }] },
    {
      messages: [
        {
          content: [
            { type: 'tool_use', input: { image_url: url } },
            { type: 'server_tool_use', input: { url } },
          ],
        },
      ],
    },
    { messages: [{ content: [{ type: 'search_result', source: url, title: 't', content: [{ type: 'text', text: url }] }] }] },
    { input: url },
    {
      input: [
        { type: 'function_call_output', call_id: 'f:0', output: url },
        { type: 'web_search_call', action: { type: 'open_page', url } },
      ],
    },
    { input: [{ type: 'mcp_call', arguments: '{}', error: `Error: ${url}`, output: url, id: 'mcp:1' }] },
    { input: [{ type: 'apply_patch_call', operation: { type: 'update_file', path: 'C:\\a.txt', diff: '// a comment\n+x' } }] },
    { input: [{ role: 'user', content: [{ type: 'input_file', filename: 'C:\\a.pdf', file_data: 'data:application/pdf;base64,QUJD' }] }] },
    { tools: [{ type: 'function', function: { name: 'f', parameters: schema } }], response_format: { json_schema: { schema } } },
    { text: { format: { type: 'json_schema', schema } }, guided_json: schema, input: [] },
  ];

  for (const body of bodies) expect([body, mediaUrlIn(body)]).toEqual([body, undefined]);
});

test('R09 a place is seen in settings and ids of a part that holds media, and other values of them pass', () => {
  const found = (part: JsonObject) => mediaUrlIn({ messages: [{ content: [part] }] });
  for (const name of ['id', 'image_id', 'fileId', 'status', 'message', 'detail', 'mimeType']) {
    expect([name, found({ type: 'image', [name]: '\tHTTP:/\\host/x' })]).toEqual([name, `messages[0].content[0].${name}`]);
    expect([name, found({ type: 'image', [name]: 'functions.look:0' })]).toEqual([name, undefined]);
  }
  for (const name of ['id', 'status', 'message']) expect(found({ type: 'tool_result', [name]: 'http://host' })).toBeUndefined();
});

test('R09 a text to embed is a place when it begins with one, as is a field of pictures beside it', () => {
  const url = '\u0001ht\ttp://169.254.169.254/x';
  expect(mediaUrlIn({ input: url }, ['input'])).toBe('input');
  expect(mediaUrlIn({ input: ['x', `${url} and more`] }, ['input'])).toBe('input[1]');
  expect(mediaUrlIn({ input: ['http:host'] }, ['input'])).toBe('input[0]');
  expect(mediaUrlIn({ input: '//169.254.169.254/x' }, ['input'])).toBe('input');
  expect(mediaUrlIn({ input: 'x', images: [url] }, ['input'])).toBe('images[0]');
  expect(mediaUrlIn({ input: 'x', imageUrl: { u: url } }, ['input'])).toBe('imageUrl.u');
  for (const input of [
    'see http://a.example',
    'see\nhttp://a.example',
    'Note: x',
    '// a comment',
    'C:\\a',
    [1, 2],
    [[1], [2]],
    'data:image/png;base64,QUJD',
  ]) {
    expect([input, mediaUrlIn({ input }, ['input'])]).toEqual([input, undefined]);
  }
});

test('R09 a long text is looked through once, and base64 not at all', () => {
  const blanks = `${' \n\u0001<'.repeat(2_000_000)}http://host/x`;
  const picture = 'A'.repeat(20_000_000);
  const started = process.cpuUsage();

  expect(mediaUrlIn({ messages: [{ content: [{ type: 'image', image: blanks }] }] })).toBe('messages[0].content[0].image');
  for (let times = 0; times < 1_000; times += 1) expect(mediaUrlIn({ input: [{ type: 'image', image: picture }] })).toBeUndefined();

  expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
});
