import { createScanner, type Finding, type LocalRule, Masks, type TextForm } from '../../../lambda/guardrails';
import { type JsonPlace, placeAfter } from '../../../lambda/guardrails/json-text';

const RULES: readonly LocalRule[] = [
  { id: 'people', name: 'people', action: 'mask', detect: ['email', 'payment_card', 'iban'] },
  { id: 'keys', name: 'keys', action: 'block', detect: ['credentials'] },
];
const scanner = createScanner(RULES);
const MASKING = (form: TextForm) => ({ form, reversible: new Set(['people']) });

function inPieces(text: string, cuts: readonly number[], form: TextForm): { text: string; findings: Finding[]; masked: string } {
  const [held, masks] = [scanner.open(form), new Masks()];
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

describe('a text that comes in pieces', () => {
  const TEXTS = [
    'Write to bob@example.com, please.',
    'Card 4111 1111 1111 1111, or 4111111111111111.',
    'Pay to DE89 3704 0044 0532 0130 00 today',
    'key AKIAIOSFODNN7EXAMPLE!',
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
