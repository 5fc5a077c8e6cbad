import type { DialectName } from '../../../../lambda/wire/dialects';
import type { GuardRuleConfig } from '../../../../lib/private/contract';
import { readAnswer, readStream } from '../../../support/answers';
import { DIALECTS, MODELS } from '../../../support/fixture-places';
import type { TestGateway } from '../../../support/gateway';
import { type Said, spoken, WIRE_FORMATS, type WireFormat } from '../../../support/spoken';
import { startUpstream, type Upstream } from '../../../support/upstream';
import { EMAIL, guardedGateway, policy, sayingOf } from './support';

/** What guardrail policies do to answers, over sockets: every caller's dialect, every provider's wire format, streamed and not. */

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

const CUT: Readonly<Record<DialectName, string>> = {
  'openai-chat': 'content_filter',
  'openai-responses': 'content_filter',
  'anthropic-messages': 'refusal',
};

/** A text and the arguments of a call, each holding an address at a cut. */
const SAID: Said = {
  reasoning: ['they are ', 'jane.d', 'oe@example', '.com, so'],
  text: ['write to jane', '.doe@ex', 'ample.com', ' today'],
  args: ['{"to": "jane.doe\\u0040exa', 'mple.com", "n": 1}'],
};

const PAIRS = DIALECTS.flatMap((dialect) => WIRE_FORMATS.map((wireFormat) => [dialect, wireFormat] as const));

describe.each(PAIRS)('an answer to %s from %s', (dialect, wireFormat) => {
  const gateways = new Map<string, Promise<TestGateway>>();
  const gatewayOf = (rule: Partial<GuardRuleConfig>): Promise<TestGateway> => {
    const name = JSON.stringify(rule);
    const known = gateways.get(name) ?? guardedGateway(upstream, [policy({ direction: 'output', ...rule })]);
    gateways.set(name, known);
    return known;
  };
  afterAll(async () => {
    for (const gateway of gateways.values()) await (await gateway).close();
  });

  const ask = async (rule: Partial<GuardRuleConfig>, said: Said, stream: boolean, prompt = 'Hi') => {
    const gateway = await gatewayOf(rule);
    upstream.script(spoken(wireFormat as WireFormat, said, stream));
    const { path, body } = sayingOf(dialect, MODELS[wireFormat], prompt, stream);
    const answer = await gateway.call(path, body);
    await gateway.settled();
    const told = stream ? readStream(dialect, answer.text) : readAnswer(dialect, answer.json);
    return { answer, told, record: gateway.records().at(-1) };
  };

  test.each([false, true])('is masked, what a tool is called with included, streamed: %s', async (stream) => {
    const { answer, told, record } = await ask({ action: 'mask' }, SAID, stream);

    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/jane|example/);
    expect(told.text).toBe('write to [EMAIL_1] today');
    expect(told.reasoning).toMatch(/^(?:they are \[EMAIL_1\], so|)$/);
    expect(JSON.parse(told.toolCalls[0]?.args ?? '')).toEqual({ to: '[EMAIL_1]', n: 1 });
    expect(told.terminals.filter((terminal) => terminal === 'error')).toEqual([]);
    expect(record?.guardrails).toMatchObject([{ policy: 'pii', direction: 'output', verdict: 'mask', types: ['email'] }]);
  });

  test.each([false, true])('ends as a refusal where it is blocked, streamed: %s', async (stream) => {
    const { answer, told, record } = await ask({ action: 'block' }, { text: SAID.text as string[] }, stream);

    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/jane|example/);
    expect(told.text + told.refusal).toContain('write to ');
    expect(told.text).not.toContain('today');
    expect(told.finish).toBe(CUT[dialect]);
    expect(answer.text).toContain("The guardrail policy 'pii' ended this answer.");
    expect(record).toMatchObject({ state: 'settled', guardVerdict: 'block', finishReason: 'content-filter' });
  });

  test.each([false, true])('ends as a refusal where the arguments of a tool are blocked, streamed: %s', async (stream) => {
    const { answer, told } = await ask({ action: 'block' }, { args: SAID.args as string[] }, stream);

    expect(answer.text).not.toMatch(/jane|example/);
    expect(told.finish).toBe(CUT[dialect]);
  });

  test.each([false, true])('is only looked at with a flag, streamed: %s', async (stream) => {
    const { told, record } = await ask({ action: 'flag' }, SAID, stream);

    expect(told.text).toBe(`write to ${EMAIL} today`);
    expect(record).toMatchObject({ state: 'settled', guardVerdict: 'flag' });
  });

  test.each([false, true])("gives the caller's own values back, streamed: %s", async (stream) => {
    const said = { text: ['to [EMA', 'IL_1] and [EMAIL', '_2]'], args: ['{"to":"[EMAI', 'L_1]"}'] };

    const { told } = await ask({ action: 'mask', direction: 'input', reversible: true }, said, stream, `I am "${EMAIL}"`);

    expect(told.text).toBe(`to ${EMAIL} and [EMAIL_2]`);
    expect(JSON.parse(told.toolCalls[0]?.args ?? '')).toEqual({ to: EMAIL });
    expect(upstream.requests.at(-1)?.body.toString()).not.toContain('jane');
  });
});
