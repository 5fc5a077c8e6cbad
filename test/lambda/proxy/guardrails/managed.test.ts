import { createHmac } from 'node:crypto';
import type { DialectName } from '../../../../lambda/wire/dialects';
import type { GuardRuleConfig } from '../../../../lib/private/contract';
import { DIALECTS } from '../../../support/fixture-places';
import type { TestGateway, TestGatewayOptions } from '../../../support/gateway';
import { spoken } from '../../../support/spoken';
import { startUpstream, type Upstream } from '../../../support/upstream';
import { BEDROCK_RULE, bedrockSays, hosts, isModelCall, moderationRule, webhookRule } from './guard-host';
import { bedrockEnvironment, EMAIL, guardedGateway, sayingOf } from './support';

/** What services say of prompts, whatever the caller's dialect: before anything goes to a provider. */

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

async function start(rules: GuardRuleConfig[], options: TestGatewayOptions = {}): Promise<void> {
  gateway = await guardedGateway(upstream, [{ id: 'p', rules }], { ...bedrockEnvironment(upstream), ...options });
}

async function ask(text: string, dialect: DialectName = 'openai-chat') {
  const { path, body } = sayingOf(dialect, 'own/m', text);
  const answer = await gateway.call(path, body);
  await gateway.settled();
  return { answer, record: gateway.records().at(-1), sent: upstream.requests.filter(isModelCall) };
}

const bodies = (path: string) =>
  upstream.requests.filter((one) => one.path.startsWith(path)).map(({ body }) => JSON.parse(body.toString()));

describe('a webhook', () => {
  test('is told the texts, the way and the rule, signed with a secret and the time', async () => {
    upstream.script(hosts({ webhook: () => ({ verdict: 'pass' }), model: MODEL }));
    await start([webhookRule(upstream.origin, { direction: 'input' }, { secret: 'shh' })]);

    const { answer, record } = await ask('hello');

    expect(answer.status).toBe(200);
    const [{ headers, body }] = upstream.requests as [(typeof upstream.requests)[0]];
    expect(JSON.parse(body.toString())).toEqual({
      version: 1,
      request_id: record?.id,
      policy: 'p',
      rule: 'own',
      direction: 'input',
      texts: ['hello'],
      timeout_ms: 2_000,
    });
    const { 'x-gateway-timestamp': timestamp = '', 'x-gateway-signature': signature } = headers;
    expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(60);
    expect(signature).toBe(`v1=${createHmac('sha256', 'shh').update(`${timestamp}.${body}`).digest('hex')}`);
    expect(headers['x-gateway-request-id']).toBe(record?.id);
    expect(headers['authorization']).toBeUndefined();
    expect(record?.guardrails).toMatchObject([{ policy: 'p', verdict: 'pass' }]);
  });

  test('is not signed without a secret, and signed with the one that the construct names', async () => {
    upstream.script(hosts({ webhook: () => ({ verdict: 'pass' }), model: MODEL }));
    await start([webhookRule(upstream.origin, { direction: 'input' })]);
    await ask('hello');
    expect(upstream.requests[0]?.headers['x-gateway-signature']).toBeUndefined();
    await gateway.close();

    await start([webhookRule(upstream.origin, { direction: 'input' }, { secret_arn: { value: 'arn:hook' } })], {
      secrets: { 'arn:hook': 'kept', 'arn:key': 'k' },
    });
    await ask('hello');
    const { headers, body } = upstream.requests.filter((one) => !isModelCall(one)).at(-1) as (typeof upstream.requests)[0];
    const expected = createHmac('sha256', 'kept').update(`${headers['x-gateway-timestamp']}.${body}`).digest('hex');
    expect(headers['x-gateway-signature']).toBe(`v1=${expected}`);
  });

  test.each(DIALECTS)('that blocks a prompt of %s is all that happens: one void record, no charge, nothing sent', async (dialect) => {
    upstream.script(hosts({ webhook: () => ({ verdict: 'block', types: ['politics', 'not a type!'] }), model: MODEL }));
    await start([webhookRule(upstream.origin)]);

    const { answer, record, sent } = await ask('hello', dialect);

    expect(answer.status).toBe(400);
    expect(answer.text).toContain("The guardrail policy 'p' (rule 'own') refuses this call: it found politics.");
    expect(sent).toEqual([]);
    expect(gateway.records()).toHaveLength(1);
    expect(record).toMatchObject({
      state: 'void',
      costNanoUsd: 0n,
      status: 400,
      outcome: 'content_policy_violation',
      guardVerdict: 'block',
    });
    expect(record?.guardrails).toMatchObject([{ rule: 'own', direction: 'input', verdict: 'block', types: ['politics'] }]);
  });

  test.each(DIALECTS)('that masks a prompt of %s has it go on so, and the answer comes', async (dialect) => {
    const masked = ({ texts }: { readonly texts: readonly string[] }) => texts.map((text) => text.replaceAll(EMAIL, '<email>'));
    upstream.script(hosts({ webhook: (body) => ({ verdict: 'mask', texts: masked(body), types: ['email'] }), model: MODEL }));
    await start([webhookRule(upstream.origin, { direction: 'input' })]);

    const { answer, record, sent } = await ask(`write to ${EMAIL}, please`, dialect);

    expect(answer.status).toBe(200);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.body.toString()).toContain('write to <email>, please');
    expect(sent[0]?.body.toString()).not.toContain(EMAIL);
    expect(record).toMatchObject({ state: 'settled', guardVerdict: 'mask' });
  });

  test('that is to flag changes nothing', async () => {
    upstream.script(hosts({ webhook: () => ({ verdict: 'block', types: ['x'] }), model: MODEL }));
    await start([webhookRule(upstream.origin, { action: 'flag', direction: 'input' })]);

    const { answer, record } = await ask('hello');

    expect(answer.status).toBe(200);
    expect(record).toMatchObject({ guardVerdict: 'flag', state: 'settled' });
  });

  test.each<[string, Partial<GuardRuleConfig>]>([
    ['route leaves the targets that may see it, or none', { targets: ['vllm/*'] }],
    ['tell how sensitive it is leaves the targets of that label, or none', { sensitivity: 'restricted' }],
  ])('that is to %s', async (_name, rule) => {
    upstream.script(hosts({ webhook: ({ texts }) => ({ verdict: texts[0] === 'secret' ? 'block' : 'pass' }), model: MODEL }));
    await start([webhookRule(upstream.origin, { action: 'route', direction: 'input', ...rule })]);

    expect((await ask('public')).answer.status).toBe(200);
    const { answer, sent, record } = await ask('secret');

    expect(answer.status).toBe(403);
    expect(sent).toHaveLength(1);
    expect(record).toMatchObject({ outcome: 'target_not_allowed', state: 'void' });
    expect(record?.sensitivity).toBe(rule.sensitivity);
  });

  test('is not asked for a key that has nothing left', async () => {
    upstream.script(hosts({ webhook: () => ({ verdict: 'pass' }), model: MODEL }));
    await start([webhookRule(upstream.origin)]);
    const authorization = `Bearer ${await gateway.addKey({ limits: { requests_per_minute: 1 } })}`;
    const { path, body } = sayingOf('openai-chat', 'own/m', 'hi');
    await gateway.call(path, body, { authorization });
    const before = upstream.requests.length;

    const answer = await gateway.call(path, body, { authorization });

    expect(answer.status).toBe(429);
    expect(upstream.requests).toHaveLength(before);
  });
});

describe('a guardrail of Bedrock’s', () => {
  test('is asked by a signed call of its Region, whoever the provider is', async () => {
    upstream.script(hosts({ bedrock: (body) => bedrockSays(body), model: MODEL }));
    await start([{ ...BEDROCK_RULE, direction: 'input' }]);

    const { answer } = await ask('hello');

    expect(answer.status).toBe(200);
    const [{ path, headers, body }] = upstream.requests as [(typeof upstream.requests)[0]];
    expect(path).toBe('/guardrail/gr1/version/2/apply');
    expect(JSON.parse(body.toString())).toEqual({ source: 'INPUT', content: [{ text: { text: 'hello' } }] });
    expect(headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/bedrock\/aws4_request/);
  });

  test('by its ARN is asked where that says', async () => {
    upstream.script(hosts({ bedrock: (body) => bedrockSays(body), model: MODEL }));
    const guardrail_id = 'arn:aws:bedrock:us-west-2:123456789012:guardrail/gr9';
    await start([{ ...BEDROCK_RULE, bedrock: { guardrail_id, guardrail_version: 'DRAFT' }, direction: 'input' }]);

    await ask('hello');

    expect(upstream.requests[0]?.path).toBe(`/guardrail/${encodeURIComponent(guardrail_id)}/version/DRAFT/apply`);
    expect(upstream.requests[0]?.headers['authorization']).toContain('/us-west-2/bedrock/');
  });

  test('that blocks is charged, and nothing else', async () => {
    upstream.script(hosts({ bedrock: (body) => bedrockSays(body, { blocks: /bomb/ }), model: MODEL }));
    await start([BEDROCK_RULE]);

    const { answer, record, sent } = await ask(`a bomb ${'x'.repeat(1_500)}`);

    expect(answer.status).toBe(400);
    expect(answer.text).toContain('VIOLENCE');
    expect(sent).toEqual([]);
    expect(record).toMatchObject({ state: 'settled', costNanoUsd: 300_000n, guardNanoUsd: 300_000n, guardVerdict: 'block' });
    expect(record?.boundNanoUsd).toBeGreaterThanOrEqual(300_000n);
    expect(record?.usage).toBeUndefined();
  });

  test('that masks has the prompt go on masked, its fee part of what the call costs', async () => {
    upstream.script(hosts({ bedrock: (body) => bedrockSays(body, { masks: /jane\.doe@example\.com/ }), model: MODEL }));
    await start([{ ...BEDROCK_RULE, direction: 'input' }]);

    const { sent, record } = await ask(`write to ${EMAIL}`);

    expect(sent[0]?.body.toString()).toContain('write to {EMAIL}');
    expect(record).toMatchObject({ state: 'settled', costNanoUsd: 150_000n, guardNanoUsd: 150_000n });
    expect(record?.guardrails).toMatchObject([{ verdict: 'mask', types: ['EMAIL'] }]);
  });

  test('sees long prompts in pieces that overlap, whose masks fit together', async () => {
    upstream.script(hosts({ bedrock: (body) => bedrockSays(body, { masks: /jane\.doe@example\.com/ }), model: MODEL }));
    await start([{ ...BEDROCK_RULE, direction: 'input' }]);
    // Across the end of the first piece.
    const text = `${'a '.repeat(12_492)}${EMAIL} ${'b '.repeat(20_000)}${EMAIL}`;

    const { sent, record } = await ask(text);

    const asked = bodies('/guardrail/');
    expect(asked.length).toBe(3);
    for (const { content } of asked) expect(content[0].text.text.length).toBeLessThanOrEqual(25_000);
    expect(JSON.parse(sent[0]?.body.toString() ?? '').messages[0].content).toBe(text.replaceAll(EMAIL, '{EMAIL}'));
    expect(record?.costNanoUsd).toBeLessThanOrEqual(record?.boundNanoUsd ?? 0n);
  });

  test.each([
    ['one text for several', { outputs: [] }],
    ['words in place of the text', { outputs: [{ text: 'a' }, { text: 'b' }] }],
  ])('that says it stepped in and gives %s has blocked', async (_name, more) => {
    upstream.script(hosts({ bedrock: (body) => ({ ...bedrockSays(body), action: 'GUARDRAIL_INTERVENED', ...more }), model: MODEL }));
    await start([BEDROCK_RULE]);

    expect((await ask('hello')).answer.status).toBe(400);
  });

  test('names what it found, and never the text of it', async () => {
    const assessments = [
      {
        topicPolicy: { topics: [{ name: 'Give advice', type: 'DENY', action: 'BLOCKED' }] },
        wordPolicy: {
          customWords: [{ match: 'darn', action: 'BLOCKED' }],
          managedWordLists: [{ match: 'heck', type: 'PROFANITY', action: 'NONE', detected: true }],
        },
        sensitiveInformationPolicy: {
          piiEntities: [{ type: 'NAME', match: 'Jane', action: 'NONE', detected: false }],
          regexes: [{ name: 'part number', match: 'AB-1', action: 'BLOCKED' }],
        },
        contextualGroundingPolicy: { filters: [{ type: 'GROUNDING', score: 0.1, action: 'BLOCKED' }] },
      },
    ];
    upstream.script(
      hosts({
        bedrock: (body) => ({ ...bedrockSays(body), action: 'GUARDRAIL_INTERVENED', outputs: [{ text: 'No.' }], assessments }),
        model: MODEL,
      }),
    );
    await start([BEDROCK_RULE]);

    const { record, answer } = await ask('hello');

    expect(record?.guardrails?.[0]?.types).toEqual(['CUSTOM_WORD', 'GROUNDING', 'Give_advice', 'PROFANITY', 'part_number']);
    expect(answer.text + JSON.stringify(gateway.log)).not.toMatch(/darn|\bheck\b|AB-1|Jane/);
  });
});

describe('moderation', () => {
  const result = (flags: object, scores: object = {}) => ({ flagged: true, categories: flags, category_scores: scores });

  test('is asked of a configured provider, with its credential', async () => {
    upstream.script(hosts({ moderation: ({ input }) => ({ results: input.map(() => result({ violence: false })) }), model: MODEL }));
    await start([moderationRule({ direction: 'input' })]);

    expect((await ask('hello')).answer.status).toBe(200);
    expect(bodies('/v1/moderations')).toEqual([{ model: 'omni-moderation-latest', input: ['hello'] }]);
  });

  test.each<readonly [string, object, object, number]>([
    ['what the provider flags', {}, result({ violence: true }), 400],
    ['nothing where nothing is flagged', {}, result({ violence: false }), 200],
    ['the categories that the rule names alone', { categories: ['hate'] }, result({ violence: true, hate: false }), 200],
    ['scores from the threshold on', { threshold: 0.4 }, result({ violence: false }, { violence: 0.4 }), 400],
    ['no scores below it', { threshold: 0.4 }, result({ violence: true }, { violence: 0.39 }), 200],
  ])('counts %s', async (_name, moderation, said, status) => {
    upstream.script(hosts({ moderation: () => ({ results: [said] }), model: MODEL }));
    await start([moderationRule({ direction: 'input' }, moderation)]);

    expect((await ask('hello')).answer.status).toBe(status);
  });
});

test('rules that mask see what those before them left, and each says its own', async () => {
  upstream.script(
    hosts({
      webhook: ({ texts }) => ({ verdict: 'mask', texts: texts.map((text) => text.replace('{EMAIL}', 'somebody')) }),
      bedrock: (body) => bedrockSays(body, { masks: /jane\.doe@example\.com/ }),
      model: MODEL,
    }),
  );
  await start([{ ...BEDROCK_RULE, direction: 'input' }, webhookRule(upstream.origin, { direction: 'input' })]);

  const { sent, record } = await ask(`write to ${EMAIL}`);

  expect(sent[0]?.body.toString()).toContain('write to somebody');
  expect(record?.guardrails).toHaveLength(2);
});

test('what is masked here is shown to no service', async () => {
  upstream.script(hosts({ webhook: () => ({ verdict: 'pass' }), model: MODEL }));
  await start([{ name: 'people', detect: ['email'], action: 'mask' }, webhookRule(upstream.origin, { direction: 'input' })]);

  await ask(`write to ${EMAIL}`);

  expect(bodies('/guard/check')[0].texts).toEqual(['write to [EMAIL_1]']);
});
