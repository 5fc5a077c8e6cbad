import { createAuthenticator, storeUnavailable } from '../../../lambda/identity/authenticate';
import type { KeyHash, KeyRecord } from '../../../lambda/identity/entities';
import { createIdentityRows } from '../../../lambda/identity/rows';
import { formatKey, type GeneratedKey, generateKey, hashSecret } from '../../../lambda/identity/virtual-key';

const PEPPERS: Record<string, string> = { 1: 'o'.repeat(64), 2: 'n'.repeat(64) };
const secret = (current: number) => JSON.stringify({ version: String(current), ...PEPPERS });

function hashOf(key: GeneratedKey, changes: Partial<KeyHash> = {}): KeyHash {
  const pepperVersion = changes.pepperVersion ?? 1;
  return { hmac: hashSecret(PEPPERS[pepperVersion] as string, key.keyId, key.secret), ...changes, pepperVersion };
}

/** An authenticator over rows in memory, with a clock that is moved by hand. */
function world(peppers = secret(1)) {
  let nowMs = Date.parse('2026-06-01T00:00:00Z');
  let reads = 0;
  let generation = 0;
  let failure: Error | undefined;
  const rows = new Map<string, KeyRecord>();
  const secrets = { text: peppers, reads: 0 };
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  const store = {
    rows: async (names: readonly (readonly [kind: string, id: string])[]) => {
      reads += 1;
      if (failure !== undefined) throw failure;
      return { records: names.map(([, id]) => rows.get(id)), marks: { overrides: 0, tags: 0 } };
    },
    states: async () => ({ generations: [], marks: { overrides: 0, tags: 0 } }),
  };
  const authenticator = createAuthenticator(
    createIdentityRows(store, clock),
    {
      read: async () => {
        secrets.reads += 1;
        return secrets.text;
      },
      refresh: async () => secrets.text,
    },
    'arn:pepper',
    clock,
  );
  return {
    secrets,
    reads: () => reads,
    wait: (milliseconds: number) => {
      nowMs += milliseconds;
    },
    fail: (error: Error | undefined) => {
      failure = error;
    },
    put: (key: GeneratedKey, changes: Partial<KeyRecord> = {}) => {
      generation += 1;
      const row = { id: key.keyId, status: 'active', hashes: [hashOf(key)], generation, ...changes } as unknown as KeyRecord;
      rows.set(key.keyId, row);
      return row;
    },
    check: () => authenticator.check(),
    call: (text: string, fresh = false) => authenticator.authenticate({ authorization: `Bearer ${text}` }, fresh),
    outcome: (text: string, fresh = false) =>
      authenticator.authenticate({ authorization: `Bearer ${text}` }, fresh).then(
        () => 'accepted',
        ({ status, code, cause }: { status: number; code: string; cause: unknown }) => `${status} ${code} ${String(cause)}`,
      ),
  };
}

test('a caller is the row of its key', async () => {
  const { call, put } = world();
  const key = generateKey();
  const row = put(key);

  expect((await call(key.text)).key).toBe(row);
  expect((await call(key.text)).key).toBe(row);
});

test.each([
  ['revoked', '401 key_revoked key_revoked'],
  ['blocked', '403 key_blocked undefined'],
] as const)('a key that is %s is refused, and only its holder is told why', async (status, expected) => {
  const { outcome, put, reads } = world();
  const key = generateKey();
  put(key, { status });

  expect(await outcome(key.text)).toBe(expected);
  expect(await outcome(generateKey(key.keyId).text)).toBe('401 invalid_api_key AuthWrongSecret');
  expect(await outcome(generateKey().text)).toBe('401 invalid_api_key AuthUnknownKey');
  expect(reads()).toBe(2);
  expect(await outcome(`sk-gw-root-${'x'.repeat(43)}`)).toBe('401 invalid_api_key AuthUnknownKey');
  expect(reads()).toBe(2);
});

test('A07 a key is good until two seconds after it expires, to the millisecond', async () => {
  const { outcome, put, wait } = world();
  const key = generateKey();
  put(key, { expiresAt: '2026-06-01T00:00:01.000Z' });

  expect(await outcome(key.text)).toBe('accepted');
  wait(3_000);
  expect(await outcome(key.text)).toBe('accepted');
  wait(1);
  expect(await outcome(key.text)).toBe('401 key_expired key_expired');
});

test('R13 a key that is open again is open for its next request', async () => {
  const { outcome, put, reads, wait } = world();
  const key = generateKey();
  put(key, { status: 'blocked' });
  expect(await outcome(key.text)).toMatch('403');
  put(key);

  wait(1);
  expect(await outcome(key.text)).toBe('accepted');
  expect(reads()).toBe(2);
});

test('a row that another secret opens is read again when it is older than a second: the key may have been rotated', async () => {
  const { outcome, put, reads, wait } = world();
  const key = generateKey();
  put(generateKey(key.keyId));
  await outcome(key.text);
  put(key);

  wait(1_000);
  expect(await outcome(key.text)).toMatch('401');
  expect(reads()).toBe(1);
  wait(1);
  expect(await outcome(key.text)).toBe('accepted');
  expect(reads()).toBe(2);
});

test('a row that lets its caller in is used whatever its age: the round that reserves checks it', async () => {
  const { outcome, put, reads, wait } = world();
  const key = generateKey();
  put(key);
  await outcome(key.text);
  put(key, { status: 'blocked' });

  wait(86_400_000);
  expect(await outcome(key.text)).toBe('accepted');
  expect(reads()).toBe(1);
});

test('a key that does not exist is read once in half a minute, wrong as it may be', async () => {
  const { outcome, reads, wait } = world();
  const { text } = generateKey();
  await outcome(text);

  wait(29_999);
  expect(await outcome(text)).toBe('401 invalid_api_key AuthUnknownKey');
  expect(reads()).toBe(1);
});

test('whoever asks for the row as it is now gets it', async () => {
  const { outcome, put } = world();
  const key = generateKey();
  put(key);
  await outcome(key.text);
  put(key, { status: 'revoked' });

  expect(await outcome(key.text, false)).toBe('accepted');
  expect(await outcome(key.text, true)).toMatch('key_revoked');
});

test('the same caller is let in by a newer row where it lets the same secret in, and not otherwise', async () => {
  const { call, put } = world();
  const key = generateKey();
  put(key);
  const caller = await call(key.text);
  const again = () =>
    caller.again().then(
      ({ isAnew }) => isAnew,
      ({ code }: { code: string }) => code,
    );

  put(key);
  expect(await again()).toBe(true);
  put(key, { hashes: [hashOf(generateKey(key.keyId))] });
  expect(await again()).toBe('invalid_api_key');
  put(key, { status: 'blocked' });
  expect(await again()).toBe('key_blocked');
});

test('a rotated secret stops working at its moment, in a process that has opened the row with it', async () => {
  const { outcome, put, wait } = world();
  const [old, fresh] = [generateKey(), generateKey()];
  const renewed = formatKey(old.keyId, fresh.secret);
  put(old, { hashes: [hashOf(renewed), hashOf(old, { validUntil: '2026-06-01T00:00:05.000Z' })] });

  expect([await outcome(old.text), await outcome(renewed.text)]).toEqual(['accepted', 'accepted']);
  wait(4_999);
  expect(await outcome(old.text)).toBe('accepted');
  wait(1);
  expect([await outcome(old.text), await outcome(renewed.text)]).toEqual(['401 invalid_api_key AuthWrongSecret', 'accepted']);
});

test('a single secret that ends stops working at its moment as well', async () => {
  const { outcome, put, wait } = world();
  const key = generateKey();
  put(key, { hashes: [hashOf(key, { validUntil: '2026-06-01T00:00:05.000Z' })] });

  expect(await outcome(key.text)).toBe('accepted');
  wait(5_000);
  expect(await outcome(key.text)).toMatch('AuthWrongSecret');
});

test('A06 a secret that opened a row does not open the row that took its place', async () => {
  const { outcome, put } = world();
  const key = generateKey();
  put(key);
  await outcome(key.text);
  await outcome(key.text);

  put(key, { hashes: [hashOf(generateKey(key.keyId))] });
  expect(await outcome(key.text, true)).toMatch('AuthWrongSecret');
  put(key, { hashes: [] });
  expect(await outcome(key.text, true)).toMatch('AuthWrongSecret');
});

test('a thousand keys beside it do not change what a key may', async () => {
  const { outcome, put } = world();
  const first = generateKey();
  put(first);
  await outcome(first.text);
  for (let index = 0; index < 1_001; index += 1) {
    const other = generateKey();
    put(other);
    expect(await outcome(other.text)).toBe('accepted');
  }

  expect(await outcome(first.text)).toBe('accepted');
});

test('a pepper that was added is known without a restart', async () => {
  const { outcome, put, secrets } = world(JSON.stringify({ version: '1', '1': PEPPERS[1] }));
  const key = generateKey();
  put(key, { hashes: [hashOf(key, { pepperVersion: 2 })] });

  expect(await outcome(key.text)).toMatch('AuthWrongSecret');
  secrets.text = secret(2);
  expect(await outcome(key.text)).toBe('accepted');
});

test('A13 a pepper secret that cannot be used is told at the check and at every call', async () => {
  const { check, outcome } = world('{"version":"1","1":"short"}');

  await expect(check()).rejects.toMatchObject({ status: 503, code: 'misconfigured' });
  expect(await outcome(generateKey().text)).toMatch('503 misconfigured');
  await expect(world().check()).resolves.toBeUndefined();
});

test('I02 a table that does not answer is a 503 to be tried again, never a 401', async () => {
  const { call, fail, put } = world();
  const key = generateKey();
  put(key);
  const cause = new Error('no answer');
  fail(cause);

  await expect(call(key.text)).rejects.toMatchObject({
    status: 503,
    code: 'store_unavailable',
    retryable: true,
    retryAfterMs: 2_000,
    cause,
  });
  expect(storeUnavailable(cause)).toMatchObject({ type: 'api_error', status: 503 });
});

test.each(['x-api-key', 'api-key'])(
  'A09 spaces around the key in %s do not belong to it, and an empty one is malformed',
  async (header) => {
    const { put } = world();
    const key = generateKey();
    put(key);
    const { credentialOf } = await import('../../../lambda/identity/credential');

    expect(credentialOf({ [header]: ` ${key.text}\t` })).toBe(key.text);
    expect(() => credentialOf({ [header]: '  ' })).toThrow(expect.objectContaining({ status: 401, cause: 'AuthBadFormat' }));
  },
);
