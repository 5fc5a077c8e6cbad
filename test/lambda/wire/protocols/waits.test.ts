import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { saidQuota } from '../../../../lambda/wire/protocols/quota-headers';
import { retryAfterInWords, retryAfterSeconds } from '../../../../lambda/wire/protocols/retry-after';

const NOW = Date.parse('2026-11-30T08:00:00Z');

test.each([
  ['Rate limit reached. Please try again in 5.289s. Visit https://x.test for more', 5_289],
  ['Please try again in 6m12.5s.', 60_000],
  ['Please try again in 20ms.', 20],
  ['… current pricing tier. Please retry after 45 seconds. Please go here', 45_000],
  ['Try again in 1 minute 2 seconds', 60_000],
  ['try again in 1 second', 1_000],
  ['retry after 0 seconds', undefined],
  ['try again in a while', undefined],
  ['try again in 5 apples', undefined],
  ['wait 5 s', undefined],
  [`try again in ${'9'.repeat(40)}s`, undefined],
])('F04 a wait in words: %s', (message, ms) => {
  expect(retryAfterInWords(message)).toBe(ms);
});

test.each([
  [7, 7_000],
  ['1.5', 1_500],
  [0, undefined],
  [-3, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, 60_000],
  ['soon', undefined],
  [null, undefined],
])('F04 a wait in a body: %p', (value, ms) => {
  expect(retryAfterSeconds(value)).toBe(ms);
});

const waitOf = (body: object, headers: Record<string, string> = {}, status = 429) =>
  openAiChat.decodeError(status, body as never, headers).error.retryAfterMs;

test('F04 a body goes before a header, a header before words, and words before what a quota says', () => {
  const body = { error: { message: 'Please try again in 9s.', retry_after: 8 } };
  const quota = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6s' };

  expect(waitOf(body, { 'retry-after': '7', ...quota })).toBe(8_000);
  expect(waitOf({ error: { message: 'x' } }, { 'retry-after-ms': '70', 'retry-after': '7' })).toBe(70);
  expect(waitOf({ error: { message: 'Please try again in 9s.' } }, quota)).toBe(9_000);
  expect(waitOf({ error: { message: 'x' } }, quota)).toBe(6_000);
  expect(waitOf({ error: { message: 'x' } }, { ...quota, 'x-ratelimit-remaining-tokens': '5' })).toBeUndefined();
});

test('F04 words that are not of a rate limit are no wait', () => {
  expect(waitOf({ error: { message: 'Please try again in 9s.' } }, {}, 500)).toBeUndefined();
  expect(waitOf({ error: { message: 'Please try again in 9s.' } }, {}, 503)).toBe(9_000);
});

test.each<readonly [string, Record<string, string>, object | undefined]>([
  ['nothing', { 'content-type': 'application/json' }, undefined],
  [
    'OpenAI',
    {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    { requests: { left: 59, limit: 60, resetMs: 1_000 }, tokens: { left: 149_984, limit: 150_000, resetMs: 360_000 } },
  ],
  [
    'Anthropic: the prompt’s tokens',
    {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-30T08:00:30Z',
      'anthropic-ratelimit-input-tokens-limit': '40000',
      'anthropic-ratelimit-input-tokens-remaining': '39000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-30T08:00:02Z',
      'anthropic-ratelimit-tokens-remaining': '1',
    },
    { requests: { left: 0, limit: 50, resetMs: 30_000 }, tokens: { left: 39_000, limit: 40_000, resetMs: 2_000 } },
  ],
  [
    'Azure: no reset is a minute, -1 is no quota',
    { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-remaining-tokens': '-1', 'x-ratelimit-reset-tokens': '0' },
    { requests: { left: 9, resetMs: 60_000 } },
  ],
  [
    'seconds, and a moment that has passed',
    {
      'x-ratelimit-remaining-tokens-minute': '0',
      'x-ratelimit-reset-tokens-minute': '12.5',
      'x-ratelimit-remaining': '3',
      'x-ratelimit-reset': '1',
    },
    { requests: { left: 3, resetMs: 1_000 }, tokens: { left: 0, resetMs: 12_500 } },
  ],
  [
    'moments of the epoch',
    { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': String(NOW + 5_000), 'x-tokenlimit-remaining': '4' },
    { requests: { left: 3, resetMs: 5_000 }, tokens: { left: 4, resetMs: 5_000 } },
  ],
  ['what is no number', { 'x-ratelimit-remaining-requests': 'many', 'x-ratelimit-remaining-tokens': '1e5' }, undefined],
])('what is left of a quota: %s', (_name, headers, said) => {
  expect(saidQuota(headers, NOW)).toEqual(said);
});
