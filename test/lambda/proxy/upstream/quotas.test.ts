import type { TargetConfig } from '../../../../lib/private/contract';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

/** What a provider lets the gateway ask of it, by what is configured and by what its answers say. */

let up: Upstream;
let spare: Upstream;
let gateway: TestGateway;
let ahead: number;
const ANSWER = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};

beforeEach(async () => {
  // Limits are those of a minute of the wall clock: none ends within a test by itself.
  ahead = 61_000 - (Date.now() % 60_000);
  [up, spare] = await Promise.all([startUpstream(), startUpstream()]);
  up.script(jsonReply(ANSWER));
  spare.script(jsonReply(ANSWER));
});

afterEach(async () => {
  await gateway.close();
  await Promise.all([up.close(), spare.close()]);
});

const start = async (limits: Partial<TargetConfig> = {}) => {
  gateway = await startGateway({
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    document: {
      providers: [compatible('up', up.origin), compatible('spare', spare.origin)],
      routes: [
        {
          alias: 'both',
          targets: [
            { provider: 'up', model: 'm', ...limits },
            { provider: 'spare', model: 'm' },
          ],
        },
        { alias: 'alone', targets: [{ provider: 'up', model: 'm', ...limits }] },
      ],
    },
  });
};
const ask = async (model = 'both', content = 'x') => {
  const { headers, status } = await gateway.call('/v1/chat/completions', { model, messages: [{ role: 'user', content }] });
  return status === 200 ? headers['x-gateway-provider'] : status;
};

test.each<readonly [string, Record<string, string>]>([
  ['OpenAI', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20s' }],
  ['Anthropic', { 'anthropic-ratelimit-requests-remaining': '0', 'anthropic-ratelimit-requests-reset': 'AT+20' }],
  ['Azure', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20' }],
  ['tokens', { 'x-ratelimit-remaining-tokens': '3', 'x-ratelimit-reset-tokens': '20s' }],
])('a target that has said that nothing is left is passed over before the call, until there is more: %s', async (_name, headers) => {
  await start();
  const at = new Date(Date.now() + ahead + 20_000).toISOString();
  up.script(
    jsonReply(ANSWER, 200, Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === 'AT+20' ? at : value]))),
  );

  expect([await ask(), await ask(), await ask()]).toEqual(['up', 'spare', 'spare']);
  expect(up.requests).toHaveLength(1);
  ahead += 21_000;
  expect(await ask()).toBe('up');
});

test('a small call finds room where a large one does not', async () => {
  await start();
  up.script(jsonReply(ANSWER, 200, { 'x-ratelimit-remaining-tokens': '1000', 'x-ratelimit-reset-tokens': '20s' }));
  await ask();

  expect([await ask('both', 'x'.repeat(8_000)), await ask()]).toEqual(['spare', 'up']);
});

test('configured requests a minute are counted', async () => {
  await start({ requests_per_minute: 2 });

  expect([await ask(), await ask(), await ask()]).toEqual(['up', 'up', 'spare']);
  ahead += 61_000;
  expect(await ask()).toBe('up');
});

test('configured tokens a minute are counted', async () => {
  await start({ tokens_per_minute: 3_000 });

  expect([await ask('both', 'x'.repeat(8_000)), await ask('both', 'x'.repeat(8_000)), await ask()]).toEqual(['up', 'spare', 'up']);
});

test('where none has room they are asked all the same: the provider knows best', async () => {
  await start({ requests_per_minute: 1 });

  expect([await ask('alone'), await ask('alone')]).toEqual(['up', 'up']);
});
