import { type Hosts, saysOk, startHosts } from '../../../support/hosts';

/** `guardrailConfig` of Converse, which callers of Chat Completions write beside that API's fields. */

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const GPT_OSS = 'openai.gpt-oss-120b-1:0';
const GPT = 'us.openai.gpt-6-sol';
const ARN = 'arn:aws:bedrock:us-east-1:444455556666:guardrail/g2';
const converse = (model: string) => `/bedrock/model/${encodeURIComponent(model)}/converse`;
const own = { guardrailIdentifier: 'g1', guardrailVersion: '3' };
const traced = { ...own, trace: 'enabled' };
const messages = [{ role: 'user', content: 'Hi' }];

let hosts: Hosts;

async function start(settings: Record<string, string>): Promise<void> {
  hosts = await startHosts({ bedrock: { settings } });
  hosts.upstream.script(saysOk);
}

afterEach(() => hosts.close());

function ask(guardrailConfig: object, model = CLAUDE, more: object = {}) {
  return hosts.ask('/v1/chat/completions', { model: `bedrock/${model}`, messages, guardrailConfig, ...more });
}

describe('where an administrator names guardrails that callers may ask for', () => {
  beforeEach(() => start({ callerGuardrails: `g1,${ARN}` }));

  test.each([CLAUDE, GPT_OSS, GPT])('one of them goes with the call of %s, by Converse', async (model) => {
    const answer = await ask(own, model);

    expect(answer.status).toBe(200);
    expect(hosts.sent()[0]).toMatchObject({ path: converse(model), body: { guardrailConfig: own } });
    expect(answer.headers['x-gateway-warnings']).toBeUndefined();
  });

  test('its draft is meant where no version is named, and its trace is shown to nobody', async () => {
    const answer = await ask({ guardrailIdentifier: ARN, trace: 'enabled', streamProcessingMode: 'async' });

    expect(hosts.sent()[0]?.body.guardrailConfig).toEqual({ guardrailIdentifier: ARN, guardrailVersion: 'DRAFT', trace: 'enabled' });
    expect(answer.headers['x-gateway-warnings']).toBe('dropped: guardrailConfig.trace');
  });

  test('how a stream is looked at goes with streams', async () => {
    await ask({ ...own, streamProcessingMode: 'async' }, CLAUDE, { stream: true });

    expect(hosts.sent()[0]).toMatchObject({
      path: `${converse(CLAUDE)}-stream`,
      body: { guardrailConfig: { ...own, streamProcessingMode: 'async' } },
    });
  });

  test.each([
    ['another', { guardrailIdentifier: 'g9', guardrailVersion: '1' }, "'g9', which no caller may ask for"],
    ['part of a list', { guardrailIdentifier: 'g1,arn', guardrailVersion: '1' }, 'which no caller may ask for'],
    ['none', { guardrailVersion: '1' }, 'no name, which no caller may ask for'],
  ])('%s is refused before anything is sent', async (_name, guardrailConfig, words) => {
    const answer = await ask(guardrailConfig);

    expect([answer.status, answer.json.error.param]).toEqual([400, 'guardrailConfig.guardrailIdentifier']);
    expect(answer.json.error.message).toContain(words);
    expect(hosts.sent()).toEqual([]);
  });

  test('a model without Converse is not called unguarded', async () => {
    const answer = await ask(own, 'us.openai.gpt-5.4');

    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain("guardrail of the call holds for Bedrock's Converse API");
    expect(hosts.sent()).toEqual([]);
  });
});

describe("where a guardrail of the operator's holds for every call", () => {
  beforeEach(() => start({ guardrailId: 'g1', guardrailVersion: '3' }));

  test.each([
    ['itself', own],
    ['its version', { guardrailVersion: '3' }],
    ['nothing of it', {}],
    ['the mode that it has', { ...own, streamProcessingMode: 'sync' }],
    ['its trace', { ...own, trace: 'enabled_full' }],
  ])('a caller who names %s gets it', async (_name, guardrailConfig) => {
    const answer = await ask(guardrailConfig);

    expect(answer.status).toBe(200);
    expect(hosts.sent()[0]?.body.guardrailConfig).toEqual(traced);
  });

  test.each([
    ['guardrailIdentifier', { guardrailIdentifier: 'weak', guardrailVersion: '3' }],
    ['guardrailIdentifier', { guardrailIdentifier: '' }],
    ['guardrailVersion', { guardrailIdentifier: 'g1', guardrailVersion: 'DRAFT' }],
    ['guardrailVersion', { guardrailVersion: 1 }],
    ['streamProcessingMode', { ...own, streamProcessingMode: 'async' }],
  ])('nobody changes its %s', async (field, guardrailConfig) => {
    const answer = await ask(guardrailConfig, CLAUDE, { stream: true });

    expect([answer.status, answer.json.error.param]).toEqual([400, `guardrailConfig.${field}`]);
    expect(hosts.sent()).toEqual([]);
  });

  test('nor takes it away by null', async () => {
    await ask(null as never, GPT_OSS);

    expect(hosts.sent()).toMatchObject([{ path: converse(GPT_OSS), body: { guardrailConfig: own } }]);
  });

  test('GPT keeps to its effort and its schema in Converse', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
    const response_format = { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } };

    await hosts.ask('/v1/chat/completions', { model: `bedrock/${GPT}`, messages, reasoning_effort: 'low', response_format });

    expect(hosts.sent()[0]).toMatchObject({
      path: converse(GPT),
      body: {
        guardrailConfig: own,
        additionalModelRequestFields: { reasoning: { effort: 'low' }, text: { format: { strict: true } } },
        outputConfig: { textFormat: { type: 'json_schema' } },
      },
    });
  });
});
