/** Every text of a call is found at its place, and exchanged without touching a byte beside it. */
import fc from 'fast-check';
import { type JsonValue, parseJsonDocument } from '../../../../lambda/platform/json';
import { DIALECT_NAMES, DIALECTS, type DialectName } from '../../../../lambda/wire/dialects';
import type { Operation } from '../../../../lambda/wire/model';
import { protocols } from '../../../../lambda/wire/protocols';
import type { RequestText } from '../../../../lambda/wire/texts';
import { fixtures } from '../../../support/fixtures';
import { TEXT_REQUESTS } from '../../../support/text-requests';
import { changed, plain, type Template, textsOf, written } from '../../../support/text-template';

const CALLS = Object.entries(TEXT_REQUESTS) as [string, fc.Arbitrary<Template>][];
const RUNS = { numRuns: 150 };
const bits = fc.infiniteStream(fc.nat());

const dialectOf = (call: string) => protocols.dialect(...(call.split(' ') as [DialectName, Operation]));
const document = (template: Template, stream: Iterator<number>) =>
  parseJsonDocument(Buffer.from(written(template, () => (stream.next().value as number | undefined) ?? 0)));

test('every operation of every dialect is tried here', () => {
  const declared = DIALECT_NAMES.flatMap((name) => DIALECTS[name].calls.map(({ operation }) => `${name} ${operation}`));

  expect(Object.keys(TEXT_REQUESTS).sort()).toEqual(declared.sort());
});

describe.each(CALLS)('%s', (call, request) => {
  test('its texts are those that were put into it, each with its place and path', async () => {
    const dialect = await dialectOf(call);

    fc.assert(
      fc.property(request, bits, (template, stream) => {
        const { texts } = dialect.texts(document(template, stream));

        expect(texts.map((each) => ({ place: each.place, path: each.path, text: saidBy(each) }))).toEqual(textsOf(template));
      }),
      RUNS,
    );
  });

  test('the same texts written back are the same bytes', async () => {
    const dialect = await dialectOf(call);

    fc.assert(
      fc.property(request, bits, (template, stream) => {
        const body = document(template, stream);
        const found = dialect.texts(body);

        expect(found.with(new Map(found.texts.map((text) => [text, text.text])))).toBe(body.bytes);
        expect(found.with(new Map())).toBe(body.bytes);
      }),
      RUNS,
    );
  });

  test('other texts written back are all that changes', async () => {
    const dialect = await dialectOf(call);
    const change = (text: string) => `${text}] "\\n`;

    fc.assert(
      fc.property(request, bits, (template, stream) => {
        const found = dialect.texts(document(template, stream));

        const bytes = found.with(new Map(found.texts.map((text) => [text, changedBy(text, change)])));

        const parsed = parseJsonDocument(bytes);
        expect(normal(parsed.value)).toEqual(normal(plain(changed(template, change))));
        expect(dialect.texts(parsed).texts.map(saidBy)).toEqual(textsOf(changed(template, change)).map(({ text }) => text));
      }),
      RUNS,
    );
  });

  test('every byte beside the one text that changes stays', async () => {
    const dialect = await dialectOf(call);

    fc.assert(
      fc.property(request, bits, fc.nat(), (template, stream, index) => {
        const { bytes: before } = document(template, stream);
        const found = dialect.texts(parseJsonDocument(before));
        const text = found.texts[index % Math.max(1, found.texts.length)];
        if (text === undefined) return;

        const after = found.with(new Map([[text, `${text.text}\u0001`]]));

        // An escape is six bytes at most, and one in a string that is written in a string twelve.
        const longest = Buffer.byteLength(JSON.stringify(text.text)) * 12 + 16;
        const head = sameFor(before, after, 1);
        expect(before.length - head - sameFor(before.subarray(head), after.subarray(head), -1)).toBeLessThanOrEqual(longest);
      }),
      RUNS,
    );
  });
});

/** A text without the white space and escapes that its JSON is written with. */
const saidBy = ({ text, form }: RequestText) => (form === 'json' ? JSON.stringify(JSON.parse(text)) : text);
const changedBy = (text: RequestText, change: (text: string) => string) =>
  text.form === 'json' ? JSON.stringify({ said: change(saidBy(text)) }) : change(text.text);

/** JSON in strings is compared as what it says. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_name, inner) => {
    if (typeof inner !== 'string' || !/^\{.*\}$/s.test(inner)) return inner;
    try {
      return { inString: JSON.parse(inner) };
    } catch {
      return inner;
    }
  });
}

/** Bytes that are the same from the first on, or from the last back. */
function sameFor(one: Buffer, other: Buffer, step: 1 | -1): number {
  const most = Math.min(one.length, other.length);
  const at = (bytes: Buffer, index: number) => bytes[step === 1 ? index : bytes.length - 1 - index];
  let same = 0;
  while (same < most && at(one, same) === at(other, same)) same += 1;
  return same;
}

/** Fields of the recorded calls that hold no words, and everything that a field which is named so holds. */
const WORDLESS =
  /(?:^|\.)(?:model|role|type|id|call_id|tool_call_id|tool_use_id|user|user_id|safety_identifier|data|url|image_url|file_data|media_type|signature|encrypted_content|cache_control|tool_choice|reasoning_effort|effort|verbosity|include|stop|stop_sequences|service_tier|thought_signature|syntax|metadata|prompt_cache_key|speed|summary|modalities|voice|format|thinking|detail|search_context_size)(?:\.|\[|$)/;

function strings(value: JsonValue | undefined, path = ''): (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.map((item, at) => [`[${at}]`, item] as const) : Object.entries(value);
  return entries.flatMap(([key, inner]) => strings(inner, path === '' || key.startsWith('[') ? `${path}${key}` : `${path}.${key}`));
}

test.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
  'recorded calls in %s hold no word that is not found',
  async (name) => {
    const dialect = await protocols.dialect(name, 'chat');
    const recorded = fixtures().filter(({ wireFormat, request }) => wireFormat === name && request !== undefined);

    expect(recorded.length).toBeGreaterThan(0);
    for (const { request } of recorded) {
      const found = dialect.texts(parseJsonDocument(Buffer.from(JSON.stringify(request)))).texts;
      const missed = strings(request as JsonValue).filter(
        ([path]) => !found.some((other) => other.path === path || (other.form === 'json' && /^[.[]/.test(path.split(other.path)[1] ?? ''))),
      );

      expect(missed.filter(([path, text]) => /\p{L}/u.test(text) && !WORDLESS.test(path))).toEqual([]);
    }
  },
);

test('nothing is refused: a field of another kind than it should be is looked into as it is', async () => {
  const chat = await protocols.dialect('openai-chat', 'chat');
  const body = parseJsonDocument(Buffer.from('{"model":7,"messages":{"role":["x"],"content":{"a":[["b"]]}},"tools":"t","input":[null]}'));

  expect(chat.texts(body).texts.map(({ place, path, text }) => `${place} ${path} ${text}`)).toEqual([
    'message messages.content.a[0][0] b',
    'tool-definition tools t',
  ]);
});

test('arguments are one text, of whatever kind, with names and numbers', async () => {
  const chat = await protocols.dialect('openai-chat', 'chat');
  const deep = `${'['.repeat(500)}"x"${']'.repeat(500)}`;
  const call = (args: string) => ({ id: 'c', type: 'function', function: { arguments: args } });
  const body = { model: 'm', messages: [{ role: 'assistant', tool_calls: ['{"a":', deep, '7', '"word"'].map(call) }] };
  const found = chat.texts(parseJsonDocument(Buffer.from(JSON.stringify(body))));

  expect(found.texts.map(({ text, form }) => [form, text])).toEqual([
    ['text', '{"a":'],
    ['json', deep],
    ['json', '7'],
    ['json', '"word"'],
  ]);
});

test('a text may be hidden by no escape in its field’s name', async () => {
  const messages = await protocols.dialect('anthropic-messages', 'chat');
  const body = parseJsonDocument(Buffer.from('{"messages":[{"role":"user","\\u0063ontent":"secret"}],"s\\u0079stem":"rule"}'));

  expect(messages.texts(body).texts.map(({ place, path, text }) => [place, path, text])).toEqual([
    ['user', 'messages[0].content', 'secret'],
    ['system', 'system', 'rule'],
  ]);
});
