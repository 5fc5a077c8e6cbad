import { createPriceBook } from '../../../../lambda/money/pricing';
import { encodeEventStreamMessage } from '../../../../lambda/wire/framing/aws-event-stream';
import { startGateway, type TestGateway } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { jsonReply, reply, type Step, startUpstream, type Upstream } from '../../../support/upstream';

/** What a guardrail of `Provider.bedrock` bills beside the tokens: reserved before the call, charged once, on the record. */

const MODEL = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
/** 1 US dollar a million tokens in, 10 out. */
const BOOK = bookOf(['bedrock'], `${MODEL} | window=200000 maxOutput=8192 | input=1 output=10`);
const UNIT = { content: 150_000n, topic: 150_000n, pii: 100_000n, grounding: 100_000n, reasoning: 170_000n, picture: 750_000n };
/** A text unit that every policy looks at. */
const ANY = UNIT.content + UNIT.topic + UNIT.pii + 2n * UNIT.reasoning;
const BODY = { model: `bedrock/${MODEL}`, messages: [{ role: 'user', content: 'x' }], max_tokens: 100 };

const NONE = {
  topicPolicyUnits: 0,
  contentPolicyUnits: 0,
  wordPolicyUnits: 0,
  sensitiveInformationPolicyUnits: 0,
  sensitiveInformationPolicyFreeUnits: 0,
  contextualGroundingPolicyUnits: 0,
};
const look = (usage: object) => ({ invocationMetrics: { guardrailProcessingLatency: 9, usage: { ...NONE, ...usage } } });
const input = (usage: object) => ({ guardrail: { inputAssessment: { g1: look(usage) } } });

let upstream: Upstream;
let gateway: TestGateway;

async function start(settings: Record<string, string>): Promise<void> {
  upstream = await startUpstream();
  gateway = await startGateway({
    priceBook: createPriceBook(BOOK),
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    document: {
      providers: [
        {
          id: 'bedrock',
          kind: 'bedrock',
          baseUrl: { value: `${upstream.origin}/bedrock` },
          network: 'loopback',
          regions: ['us-east-1'],
          settings,
        },
      ],
    },
  });
}

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const answered = (more: object, tokens = { inputTokens: 1_000, outputTokens: 100, totalTokens: 1_100 }) =>
  jsonReply({ output: { message: { role: 'assistant', content: [{ text: 'y' }] } }, stopReason: 'end_turn', usage: tokens, ...more });

async function charged(answer: readonly Step[], more: object = {}) {
  upstream.script(answer);
  const { status } = await gateway.call('/v1/chat/completions', { ...BODY, ...more });
  await gateway.settled();
  const record = gateway
    .records()
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .at(-1);
  return { status, reserved: record?.boundNanoUsd ?? 0n, cost: record?.costNanoUsd, units: record?.usage?.guardrailUnits };
}

const TOKENS = 1_000_000n + 1_000_000n;

describe("a guardrail of the operator's", () => {
  beforeEach(() => start({ guardrailId: 'g1', guardrailVersion: '3' }));

  test.each<readonly [string, object, bigint]>([
    ['content filters', { contentPolicyUnits: 2 }, 2n * UNIT.content],
    ['denied topics', { topicPolicyUnits: 3 }, 3n * UNIT.topic],
    ['personal data', { sensitiveInformationPolicyUnits: 4 }, 4n * UNIT.pii],
    ['grounding', { contextualGroundingPolicyUnits: 5 }, 5n * UNIT.grounding],
    ['two policies of automated reasoning', { automatedReasoningPolicyUnits: 3, automatedReasoningPolicies: 2 }, 6n * UNIT.reasoning],
    ['words and regular expressions, which are free', { wordPolicyUnits: 9, sensitiveInformationPolicyFreeUnits: 9 }, 0n],
    ['all of them', { contentPolicyUnits: 1, topicPolicyUnits: 1, sensitiveInformationPolicyUnits: 1 }, 400_000n],
  ])('is charged for %s', async (_name, usage, fee) => {
    expect((await charged(answered({ trace: input(usage) }))).cost).toBe(TOKENS + fee);
  });

  test('is asked to say what it bills, and shows it on the record by policy', async () => {
    const { units } = await charged(answered({ trace: input({ contentPolicyUnits: 2, topicPolicyUnits: 1, wordPolicyUnits: 1 }) }));

    expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '').guardrailConfig).toEqual({
      guardrailIdentifier: 'g1',
      guardrailVersion: '3',
      trace: 'enabled',
    });
    expect(units).toEqual({ content: 2, topic: 1 });
  });

  test('bills the answer beside the prompt, each piece of a stream for itself', async () => {
    const trace = {
      guardrail: {
        inputAssessment: { g1: look({ contentPolicyUnits: 1 }) },
        outputAssessments: { g1: [look({ contentPolicyUnits: 1 }), look({ contentPolicyUnits: 2, topicPolicyUnits: 1 })] },
      },
    };
    const frames = [
      ['messageStart', { role: 'assistant' }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'y' } }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['messageStop', { stopReason: 'end_turn' }],
      ['metadata', { usage: { inputTokens: 1_000, outputTokens: 100, totalTokens: 1_100 }, trace }],
    ] as const;
    const body = Buffer.concat(
      frames.map(([event, data]) =>
        encodeEventStreamMessage({ ':message-type': 'event', ':event-type': event }, Buffer.from(JSON.stringify(data))),
      ),
    );

    const { cost, units } = await charged(reply(200, { 'content-type': 'application/vnd.amazon.eventstream' }, body), { stream: true });

    expect(units).toEqual({ content: 4, topic: 1 });
    expect(cost).toBe(TOKENS + 4n * UNIT.content + UNIT.topic);
  });

  test('that refused the prompt is all that is charged', async () => {
    const refused = answered(
      { stopReason: 'guardrail_intervened', trace: input({ contentPolicyUnits: 1 }) },
      {
        inputTokens: 0,
        outputTokens: 0,
        totalTokens: 0,
      },
    );

    expect((await charged(refused)).cost).toBe(UNIT.content);
  });

  test('is reserved for before the call: prompt, answer and pictures, by every policy', async () => {
    const plain = await charged(answered({}), { max_tokens: 1 });
    const larger = await charged(answered({}), { max_tokens: 1, messages: [{ role: 'user', content: 'x'.repeat(10_001) }] });
    const longer = await charged(answered({}), { max_tokens: 1_001 });
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000400000004008020000', 'hex').toString('base64');
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } };
    const pictured = await charged(answered({}), { max_tokens: 1, messages: [{ role: 'user', content: [picture] }] });

    const ofInput = 10_000n * 1_000n;
    expect(larger.reserved - plain.reserved).toBe(ofInput + 10n * ANY);
    // Sixteen characters a token, and twice as many units as they fill.
    expect(longer.reserved - plain.reserved).toBeGreaterThanOrEqual(985n * 10_000n + 30n * ANY);
    expect(pictured.reserved - plain.reserved).toBeGreaterThanOrEqual(UNIT.picture);
  });

  test('that did not say what it bills is charged as if every policy had looked at every text', async () => {
    const { cost, units } = await charged(answered({}));

    expect(units).toEqual({ any: 2 });
    expect(cost).toBe(TOKENS + 2n * ANY);
  });

  test('cannot have looked at more than there is: such a report is not believed', async () => {
    const { cost } = await charged(answered({ trace: input({ contentPolicyUnits: 1_000_000 }) }));

    expect(cost).toBeLessThan(TOKENS + 10n * ANY);
    expect(gateway.log.find(({ event }) => event === 'usage-anomaly')).toMatchObject({ reason: 'content' });
  });
});

describe('where callers may ask for guardrails', () => {
  beforeEach(() => start({ callerGuardrails: 'g1' }));

  test('only who asks pays, and reserves for it', async () => {
    const without = await charged(answered({}));
    const guardrailConfig = { guardrailIdentifier: 'g1', guardrailVersion: '1' };
    const asked = await charged(answered({ trace: input({ topicPolicyUnits: 1 }) }), { guardrailConfig });

    expect([without.cost, without.units]).toEqual([TOKENS, undefined]);
    expect(asked.cost).toBe(TOKENS + UNIT.topic);
    expect(asked.reserved - without.reserved).toBeGreaterThanOrEqual(ANY);
  });
});
