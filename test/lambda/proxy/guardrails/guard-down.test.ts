import type { GuardRuleConfig } from '../../../../lib/private/contract';
import { DIALECTS } from '../../../support/fixture-places';
import type { TestGateway } from '../../../support/gateway';
import { spoken } from '../../../support/spoken';
import { jsonReply, reply, type Step, startUpstream, type Upstream } from '../../../support/upstream';
import { BEDROCK_RULE, bedrockSays, type HOST_PATHS, hosts, isModelCall, moderationRule, webhookRule } from './guard-host';
import { bedrockEnvironment, guardedGateway, sayingOf } from './support';

/** J05: services that are down, slow, or answer with what is no verdict. */

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const MODEL = spoken('openai-chat', { text: ['fine'] }, false);
const SLOW_MS = 150;

const RULES: Readonly<Record<keyof typeof HOST_PATHS, (more?: Partial<GuardRuleConfig>) => GuardRuleConfig>> = {
  webhook: (more) => webhookRule(upstream.origin, { direction: 'input', ...more }, { timeout_ms: SLOW_MS }),
  bedrock: (more) => ({ ...BEDROCK_RULE, direction: 'input', ...more }),
  moderation: (more) => moderationRule({ direction: 'input', ...more }),
};
const KINDS = Object.keys(RULES) as (keyof typeof RULES)[];

/** Everything but a verdict. */
const FAULTS: readonly (readonly [string, readonly Step[]])[] = [
  ['an error', reply(500, { 'content-type': 'application/json' }, '{"verdict":"pass"}')],
  ['an error inside a good status', jsonReply({ error: { message: 'overloaded' } })],
  ['an empty object', jsonReply({})],
  ['no JSON', reply(200, { 'content-type': 'application/json' }, 'pass')],
  ['a redirect', reply(302, { location: 'http://127.0.0.1:1/' }, '')],
  ['a list', reply(200, { 'content-type': 'application/json' }, '["pass"]')],
  ['half an answer', [{ send: 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"verdict":"pass"' }, { end: true }]],
  ['a connection that breaks', [{ reset: true }]],
];

async function start(rule: GuardRuleConfig): Promise<void> {
  gateway = await guardedGateway(upstream, [{ id: 'p', rules: [rule] }], bedrockEnvironment(upstream));
}

async function ask() {
  const { path, body } = sayingOf('openai-chat', 'own/m', 'hello');
  const answer = await gateway.call(path, body);
  await gateway.settled();
  const records = gateway.records().sort((left, right) => (left.id < right.id ? -1 : 1));
  return { answer, record: records.at(-1), sent: upstream.requests.filter(isModelCall) };
}

const only = (kind: keyof typeof RULES, steps: readonly Step[]) => upstream.script(hosts({ [kind]: () => steps, model: MODEL }));

describe.each(KINDS)('J05 a guard behind %s', (kind) => {
  test.each(FAULTS)('that answers with %s lets nothing pass: 503, one void record, nothing charged', async (_name, steps) => {
    only(kind, steps);
    await start(RULES[kind]());

    const { answer, record, sent } = await ask();

    expect([answer.status, answer.json.error.code]).toEqual([503, 'guardrail_unavailable']);
    expect(answer.headers['retry-after']).toBe('2');
    expect(sent).toEqual([]);
    expect(record).toMatchObject({ state: 'void', costNanoUsd: 0n, outcome: 'guardrail_unavailable', guardVerdict: 'failed' });
    expect(gateway.log.find(({ event }) => event === 'guard-unavailable')).toMatchObject({ level: 'warn', requestId: record?.id });
  });

  test('lets calls pass where the rule says so, and the record says that it was not looked at', async () => {
    only(kind, jsonReply({ error: 'no' }));
    await start(RULES[kind]({ on_failure: 'allow' }));

    const { answer, record, sent } = await ask();

    expect(answer.status).toBe(200);
    expect(sent).toHaveLength(1);
    expect(record).toMatchObject({ state: 'settled', guardVerdict: 'failed' });
    expect(record?.guardrails).toMatchObject([{ verdict: 'failed', direction: 'input' }]);
  });
});

test.each(DIALECTS)('J05 the caller of %s hears it in the own dialect', async (dialect) => {
  only('webhook', [{ reset: true }]);
  await start(RULES.webhook());
  const { path, body } = sayingOf(dialect, 'own/m', 'hello');

  const answer = await gateway.call(path, body);

  expect(answer.status).toBe(503);
  expect(answer.json.error.message).toContain("the guardrail policy 'p' asks (rule 'own') gave no verdict");
  expect(answer.text).not.toContain(upstream.origin);
});

test('J05 a slow guard costs its timeout a few times, then nothing until it is back', async () => {
  let isSlow = true;
  upstream.script(hosts({ webhook: () => (isSlow ? [{ hang: true }] : { verdict: 'pass' }), model: MODEL }));
  await start(RULES.webhook({ on_failure: 'allow' }));
  const asked = () => upstream.requests.filter((one) => !isModelCall(one)).length;

  for (let call = 0; call < 3; call += 1) expect((await ask()).answer.status).toBe(200);
  expect(asked()).toBe(3);
  const beganMs = performance.now();
  for (let call = 0; call < 5; call += 1) expect((await ask()).answer.status).toBe(200);
  expect(performance.now() - beganMs).toBeLessThan(5 * SLOW_MS);
  expect(asked()).toBe(3);

  isSlow = false;
  await new Promise((done) => setTimeout(done, 1_050));
  expect((await ask()).record).toMatchObject({ guardVerdict: 'pass' });
  expect((await ask()).record).toMatchObject({ guardVerdict: 'pass' });
  expect(asked()).toBe(5);
});

test('J05 one call finds out whether a guard is back while the others are not held up', async () => {
  let isDown = true;
  upstream.script(
    hosts({ webhook: () => (isDown ? [{ reset: true }] : [{ waitMs: 100 }, ...jsonReply({ verdict: 'pass' })]), model: MODEL }),
  );
  await start(webhookRule(upstream.origin, { direction: 'input' }));
  for (let call = 0; call < 3; call += 1) expect((await ask()).answer.status).toBe(503);
  isDown = false;
  await new Promise((done) => setTimeout(done, 1_050));
  const before = upstream.requests.length;

  const statuses = (await Promise.all(Array.from({ length: 4 }, ask))).map(({ answer }) => answer.status).sort();

  expect(statuses).toEqual([200, 503, 503, 503]);
  expect(upstream.requests.length - before).toBe(2);
  expect((await ask()).answer.status).toBe(200);
});

test('J05 what a guard has billed before another one failed is charged, and nothing else', async () => {
  upstream.script(hosts({ bedrock: (body) => bedrockSays(body), webhook: () => [{ reset: true }], model: MODEL }));
  gateway = await guardedGateway(upstream, [{ id: 'p', rules: [RULES.bedrock(), RULES.webhook()] }], bedrockEnvironment(upstream));

  const { answer, record, sent } = await ask();

  expect([answer.status, sent]).toEqual([503, []]);
  expect(record).toMatchObject({ state: 'settled', costNanoUsd: 150_000n, guardNanoUsd: 150_000n, outcome: 'guardrail_unavailable' });
});

test('J05 a guard is reached at addresses of its network alone', async () => {
  const url = `${upstream.origin.replace('http:', 'https:')}/guard/check`;
  upstream.script(hosts({ webhook: () => ({ verdict: 'pass' }), model: MODEL }));
  await start({ name: 'own', webhook: { url }, action: 'block', direction: 'input' });

  expect((await ask()).answer.status).toBe(503);
  expect(upstream.requests).toEqual([]);
});
