import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScanner } from '../../../lambda/guardrails';
import { GUARD_GROUPS } from '../../../lib/private/contract';
import { Random } from '../../fuzz/random';

const scanner = createScanner([{ id: 'default', name: 'default', action: 'mask', detect: ['default'] }]);
const root = join(__dirname, '../../..');
const found = (text: string): string[] => scanner.scan(text).map(({ type, start, end }) => `${type}: ${text.slice(start, end)}`);

const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const of = (random: Random, count: number, from: string): string =>
  Array.from({ length: count }, () => from[random.below(from.length)]).join('');

/** What coding agents send, by the shape of it: ids, times, tools, files, results. */
const TEXTS: Readonly<Record<string, (random: Random) => string>> = {
  hashes: (random) =>
    `commit ${of(random, 40, HEX)}\nindex ${of(random, 7, HEX)}..${of(random, 7, HEX)} 100644\nsha256:${of(random, 64, HEX)}`,
  'UUIDs and ids': (random) =>
    `session ${[8, 4, 4, 4, 12].map((count) => of(random, count, HEX)).join('-')} toolu_01${of(random, 22, BASE64.slice(0, 62))} req_011C${of(random, 20, BASE64.slice(0, 62))} call_${of(random, 24, BASE64.slice(0, 62))} rs_${of(random, 50, HEX)} msg_${of(random, 32, HEX)}`,
  'times and versions': (random) =>
    `2026-11-${10 + random.below(20)}T10:2${random.below(10)}:33.${of(random, 6, '0123456789')}Z 17${of(random, 8, '0123456789')} 17${of(random, 11, '0123456789')} 17${of(random, 17, '0123456789')} v${random.below(30)}.${random.below(30)}.${random.below(300)}-rc.1+build.${of(random, 8, '0123456789')} 10.0.26100.${random.below(9_999)}`,
  'a picture': (random) => `data:image/png;base64,${of(random, 4_000, BASE64)}==`,
  'a lock file': (random) =>
    Array.from(
      { length: 20 },
      (_, index) =>
        `    "node_modules/@scope/pkg-${index}": {\n      "version": "${random.below(9)}.${random.below(20)}.${random.below(99)}",\n      "integrity": "sha512-${of(random, 86, BASE64)}==",\n      "resolved": "https://registry.example.com/pkg-${index}/-/pkg-${index}-1.0.0.tgz"\n    },\npkg@^${random.below(9)}.1.0, pkg@npm:other@1.2.3-beta.4: `,
    ).join('\n'),
  'numbers in code': (random) =>
    `const SEED = 0x${of(random, 8, HEX)}; const BIG = ${1 + random.below(9)}${of(random, 18, '0123456789')}n; x = 0.${of(random, 16, '0123456789')}; y = 1.${of(random, 15, '0123456789')}e-${random.below(99)}; MASK = 0b${of(random, 32, '01')};`,
  code: () =>
    "import { a } from '@scope/pkg'; @Component({ selector: 'app-root' }) class A<T> { x?: Map<string, T>; } std::vector<int> v; a::b::c(); git@github.com:a/b.git icon@2x.png foo@1.2.3 `sk-NAME` sk-spinner sk_buff_head eyJ {{ secrets.TOKEN }} AKIA ghp_ xoxb- if (pem.startsWith('-----BEGIN PRIVATE KEY-----')) {} postgres://<user>:<password>@localhost/db http://localhost:8080/a?b=c@d",
  'orders, parcels and tickets': (random) =>
    `INV-2026-${of(random, 6, '0123456789')} 1Z999AA1${of(random, 10, '0123456789')} ticket ${of(random, 4, '0123456789')}-${of(random, 3, '0123456789')}-${of(random, 2, '0123456789')} build 2026.${1 + random.below(12)}.${1 + random.below(28)}.${of(random, 4, '0123456789')} p=${of(random, 3, '0123456789')}&q=${of(random, 4, '0123456789')}-${of(random, 4, '0123456789')}`,
  'clouds and clusters': (random) =>
    `arn:aws:iam::${of(random, 12, '0123456789')}:role/deploy api-${of(random, 10, HEX)}-${of(random, 5, 'bcdfghjklmnpqrstvwxz2456789')} image@sha256:${of(random, 64, HEX)} postgres://$DB_USER:$DB_PASSWORD@localhost:5432/app ssh deploy@build-${random.below(99)} {"ts":17${of(random, 11, '0123456789')},"seq":${of(random, 9, '0123456789')},"pid":${of(random, 5, '0123456789')}}`,
  'places, colours and cells': (random) =>
    `${random.below(90)}.${of(random, 6, '0123456789')}, ${random.below(180)}.${of(random, 6, '0123456789')} grid[${of(random, 4, '0123456789')}][${of(random, 4, '0123456789')}] = rgb(${random.below(256)}, ${random.below(256)}, ${random.below(256)}) #${of(random, 6, HEX)}`,
  'a diff': (random) => `@@ -${random.below(999)},7 +${random.below(999)},9 @@ function a() {\n-  1234 5678\n+  4111 1111\n+1234567890\n`,
  'a table': (random) =>
    Array.from({ length: 30 }, () => Array.from({ length: 8 }, () => String(random.below(1_000))).join(' ')).join('\n'),
};

describe('the default set finds nothing in what coding agents send', () => {
  test.each(Object.keys(TEXTS))('%s', (name) => {
    for (let seed = 0; seed < 300; seed++) expect(found((TEXTS[name] as (random: Random) => string)(new Random(name, seed)))).toEqual([]);
  });

  test('this repository: its sources, but for those with examples of findings, and its lock file', () => {
    const files = ['lambda', 'lib'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(folder, file)),
    );
    const hits = [...files, 'package-lock.json', 'package.json'].flatMap((file) =>
      found(readFileSync(join(root, file), 'utf8')).map((hit) => `${file}: ${hit}`),
    );

    expect(hits.filter((hit) => !/example\.com|^lambda.guardrails/.test(hit))).toEqual([]);
  });
});

test('the default set has what a form, a prefix or two check digits prove', () => {
  const texts: Readonly<Record<string, string>> = {
    email: 'bob@example.com',
    payment_card: '4111 1111 1111 1111',
    iban: 'GB82 WEST 1234 5698 7654 32',
    us_ssn: '536-22-1234',
    fr_nir: '1 85 05 78 006 084 91',
    it_fiscal_code: 'RSSMRA85T10A562S',
    api_key: 'AKIAIOSFODNN7EXAMPLE',
    gateway_key: `sk-gw-abcdefghijklmnop-${'aB3'.repeat(16)}x`,
    private_key: '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----',
    jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r',
    url_credentials: 'name:secret1',
  };
  expect(Object.keys(texts)).toEqual(GUARD_GROUPS['default']);
  for (const [type, text] of Object.entries(texts)) {
    expect(found(`see ${type === 'url_credentials' ? `https://${text}@host.example/` : text} there`)).toEqual([`${type}: ${text}`]);
  }
});
