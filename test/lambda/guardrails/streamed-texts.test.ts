import { createScanner, type Finding, type LocalRule, Masks, type TextForm } from '../../../lambda/guardrails';
import { type JsonPlace, placeAfter } from '../../../lambda/guardrails/json-text';

const RULES: readonly LocalRule[] = [
  { id: 'people', name: 'people', action: 'mask', detect: ['email', 'payment_card', 'iban'] },
  { id: 'keys', name: 'keys', action: 'block', detect: ['credentials'] },
];
const scanner = createScanner(RULES);
const MASKING = (form: TextForm) => ({ form, reversible: new Set(['people']) });

function inPieces(
  text: string,
  cuts: readonly number[],
  form: TextForm,
  by = scanner,
): { text: string; findings: Finding[]; masked: string } {
  const [held, masks] = [by.open(form), new Masks()];
  const bounds = [0, ...cuts, text.length];
  const pieces = bounds.slice(1).map((end, index) => held.write(text.slice(bounds[index], end)));
  pieces.push(held.end());
  let offset = 0;
  let place: JsonPlace = 'between';
  let masked = '';
  const findings: Finding[] = [];
  for (const piece of pieces) {
    findings.push(...piece.findings.map((each) => ({ ...each, start: each.start + offset, end: each.end + offset })));
    offset += piece.text.length;
    masked += masks.apply(piece, { ...MASKING(form), place });
    place = placeAfter(piece.text, place);
  }
  return {
    text: pieces.map((piece) => piece.text).join(''),
    findings,
    masked,
  };
}

/** Numbers below some, the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

describe('a text that comes in pieces', () => {
  const TEXTS = [
    'Write to bob@example.com, please.',
    'Card 4111 1111 1111 1111, or 4111111111111111.',
    'Pay to DE89 3704 0044 0532 0130 00 today',
    'key AKIAIOSFODNN7EXAMPLE!',
    `token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'a1B2'.repeat(8)}, ok`,
    `https://name:secret1@${'x'.repeat(90)}.example.com/`,
    `to bob@${'x'.repeat(40)}.${'y'.repeat(40)}.example.com.`,
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----, ok',
    'bob\u200b@exam\u200dple.com and 4111\u00ad1111\u200b11111111 1',
  ];

  test('J01 has the findings and the masks of the whole text, wherever it is cut', () => {
    for (const text of TEXTS) {
      const findings = scanner.scan(text);
      const masked = new Masks().apply({ text, findings }, MASKING('text'));
      expect(masked).toMatch(/\[[A-Z_]+_1\]/);
      for (let first = 0; first <= text.length; first++) {
        for (let second = first; second <= text.length; second += 3) {
          expect(inPieces(text, [first, second], 'text')).toEqual({ text, findings, masked });
        }
      }
    }
  });

  test('J01 in arguments of tools what is escaped is found, and the arguments stay JSON', () => {
    const text = '{"to":"bob\\u0040example.com\\nx","card":4111111111111111,"note":"\\"eve@example.com\\""}';
    const findings = scanner.scan(text, 'json');
    const masked = new Masks().apply({ text, findings }, MASKING('json'));
    expect(JSON.parse(masked)).toEqual({ to: '[EMAIL_1]\nx', card: '[PAYMENT_CARD_1]', note: '"[EMAIL_2]"' });
    for (let cut = 0; cut <= text.length; cut++) expect(inPieces(text, [cut], 'json')).toEqual({ text, findings, masked });
  });

  test('J01 a number in arguments is masked as a whole, though a pattern or a denied word is a part of it', () => {
    const parts = createScanner([
      ...RULES,
      { id: 'people', name: 'OWN', action: 'mask', pattern: '77[0-9]' },
      { id: 'people', name: 'WORD', action: 'mask', deny: ['1234'] },
    ]);
    const fields = [
      '12',
      '1234',
      '-5',
      '9.77123',
      '770',
      '4111111111111111',
      'true',
      '"77712"',
      '"a\\u0040b.co"',
      '[1234, 88]',
      '1234.5e10',
    ];
    const next = seeded(13);
    for (let round = 0; round < 800; round++) {
      const each = Array.from({ length: 1 + next(6) }, (_, index) => `"k${index}"${next(2) ? ': ' : ':'}${fields[next(fields.length)]}`);
      const text = `{${each.join(next(2) ? ', ' : ',')}}`;
      const findings = parts.scan(text, 'json');
      const masked = new Masks().apply({ text, findings }, MASKING('json'));
      const cuts = Array.from({ length: 1 + next(6) }, () => next(text.length + 1)).sort((one, other) => one - other);

      expect({ cuts, ...inPieces(text, cuts, 'json', parts) }).toEqual({ cuts, text, findings, masked });
      expect(() => JSON.parse(masked)).not.toThrow();
    }
  });

  test('a number without an end is not held back', () => {
    const held = scanner.open('json');
    expect(held.write('{"a": 1234').text).toBe('{"a": ');
    expect(held.write('5'.repeat(200)).text.length).toBeGreaterThan(100);
  });

  test('R21 findings that overlap without an end are let go one by one, and their text has the masks of the whole', () => {
    const overlapping = [
      ['people', '4242 ', 800],
      ['people', '4242-4242-4242-4242 ', 60],
      ['words', 'a b a b ', 300],
    ] as const;
    const words: LocalRule = { id: 'words', name: 'WORDS', action: 'mask', deny: ['a b a', 'b a b a b'] };
    const both = createScanner([...RULES, words]);
    for (const [, part, times] of overlapping) {
      const text = part.repeat(times);
      const masked = new Masks().apply({ text, findings: both.scan(text) }, MASKING('text'));
      for (const size of [1, 3, 7]) {
        const [held, masks] = [both.open(), new Masks()];
        let [told, waiting] = ['', 0];
        for (let at = 0; at < text.length; at += size) {
          const piece = text.slice(at, at + size);
          const checked = held.write(piece);
          waiting += piece.length - checked.text.length;
          expect(waiting).toBeLessThan(64);
          told += masks.apply(checked, MASKING('text'));
        }
        expect(told + masks.apply(held.end(), MASKING('text'))).toBe(masked);
      }
    }
  });

  test('J01 has the findings of the whole text, of whatever parts it is made and however it is cut', () => {
    const all = createScanner([
      ...RULES,
      { id: 'all', name: 'all', action: 'flag', detect: ['personal', 'network'] },
      { id: 'own', name: 'OWN', action: 'mask', pattern: '[a-f]{2,6}[0-9]{1,3}' },
      { id: 'words', name: 'WORDS', action: 'mask', deny: ['1111 11', 'com to', 'a.b'] },
    ]);
    const parts =
      '4242 |4111 1111|1111 1111|@|a.b|example.com| |+49 30 901820|06 12 34 56 78|eyJhbGciOiJI-|.eyJh|tel 2125551234|DE89 3704 0044 0532 0130 00|1.2.3.4|::1|ab12|sk-ant-a1b2c3d4e5f6g7h8i9j0|é|\u200b|(212) 555-1234|https://u:p@|, |\n|219-09-9999|12345678Z'.split(
        '|',
      );
    const next = seeded(20_261_130);
    for (let round = 0; round < 1_500; round++) {
      const text = Array.from({ length: 1 + next(9) }, () => parts[next(parts.length)]).join('');
      const findings = all.scan(text);
      const cuts = Array.from({ length: 1 + next(4) }, () => next(text.length + 1)).sort((one, other) => one - other);
      const pieces = inPieces(text, cuts, 'text', all);
      expect({ text, cuts, findings: pieces.findings }).toEqual({ text, cuts, findings });
    }
  });

  test('text without anything to find is held back for a word at most', () => {
    const held = scanner.open();
    expect(held.write('Hello there, how are').text).toBe('Hello there, how ');
    expect(held.write(' you').text).toBe('are ');
    expect(held.end().text).toBe('you');
  });
});

describe('masks', () => {
  test('a value that JSON escapes comes back escaped', () => {
    const masks = new Masks();
    const value = 'a"b\\c\n';
    masks.apply({ text: value, findings: [{ rule: 'people', type: 'x', start: 0, end: value.length }] }, MASKING('text'));
    const restorer = masks.restorer('json');

    expect(JSON.parse(restorer.write('{"v":"[X_1]"}') + restorer.end())).toEqual({ v: value });
  });

  test('are the same for the same value, and come back as values, in pieces and inside of JSON', () => {
    const masks = new Masks();
    const text = 'From bob@example.com to eve@example.com, cc bob@example.com';
    masks.reserve('an old [EMAIL_1]');
    const masked = masks.apply({ text, findings: scanner.scan(text) }, MASKING('text'));
    expect(masked).toBe('From [EMAIL_2] to [EMAIL_3], cc [EMAIL_2]');
    for (let cut = 0; cut <= masked.length; cut++) {
      const restorer = masks.restorer('text');
      expect(restorer.write(masked.slice(0, cut)) + restorer.write(masked.slice(cut)) + restorer.end()).toBe(text);
    }
    const json = '{"to":"\\u005bEMAIL_2\\u005D","old":"[EMAIL_1]"}';
    for (let cut = 0; cut <= json.length; cut++) {
      const restorer = masks.restorer('json');
      const restored = restorer.write(json.slice(0, cut)) + restorer.write(json.slice(cut)) + restorer.end();
      expect(JSON.parse(restored)).toEqual({ to: 'bob@example.com', old: '[EMAIL_1]' });
    }
  });
});
