import type { CapabilitiesConfig } from '../../../lib/private/contract';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { type Hosts, startHosts } from '../../support/hosts';
import { say } from '../../support/said-models';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

/** What an administrator says of a model that the release does not know. */

const answer = jsonReply({
  model: 'x-9',
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
});
const converse = jsonReply({
  output: { message: { role: 'assistant', content: [{ text: 'ok' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
});
const messages = [{ role: 'user', content: 'Hello' }];
const chat = { messages };
const anthropic = { messages, max_tokens: 4_000 };
const tool = { name: 'find', input_schema: { type: 'object', properties: {} } };

describe('a fact of a model steers what is sent to it', () => {
  let hosts: Hosts;

  beforeEach(async () => {
    hosts = await startHosts({ 'openai-compatible': { id: 'newco' } });
  });

  afterEach(() => hosts.close());

  async function sent(model: string, said: CapabilitiesConfig | undefined, path: string, body: object) {
    if (said !== undefined) await say(hosts.gateway.table, model, { capabilities: said });
    hosts.upstream.script(model.startsWith('bedrock/') ? converse : answer);
    const reply = await hosts.ask(path, { model, ...body });
    return { status: reply.status, error: reply.json?.error, warnings: reply.headers['x-gateway-warnings'], body: hosts.sent()[0]?.body };
  }

  const SAMPLED = { ...anthropic, temperature: 0.5, top_p: 0.9, top_k: 40 };
  test.each<[string, CapabilitiesConfig, object, object, string[]]>([
    ['yes or no', { temperature: false }, SAMPLED, { top_p: 0.9 }, ['temperature']],
    ['another', { top_p: false, top_k: false }, SAMPLED, { temperature: 0.5 }, ['top_p', 'top_k']],
    ['which together', { temperature_with_top_p: false }, SAMPLED, { temperature: 0.5 }, ['top_p']],
    ['a number', { max_temperature: 0.4 }, SAMPLED, { temperature: 0.4 }, ['temperature']],
    ['a list of words', { efforts: ['low'] }, { ...anthropic, output_config: { effort: 'max' } }, { reasoning_effort: 'low' }, []],
    ['a list of none', { efforts: [] }, { ...anthropic, output_config: { effort: 'max' } }, {}, []],
  ])('%s', async (_kind, said, asked, expected, gone) => {
    const without = await sent('newco/x-9', undefined, '/v1/messages', asked);
    await hosts.close();
    hosts = await startHosts({ 'openai-compatible': { id: 'newco' } });
    const told = await sent('newco/x-9', said, '/v1/messages', asked);

    expect([without.status, told.status]).toEqual([200, 200]);
    expect(told.body).not.toEqual(without.body);
    expect(told.body).toMatchObject(expected);
    for (const field of gone) if (!(field in expected)) expect(told.body).not.toHaveProperty(field);
    for (const field of gone) expect(told.warnings).toContain(field);
  });

  test('tokens: a higher cap that was not meant for this very model is lowered, and one in another dialect too', async () => {
    const { body, warnings } = await sent('newco/x-9', { max_output_tokens: 1_000 }, '/v1/messages', anthropic);

    expect(body.max_tokens ?? body.max_completion_tokens).toBe(1_000);
    expect(warnings).toContain('max_tokens above 1000');
  });

  test('a window alone bounds the answer', async () => {
    const { body } = await sent('newco/x-9', { context_window: 2_000 }, '/v1/messages', anthropic);

    expect(body.max_tokens ?? body.max_completion_tokens).toBe(2_000);
  });

  test('what would be another answer is refused by the name that the caller gave it, before anything is sent', async () => {
    const { status, error } = await sent('newco/x-9', { stop: false }, '/v1/messages', { ...anthropic, stop_sequences: ['END'] });

    expect([status, hosts.sent()]).toEqual([400, []]);
    expect(error.message).toContain('stop');
  });

  test('a schema that the host holds no answer to is asked for by a tool', async () => {
    const format = { type: 'json_schema', schema: { type: 'object', properties: { a: { type: 'string' } } } };
    const { body } = await sent('newco/x-9', { structured_output: [] }, '/v1/messages', { ...anthropic, output_config: { format } });

    expect(body.response_format).toBeUndefined();
    expect(body.tools).toMatchObject([{ function: { name: 'json_answer' } }]);
  });

  test('thinking on Bedrock is asked for as the model was said to take it', async () => {
    const asked = { ...chat, reasoning_effort: 'high', max_tokens: 30_000 };
    const { body } = await sent('bedrock/anthropic.claude-next-1', { thinking: ['budget'] }, '/v1/chat/completions', asked);

    expect(body.additionalModelRequestFields).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 16_384 } });
  });

  test('a model that is called by Responses alone is called there', async () => {
    await sent('openai/next-1', { called_by: ['responses'] }, '/v1/messages', { ...anthropic, tools: [tool] });

    expect(hosts.sent()[0]?.path).toBe('/openai/v1/responses');
  });

  test.each([
    ['openai.gpt-oss-120b-1:0', ['converse'], '/bedrock/model/openai.gpt-oss-120b-1%3A0/converse'],
    ['newco.x-9', ['responses', 'converse'], '/bedrock/openai/v1/responses'],
  ])('%s on Bedrock is called by what was said of it: %s', async (model, formats, place) => {
    await sent(`bedrock/${model}`, { called_by: formats }, '/v1/chat/completions', chat);

    expect(hosts.sent()[0]?.path).toBe(place);
  });

  test('a glob speaks for all models that fit it, and the name of one goes before it', async () => {
    await say(hosts.gateway.table, 'newco/*', { capabilities: { temperature: false, top_k: false } });
    const { body } = await sent('newco/x-9', { temperature: true }, '/v1/messages', SAMPLED);

    expect(body).toMatchObject({ temperature: 0.5 });
    expect(body).not.toHaveProperty('top_k');
  });

  test('a call in its own dialect leaves as it came all the same', async () => {
    const asked = { ...chat, temperature: 0.5, new_field: { a: 1 } };
    const { body, warnings } = await sent('newco/x-9', { temperature: false }, '/v1/chat/completions', asked);

    expect(body).toEqual({ ...asked, model: 'x-9' });
    expect(warnings).toBeUndefined();
  });
});

describe('a model on its first day', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let aheadMs = 0;

  beforeEach(async () => {
    aheadMs = 0;
    upstream = await startUpstream();
    upstream.script(answer);
  });

  afterEach(async () => {
    await gateway.close();
    await upstream.close();
  });

  const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs };
  const newco = () => compatible('newco', upstream.origin, { free: false });

  async function ask(body: object = {}) {
    const reply = await gateway.call('/v1/chat/completions', { model: 'newco/x-9', messages, ...body });
    await gateway.settled();
    return { reply, record: gateway.records().at(-1) };
  }

  test('is priced, bounded, listed and steered by what was deployed with it', async () => {
    gateway = await startGateway({
      document: {
        providers: [newco()],
        routes: [{ alias: 'smart', targets: [{ provider: 'newco', model: 'x-9' }] }],
        models: [
          {
            id: 'newco/x-9',
            capabilities: { context_window: 50_000, max_output_tokens: 1_000 },
            usd_per_million_tokens: { input: '1', output: '2' },
          },
        ],
      },
    });

    const { record } = await ask({ model: 'smart', max_tokens: 8_000 });
    expect(record?.costNanoUsd).toBe(1_200_000n);
    expect(record?.boundNanoUsd).toBeLessThan(50_000n * 1_000n + 1_000n * 2_000n + 1n);
    expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toMatchObject({ max_tokens: 1_000 });
    const list = await gateway.send('GET', '/v1/models', { authorization: `Bearer ${gateway.key}` });
    expect(list.json.data).toMatchObject([
      { id: 'smart', max_input_tokens: 50_000, max_tokens: 1_000 },
      { id: 'newco/x-9', max_input_tokens: 50_000, max_tokens: 1_000 },
    ]);
  });

  test('is taken up within ten seconds by a running process, and what was said last holds', async () => {
    gateway = await startGateway({ clock, document: { providers: [newco()] } });
    expect((await ask()).reply.json.error.code).toBe('price_unknown');

    await say(gateway.table, 'newco/x-9', { usdPerMillionTokens: { input: '1', output: '2' }, capabilities: { max_output_tokens: 1_000 } });
    aheadMs += 10_000;
    expect((await ask()).record).toMatchObject({ costNanoUsd: 1_200_000n, priceVersion: 'override-1' });

    await say(gateway.table, 'newco/x-9', { free: true });
    aheadMs += 10_000;
    expect((await ask()).record?.costNanoUsd).toBe(0n);
  });

  test('what is said at run time goes before what was deployed, fact by fact', async () => {
    gateway = await startGateway({
      document: {
        providers: [newco()],
        models: [
          { id: 'newco/x-9', capabilities: { max_output_tokens: 1_000, temperature: false }, usd_per_million_tokens: { input: '3' } },
        ],
      },
    });
    await say(gateway.table, 'newco/x-9', { capabilities: { max_output_tokens: 500 } });

    const reply = await gateway.call('/v1/messages', { model: 'newco/x-9', temperature: 0.5, ...anthropic });

    expect(reply.status).toBe(200);
    const sent = JSON.parse(upstream.requests[0]?.body.toString() ?? '');
    expect(sent).not.toHaveProperty('temperature');
    expect(sent.max_tokens ?? sent.max_completion_tokens).toBe(500);
  });

  test('has the lengths that were said of it under a ceiling too', async () => {
    gateway = await startGateway({
      document: {
        providers: [newco()],
        routes: [{ alias: 'smart', targets: [{ provider: 'newco', model: 'x-9' }] }],
        models: [{ id: 'newco/x-9', capabilities: { max_output_tokens: 700 } }],
        unknownPrice: { policy: 'ceiling', ceilingUsd: '0.50' },
      },
    });

    const { record } = await ask({ model: 'smart', max_tokens: 8_000 });

    expect(record?.costNanoUsd).toBe(500_000_000n);
    expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toMatchObject({ max_tokens: 700 });
  });

  test('of an alias with several targets every one takes the lengths that are listed, of a model without a price those that were said', async () => {
    gateway = await startGateway({
      document: {
        providers: [compatible('own', upstream.origin), newco()],
        routes: [
          {
            alias: 'either',
            targets: [
              { provider: 'own', model: 'm' },
              { provider: 'newco', model: 'unpriced' },
            ],
          },
        ],
        models: [
          { id: 'own/m', capabilities: { context_window: 9_000, max_output_tokens: 700 } },
          { id: 'newco/unpriced', capabilities: { context_window: 8_000, max_output_tokens: 900 } },
        ],
      },
    });

    const list = await gateway.send('GET', '/v1/models', { authorization: `Bearer ${gateway.key}` });

    expect(list.json.data).toMatchObject([
      { id: 'either', max_input_tokens: 8_000, max_tokens: 700 },
      { id: 'own/m', max_input_tokens: 9_000, max_tokens: 700 },
      { id: 'newco/unpriced', max_input_tokens: 8_000, max_tokens: 900 },
    ]);
  });

  test('of a free model of one’s own the lengths are known too', async () => {
    gateway = await startGateway({
      document: { providers: [compatible('own', upstream.origin)], models: [{ id: 'own/m', capabilities: { max_output_tokens: 700 } }] },
    });

    const list = await gateway.send('GET', '/v1/models/own/m', { authorization: `Bearer ${gateway.key}` });

    expect(list.json).toMatchObject({ id: 'own/m', max_input_tokens: null, max_tokens: 700 });
  });
});
