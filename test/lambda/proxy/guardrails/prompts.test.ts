import type { GuardRuleConfig } from '../../../../lib/private/contract';
import { DIALECTS, MODELS } from '../../../support/fixture-places';
import type { TestGateway } from '../../../support/gateway';
import { spoken, WIRE_FORMATS } from '../../../support/spoken';
import { startUpstream, type Upstream } from '../../../support/upstream';
import { EMAIL, guardedGateway, policy, sayingOf } from './support';

/** What guardrail policies do to prompts, over sockets. */

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => {
  upstream.requests.length = 0;
});
afterEach(() => gateway.close());
afterAll(() => upstream.close());

const sent = (): string => (upstream.requests[0]?.body ?? Buffer.alloc(0)).toString('utf8');
const start = async (rule: Partial<GuardRuleConfig>, more = {}): Promise<void> => {
  gateway = await guardedGateway(upstream, [policy({ direction: 'input', ...rule }, more)]);
};

const PAIRS = DIALECTS.flatMap((dialect) => WIRE_FORMATS.map((wireFormat) => [dialect, wireFormat] as const));

describe.each(PAIRS)('a prompt from %s to %s', (dialect, wireFormat) => {
  const ask = async (stream: boolean) => {
    upstream.script(spoken(wireFormat, { text: ['fine'] }, stream));
    const { path, body } = sayingOf(dialect, MODELS[wireFormat], `write to ${EMAIL} and ${EMAIL}`, stream);
    const answer = await gateway.call(path, body);
    await gateway.settled();
    return answer;
  };

  test.each([false, true])('is masked before it leaves, streamed: %s', async (stream) => {
    await start({ action: 'mask' });

    const answer = await ask(stream);

    expect(answer.status).toBe(200);
    expect(sent()).toContain('write to [EMAIL_1] and [EMAIL_1]');
    expect(sent()).not.toContain('jane');
    expect(answer.headers['x-gateway-guardrails']).toMatch(/^pii@[0-9a-f]{12}=mask$/);
    const [record] = gateway.records();
    expect(record?.guardrails).toMatchObject([{ policy: 'pii', rule: 'people', direction: 'input', verdict: 'mask', types: ['email'] }]);
    expect(record).toMatchObject({ state: 'settled', guardVerdict: 'mask' });
    expect(JSON.stringify(record, (_name, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain('jane');
  });

  test.each([false, true])('is refused, recorded and given back, streamed: %s', async (stream) => {
    await start({ action: 'block' });

    const answer = await ask(stream);

    expect(answer.status).toBe(400);
    expect(answer.text).toContain("The guardrail policy 'pii'");
    expect(answer.text).not.toContain('jane');
    expect(upstream.requests).toEqual([]);
    expect(gateway.records()).toMatchObject([{ outcome: 'content_policy_violation', guardVerdict: 'block', costNanoUsd: 0n }]);
  });

  test('is let pass with a flag, byte for byte', async () => {
    await start({ action: 'flag' });

    await ask(false);

    expect(sent()).toContain(EMAIL);
    expect(gateway.records()).toMatchObject([{ state: 'settled', guardVerdict: 'flag' }]);
  });
});
