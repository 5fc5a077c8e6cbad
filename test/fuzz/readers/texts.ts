import { PassThrough } from 'node:stream';
import { fromEvent } from '../../../lambda/admin/event';
import { base62Of32Bits } from '../../../lambda/identity/base62';
import { credentialOf } from '../../../lambda/identity/credential';
import { formatKey, parseKey, ROOT_KEY_ID } from '../../../lambda/identity/virtual-key';
import { estimateTokens } from '../../../lambda/money/pricing/estimate';
import { pictureSize } from '../../../lambda/money/pricing/media/picture-size';
import { recordingSeconds } from '../../../lambda/money/pricing/media/recordings';
import { formatUsd, parseUsd } from '../../../lambda/money/pricing/money';
import { GatewayError } from '../../../lambda/platform/error';
import { matchesGlob } from '../../../lambda/platform/runtime/glob';
import { readOptions } from '../../../lambda/proxy/before/parse';
import { matchRoute } from '../../../lambda/proxy/before/routes';
import { exchangeFromEvent } from '../../../lambda/proxy/hosts/lambda-event';
import { DEFAULT_BEHAVIOUR, readDirectives } from '../../../lambda/simulated/directives';
import { mostTokens, WrittenText } from '../../../lambda/wire/model/written-text';
import { saidQuota } from '../../../lambda/wire/protocols/quota-headers';
import { retryAfterInWords, retryAfterMs, retryAfterSeconds } from '../../../lambda/wire/protocols/retry-after';
import { check, type Reader, refusedOr } from '../reader';

const KEY = formatKey('abcdefghijklmnop', 'x'.repeat(43)).text;
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10', 'latin1'), Buffer.alloc(16)]);
const PICTURES = [
  png,
  Buffer.concat([
    Buffer.from('GIF89a\x10\0\x10\0\x80\0\0', 'latin1'),
    Buffer.alloc(6),
    Buffer.from('!\xfe\x03abc\0,\0\0\0\0\x10\0\x10\0\0', 'latin1'),
  ]),
  Buffer.concat([Buffer.from('\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x10\0\x10\x03', 'latin1'), Buffer.alloc(16)]),
  Buffer.concat([Buffer.from('RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0', 'latin1'), Buffer.alloc(16)]),
  Buffer.concat([
    Buffer.from('RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0data\0\x08\0\0', 'latin1'),
    Buffer.alloc(64),
  ]),
  Buffer.concat([
    Buffer.from('ID3\x04\0\0\0\0\0\x0a', 'latin1'),
    Buffer.alloc(10),
    Buffer.from('\xff\xfb\x90\x64', 'latin1'),
    Buffer.alloc(64),
  ]),
];
const EVENT = {
  httpMethod: 'POST',
  path: '/v1/messages',
  headers: { Authorization: 'Bearer x' },
  multiValueHeaders: { Authorization: ['Bearer x', 'Bearer y'], 'X-Api-Key': ['z'] },
  multiValueQueryStringParameters: { a: ['1', '2'] },
  queryStringParameters: { a: '2', b: '3' },
  requestContext: { http: { method: 'POST' } },
  body: 'eyJhIjoxfQ==',
  isBase64Encoded: true,
};

export const textReaders: readonly Reader[] = [
  {
    name: 'virtual-key',
    about: 'texts of keys',
    files: ['lambda/identity/virtual-key.ts', 'lambda/identity/base62.ts'],
    samples: () => [KEY, `sk-gw-root-${'r'.repeat(64)}`],
    words: ['sk-gw-', 'root-', '-', 'abcdefghijklmnop'],
    read(input) {
      const text = input.toString('latin1');
      const parsed = parseKey(text);
      check(/^[0-9A-Za-z]{6}$/.test(base62Of32Bits(input.length)), 'no six digits');
      if (parsed === undefined || parsed.keyId === ROOT_KEY_ID) return;
      check(formatKey(parsed.keyId, parsed.secret).text === text, 'another key than the one that was read');
    },
  },
  {
    name: 'credential',
    about: 'headers that carry a key',
    files: ['lambda/identity/credential.ts'],
    samples: () => [`Bearer ${KEY}`, `bearer\t${KEY} \nbearer ${KEY}\n${KEY}`],
    words: ['Bearer ', 'bearer', ' ', '\t', '\n', 'Basic '],
    read(input) {
      const [authorization, ...others] = input.toString('latin1').split('\n');
      const headers = { authorization, ...(others.length === 0 ? {} : { 'x-api-key': others }) };
      const found = refusedOr([GatewayError], () => credentialOf(headers));
      if (found !== undefined) check(found !== '' && input.toString('latin1').includes(found), 'a credential that was not sent');
    },
  },
  {
    name: 'gateway-headers',
    about: '`x-gateway-*` headers',
    files: ['lambda/proxy/before/parse.ts', 'lambda/proxy/before/headers.ts'],
    samples: () => ['team=a,stage=live', '{"team":"a","x":"y"}', '12000'],
    words: ['=', ',', '{"', '":"', '"}', '__proto__=1'],
    read(input) {
      const text = input.toString('latin1');
      for (const name of ['x-gateway-tags', 'x-gateway-metadata', 'x-gateway-timeout-ms', 'x-gateway-max-cost-usd']) {
        const options = refusedOr([GatewayError], () => readOptions({ [name]: text }));
        for (const [label, value] of Object.entries(options?.labels ?? {}))
          check(/^[A-Za-z0-9_.:-]{1,64}$/.test(label) && value.length <= 256, 'a label beyond its bounds');
      }
    },
  },
  {
    name: 'glob',
    about: 'patterns of model names',
    files: ['lambda/platform/runtime/glob.ts'],
    samples: () => ['openai/*\nopenai/gpt-5', '*a*b*c*\nxxaxxbxxcxx', '*\n', 'a*a\na'],
    words: ['*', '**', 'a', 'ab', '\n', '/'],
    read(input) {
      const [pattern = '', text = ''] = input.toString('utf8').split('\n');
      const matches = matchesGlob(pattern, text);
      if (pattern.length * (text.length + 1) > 20_000) return;
      check(matches === plainGlob(pattern, text), 'matched otherwise than a star for any characters');
    },
  },
  {
    name: 'retry-after',
    about: 'waits that providers ask for',
    files: ['lambda/wire/protocols/retry-after.ts'],
    samples: () => [
      '30',
      '1.5',
      'Wed, 21 Oct 2026 07:28:00 GMT',
      '1e3',
      ' +7 ',
      'Please try again in 6m12.5s. Visit',
      'retry after 45 seconds',
    ],
    words: ['e', '.', '-', '9', 'GMT', 'NaN', 'Infinity', 'try again in ', 'retry after ', 'ms', ' seconds', 'm', 'h'],
    read(input) {
      const text = input.toString('latin1');
      for (const headers of [
        { 'retry-after': text, date: 'Wed, 21 Oct 2026 07:27:00 GMT' },
        { 'retry-after-ms': text },
        { date: text, 'retry-after': text },
      ]) {
        const wait = retryAfterMs(headers);
        if (wait !== undefined) check(wait > 0 && wait <= 60_000, `a wait of ${wait} ms`);
      }
      for (const wait of [retryAfterInWords(text), retryAfterSeconds(text)]) {
        if (wait !== undefined) check(wait > 0 && wait <= 60_000, `a wait of ${wait} ms`);
      }
    },
  },
  {
    name: 'quota-headers',
    about: 'what providers say of quotas that are left',
    files: ['lambda/wire/protocols/quota-headers.ts'],
    samples: () => ['6m0s', '12ms', '0', '-1', '1d2h3m4.5s', '2026-10-21T07:28:00Z', '1760000000', '1760000000000'],
    words: ['ms', 's', 'm', 'h', 'd', '.', '-', '9', 'Z', 'NaN'],
    read(input) {
      const text = input.toString('latin1');
      const requests = { 'x-ratelimit-remaining-requests': text, 'x-ratelimit-reset-requests': text };
      const tokens = { 'anthropic-ratelimit-tokens-remaining': '1', 'anthropic-ratelimit-tokens-reset': text };
      const said = saidQuota({ ...requests, ...tokens }, Date.parse('2026-10-21T07:27:00Z'));
      for (const one of [said?.requests, said?.tokens]) {
        if (one === undefined) continue;
        check(one.left >= 0 && Number.isSafeInteger(one.left), `${one.left} left`);
        check(one.resetMs >= 0 && one.resetMs <= 86_400_000, `a reset in ${one.resetMs} ms`);
      }
    },
  },
  {
    name: 'usd',
    about: 'amounts in US dollars',
    files: ['lambda/money/pricing/money.ts'],
    samples: () => ['25.00', '-0.000000001', '999999999999999.999999999'],
    words: ['0', '9', '.', '-', 'e', '00'],
    read(input) {
      const text = input.toString('latin1');
      const amount = parseUsd(text);
      const [, sign, whole = '', part = ''] = /^(-?)([0-9]{1,15})(?:\.([0-9]{1,9}))?$/.exec(text) ?? [];
      check((amount === undefined) === (whole === ''), 'another grammar than a decimal');
      if (amount === undefined) return;
      check(amount === BigInt(`${sign}${whole}${part.padEnd(9, '0')}`), 'another amount');
      check(parseUsd(formatUsd(amount)) === amount, 'written and read, another amount');
    },
  },
  {
    name: 'estimate',
    about: 'texts whose tokens are estimated',
    files: ['lambda/money/pricing/estimate.ts', 'lambda/wire/model/written-text.ts'],
    samples: () => [
      'The quick brown fox, 12345.',
      '\u4f60\u597d\u4e16\u754c \u3053\u3093 \ud55c\uae00',
      '{"a": [1, 2]}\n\n\tif (x) { y(); }',
    ],
    // Each character of another script is looked for in a list of scripts, in each of three passes.
    stepsPerByte: 150,
    read(input) {
      const text = input.toString('utf8');
      const tokens = estimateTokens(text, 'other');
      check(Number.isSafeInteger(tokens) && tokens >= 0 && tokens <= 4 * text.length + 1, `${tokens} tokens`);
      const escaped = JSON.stringify(text);
      const written = new WrittenText();
      written.addEscaped(escaped, 1, escaped.length - 1);
      check(written.tokens === mostTokens(text), 'another count of the same text as it is escaped');
      const damaged = new WrittenText();
      damaged.addEscaped(text, 0, text.length);
      check(Number.isSafeInteger(damaged.tokens), `${damaged.tokens} tokens`);
    },
  },
  {
    name: 'media',
    about: 'headers of pictures and recordings',
    files: [
      'lambda/money/pricing/media/picture-size.ts',
      'lambda/money/pricing/media/recordings.ts',
      'lambda/platform/runtime/base64-bytes.ts',
    ],
    samples: () => PICTURES,
    words: ['\xff', '\xff\xd8', 'GIF89a', 'RIFF', '\x21\xfe', '\x00', '\x2c'],
    read(input) {
      const base64 = input.toString('base64');
      const size = pictureSize(base64);
      if (size !== undefined) check(size.width > 0 && size.height > 0, 'a picture without a size');
      const seconds = recordingSeconds(base64);
      check(seconds === undefined || seconds >= 0, `${seconds} seconds`);
      const letters = input.toString('latin1');
      pictureSize(letters);
      recordingSeconds(letters);
    },
  },
  {
    name: 'path',
    about: 'paths of the data plane',
    files: ['lambda/proxy/before/routes.ts'],
    samples: () => ['/v1/chat/completions', '/v1/models/openai%2Fgpt-5', '//v1//messages/'],
    words: ['/', '//', '%', '%2F', '/v1', '..', '/v1/models/'],
    read: (input) => void matchRoute('GET', input.toString('latin1')),
  },
  {
    name: 'event',
    about: 'events of API Gateway and function URLs',
    files: ['lambda/proxy/hosts/lambda-event.ts', 'lambda/admin/event.ts'],
    samples: () => [JSON.stringify(EVENT), JSON.stringify({ ...EVENT, httpMethod: undefined, rawPath: '/v1/me', rawQueryString: 'a=1' })],
    isJson: true,
    read(input) {
      let event: unknown;
      try {
        event = JSON.parse(input.toString('utf8'));
      } catch {
        return;
      }
      // API Gateway writes these itself; what a caller chooses are names, values and bytes.
      if (!isEvent(event)) return;
      exchangeFromEvent(event, { getRemainingTimeInMillis: () => 1_000 }, 0, () => new PassThrough());
      fromEvent(event as never);
    },
  },
  {
    name: 'simulated-directives',
    about: 'what a prompt asks of the simulated provider',
    files: ['lambda/simulated/directives.ts'],
    samples: () => ['Tell me. [simulate tokens=200 speed=50 cut-after=20]', '[simulate tool]'],
    words: ['[simulate', '[simulate ', ' a=1', '=', ']', ' ', 'tokens='],
    read(input) {
      const behaviour = readDirectives(input.toString('utf8'), DEFAULT_BEHAVIOUR);
      for (const value of Object.values(behaviour)) check(Number.isFinite(value) && value <= 3_600_000, 'a setting beyond its bounds');
    },
  },
];

/** A star for any characters, tried at every place: the definition. */
function plainGlob(pattern: string, text: string): boolean {
  let reached = new Set([0]);
  for (const mark of pattern) {
    const next = new Set<number>();
    if (mark === '*') for (let to = Math.min(...reached); to <= text.length; to += 1) next.add(to);
    else for (const at of reached) if (text.startsWith(mark, at)) next.add(at + mark.length);
    if (next.size === 0) return false;
    reached = next;
  }
  return reached.has(text.length);
}

function isEvent(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const { httpMethod, path, body, headers, multiValueHeaders, queryStringParameters, multiValueQueryStringParameters } = event as Record<
    string,
    unknown
  >;
  const texts = (map: unknown, many: boolean): boolean =>
    map === undefined ||
    map === null ||
    (typeof map === 'object' &&
      !Array.isArray(map) &&
      Object.values(map).every((value) =>
        many ? Array.isArray(value) && value.every((item) => typeof item === 'string') : typeof value === 'string',
      ));
  return (
    typeof httpMethod === 'string' &&
    typeof path === 'string' &&
    (body === undefined || body === null || typeof body === 'string') &&
    texts(headers, false) &&
    texts(queryStringParameters, false) &&
    texts(multiValueHeaders, true) &&
    texts(multiValueQueryStringParameters, true)
  );
}
