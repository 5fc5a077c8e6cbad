import crypto from 'node:crypto';
import fc from 'fast-check';
import { parsePeppers } from '../../../lambda/identity/peppers';
import { equalInConstantTime, generateKey, hashSecret, parseKey, verifyKey } from '../../../lambda/identity/virtual-key';

const PEPPER = 'p'.repeat(64);
const peppers = parsePeppers(JSON.stringify({ version: '2', '1': 'o'.repeat(64), '2': PEPPER }));

test('a generated key parses back to its parts', () => {
  const key = generateKey();

  expect(key.text).toMatch(/^sk-gw-[a-z2-7]{16}-[0-9A-Za-z]{49}$/);
  expect(parseKey(key.text)).toEqual({ keyId: key.keyId, secret: key.secret });
  expect(key.lastFour).toBe(key.text.slice(key.text.length - 4));
});

test('A02 every single changed character makes the checksum wrong', () => {
  const { text } = generateKey();

  for (let at = 'sk-gw-'.length; at < text.length; at += 1) {
    const changed = `${text.slice(0, at)}${text[at] === 'a' ? 'b' : 'a'}${text.slice(at + 1)}`;
    expect(parseKey(changed)).toBeUndefined();
  }
});

test('A04 no text of any kind but a key parses', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => parseKey(text) === undefined));
  expect(parseKey(`sk-gw-${'a'.repeat(9_000)}`)).toBeUndefined();
  expect(parseKey(`${generateKey().text}\n`)).toBeUndefined();
});

test('A10 tokens that share a prefix or suffix are distinct identities', () => {
  const first = generateKey();
  const second = generateKey(first.keyId);
  const hashes = [{ pepperVersion: 2, hmac: hashSecret(PEPPER, first.keyId, first.secret) }];

  expect(verifyKey(hashes, first, peppers, 0)).toBe(true);
  expect(verifyKey(hashes, second, peppers, 0)).toBe(false);
  expect(verifyKey(hashes, { keyId: generateKey().keyId, secret: first.secret }, peppers, 0)).toBe(false);
  expect(verifyKey(undefined, first, peppers, 0)).toBe(false);
  expect(verifyKey([], first, peppers, 0)).toBe(false);
});

test('A05 a key that does not exist and one without a hash cost one comparison, as any other', () => {
  const compare = jest.spyOn(crypto, 'timingSafeEqual');

  for (const hashes of [undefined, [], [{ pepperVersion: 2, hmac: 'f'.repeat(64) }]]) {
    compare.mockClear();
    verifyKey(hashes, generateKey(), peppers, 0);
    expect(compare).toHaveBeenCalledTimes(1);
  }
  compare.mockRestore();
});

test.each(['', 'f', 'f'.repeat(63), 'g'.repeat(64)])('a stored hash that is not one, %j, matches nothing', (hmac) => {
  const key = generateKey();

  expect(verifyKey([{ pepperVersion: 2, hmac }], key, peppers, 0)).toBe(false);
  const whole = hashSecret(PEPPER, key.keyId, key.secret);
  expect(verifyKey([{ pepperVersion: 2, hmac: `${whole}${hmac}` }], key, peppers, 0)).toBe(hmac === '');
  expect(verifyKey([{ pepperVersion: 2, hmac: whole.slice(0, 64 - hmac.length) }], key, peppers, 0)).toBe(hmac === '');
});

test('a rotated secret works until its grace ends, and under the pepper it was hashed with', () => {
  const old = generateKey();
  const hashes = [
    { pepperVersion: 2, hmac: hashSecret(PEPPER, old.keyId, generateKey(old.keyId).secret) },
    { pepperVersion: 1, hmac: hashSecret('o'.repeat(64), old.keyId, old.secret), validUntil: '2026-01-01T00:00:00.000Z' },
  ];

  expect(verifyKey(hashes, old, peppers, Date.parse('2025-12-31T23:59:59Z'))).toBe(true);
  expect(verifyKey(hashes, old, peppers, Date.parse('2026-01-01T00:00:00Z'))).toBe(false);
});

test('a hash under a pepper that is gone matches nothing', () => {
  const key = generateKey();

  expect(verifyKey([{ pepperVersion: 9, hmac: hashSecret(PEPPER, key.keyId, key.secret) }], key, peppers, 0)).toBe(false);
});

test('the bootstrap credential has no checksum', () => {
  expect(parseKey(`sk-gw-root-${'x'.repeat(43)}`)).toEqual({ keyId: 'root', secret: 'x'.repeat(43) });
});

test.each([
  '',
  'null',
  '[]',
  '{}',
  '{"version":"1"}',
  '{"version":"1","1":""}',
  `{"version":"1","1":"short"}`,
  `{"version":"3","1":"${PEPPER}"}`,
  `{"version":"1","1":["${PEPPER}"]}`,
  `{"version":"1","1":{"length":64}}`,
  `{"version":"1","1":"${'p'.repeat(31)}"}`,
  `{"version":"1a","1a":"${PEPPER}"}`,
])('A13 an unusable pepper secret is refused: %s', (secret) => {
  expect(() => parsePeppers(secret)).toThrow(expect.objectContaining({ status: 503, code: 'misconfigured' }));
});

test('a pepper has 32 characters at the least, its version up to six digits, and other fields are not peppers', () => {
  const short = 'p'.repeat(32);

  expect(parsePeppers(JSON.stringify({ version: '12', '12': short, note: 'x', v1: 'x', '1v': 'x' }))).toEqual({
    current: 12,
    byVersion: new Map([[12, short]]),
  });
});

test('equality in constant time is equality', () => {
  expect(equalInConstantTime('same', 'same')).toBe(true);
  expect(equalInConstantTime('same', 'samf')).toBe(false);
  expect(equalInConstantTime('same', 'same ')).toBe(false);
});
