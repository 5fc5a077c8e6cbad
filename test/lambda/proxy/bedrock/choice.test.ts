import { encodeEventStreamMessage } from '../../../../lambda/wire/framing/aws-event-stream';
import { readAnswer } from '../../../support/answers';
import { type Hosts, saysOk, startHosts } from '../../../support/hosts';
import { reply } from '../../../support/upstream';

/** Which of Bedrock's wire formats a call takes by what it asks for, and by what the operator configured. */

const OPUS = 'us.anthropic.claude-opus-5-5';
const GPT = 'us.openai.gpt-6-sol';
const OLDER_GPT = 'us.openai.gpt-5.4';
const GPT_OSS = 'openai.gpt-oss-120b-1:0';
const converse = (model: string) => `/bedrock/model/${encodeURIComponent(model)}/converse`;
const CHAT = '/bedrock/openai/v1/chat/completions';
const RESPONSES = '/bedrock/openai/v1/responses';
const MESSAGES = '/bedrock/anthropic/v1/messages';

const messages = [{ role: 'user', content: 'Hi' }];
const schema = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'], additionalProperties: false };
const chat = { messages };
const tools = [{ type: 'function', function: { name: 'find', parameters: schema } }];
const response_format = { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } };
const anthropic = { messages, max_tokens: 400 };

let hosts: Hosts;

async function start(changes: Parameters<typeof startHosts>[0] = {}, options: Parameters<typeof startHosts>[1] = {}): Promise<void> {
  hosts = await startHosts(changes, options);
  hosts.upstream.script(saysOk);
}

afterEach(() => hosts.close());

describe('what a call asks for', () => {
  beforeEach(() => start());

  test.each([
    ['tools and an effort', GPT, { ...chat, tools, reasoning_effort: 'low' }, RESPONSES],
    ['tools, and thinks as it likes', GPT, { ...chat, tools }, RESPONSES],
    ['tools without thinking', GPT, { ...chat, tools, reasoning_effort: 'none' }, CHAT],
    ['an effort without tools', GPT, { ...chat, reasoning_effort: 'high' }, CHAT],
    ['a schema', GPT, { ...chat, response_format }, CHAT],
    ['a schema of a model that is not held to it there', GPT_OSS, { ...chat, response_format }, converse(GPT_OSS)],
    ['words alone', GPT_OSS, { ...chat, response_format: { type: 'text' } }, CHAT],
    ['tools and an effort of a model that takes both', GPT_OSS, { ...chat, tools, reasoning_effort: 'low' }, CHAT],
    ['anything of a model that nobody knows', 'newco.x-9', { ...chat, tools }, converse('newco.x-9')],
  ])('a caller of Chat who asks for %s of %s', async (_name, model, body, place) => {
    const answer = await hosts.ask('/v1/chat/completions', { model: `bedrock/${model}`, ...body });

    expect(answer.status).toBe(200);
    expect(hosts.sent()[0]?.path).toBe(place);
  });

  test('a caller of Messages with tools goes to Responses, where thinking is kept', async () => {
    const asked = { ...anthropic, tools: [{ name: 'find', input_schema: schema }], thinking: { type: 'adaptive' } };

    await hosts.ask('/v1/messages', { model: `bedrock/${GPT}`, ...asked });

    expect(hosts.sent()[0]).toMatchObject({
      path: RESPONSES,
      body: { model: GPT, store: false, include: ['reasoning.encrypted_content'] },
    });
  });

  test.each([
    [`arn:aws:bedrock:us-east-1:111122223333:inference-profile/${OLDER_GPT}`, RESPONSES, OLDER_GPT],
    [`arn:aws:bedrock:us-east-1:111122223333:inference-profile/${OPUS}`, MESSAGES, OPUS],
  ])('a profile that is named by its ARN goes by its id in a body: %s', async (arn, place, id) => {
    const body = place === MESSAGES ? anthropic : chat;

    await hosts.ask(place === MESSAGES ? '/v1/messages' : '/v1/chat/completions', { model: `bedrock/${arn}`, ...body });

    expect(hosts.sent()[0]).toMatchObject({ path: place, body: { model: id } });
  });

  test('a profile of an application goes to Converse, whatever is behind it', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123';

    await hosts.ask('/v1/messages', { model: `bedrock/${arn}`, ...anthropic });

    expect(hosts.sent()[0]?.path).toBe(converse(arn));
  });

  test('features of Anthropic that Bedrock has reach it, others are left out and named', async () => {
    const betas = { 'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14, context-1m-2025-08-07' };

    const answer = await hosts.ask('/v1/messages', { model: `bedrock/${OPUS}`, ...anthropic }, betas);
    await hosts.ask('/v1/messages', { model: `bedrock/${OPUS}`, ...anthropic }, { 'anthropic-beta': 'oauth-2025-04-20' });

    expect(hosts.sent()[0]?.headers).toMatchObject({
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'interleaved-thinking-2025-05-14,context-1m-2025-08-07',
    });
    expect(answer.headers['x-gateway-warnings']).toBe('dropped: anthropic-beta');
    expect(hosts.sent()[1]?.headers).not.toHaveProperty('anthropic-beta');
  });

  test("Claude Code's billing note is for Anthropic alone", async () => {
    const system = [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1; cch=abc;' },
      { type: 'text', text: 'Be brief.' },
    ];

    await hosts.ask('/v1/messages', { model: `bedrock/${OPUS}`, ...anthropic, system });

    expect(hosts.sent()[0]).toMatchObject({ path: MESSAGES, body: { system: [{ type: 'text', text: 'Be brief.' }] } });
  });
});

describe('a guardrail', () => {
  beforeEach(() => start({ bedrock: { settings: { guardrailId: 'g-1', guardrailVersion: '3' } } }));

  test.each([
    ['/v1/messages', OPUS, anthropic],
    ['/v1/chat/completions', GPT, { ...chat, tools, reasoning_effort: 'low' }],
    ['/v1/responses', GPT, { input: 'Hi' }],
    ['/v1/chat/completions', GPT_OSS, chat],
  ])('has %s of %s go through Converse, where it holds', async (path, model, body) => {
    const answer = await hosts.ask(path, { model: `bedrock/${model}`, ...body });

    expect(answer.status).toBe(200);
    const guardrailConfig = { guardrailIdentifier: 'g-1', guardrailVersion: '3' };
    expect(hosts.sent()[0]).toMatchObject({ path: converse(model), body: { guardrailConfig } });
  });

  test.each([
    ['/v1/chat/completions', chat],
    ['/v1/responses', { input: 'Hi' }],
    ['/v1/messages', anthropic],
  ])('is never passed by: %s of a model without Converse is refused before anything is sent', async (path, body) => {
    const answer = await hosts.ask(path, { model: `bedrock/${OLDER_GPT}`, ...body });

    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain("guardrail of the call holds for Bedrock's Converse API, which this model does not have");
    expect(hosts.sent()).toEqual([]);
  });
});

describe("AWS's own client", () => {
  beforeEach(() => {
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIDSDK';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
    return start({ bedrock: { settings: { client: 'sdk' } } });
  });

  afterEach(() => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
  });

  test.each([
    ['/v1/messages', OPUS, anthropic],
    ['/v1/responses', GPT, { input: 'Hi' }],
  ])('carries %s of %s by Converse, which it has', async (path, model, body) => {
    const answer = await hosts.ask(path, { model: `bedrock/${model}`, ...body });

    expect(answer.status).toBe(200);
    const [sent] = hosts.sent();
    expect(sent?.path).toBe(converse(model));
    expect(sent?.headers['user-agent']).toMatch(/^aws-sdk-js/);
    expect(sent?.headers['authorization']).toContain('Credential=AKIDSDK/');
  });

  test('leaves what it does not have to the gateway, streamed too', async () => {
    const answer = await hosts.ask('/v1/responses', { model: `bedrock/${OLDER_GPT}`, input: 'Hi', store: false });

    expect(answer.status).toBe(200);
    const [sent] = hosts.sent();
    expect(sent?.path).toBe(RESPONSES);
    expect(sent?.headers['user-agent']).toBe('cdk-llm-gateway');
    expect(sent?.headers['authorization']).toContain('Credential=AKID/');
  });

  test('streams what Converse streams', async () => {
    const message = (name: string, payload: object) =>
      encodeEventStreamMessage({ ':message-type': 'event', ':event-type': name }, Buffer.from(JSON.stringify(payload)));
    const stream = [
      message('messageStart', { role: 'assistant' }),
      message('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'ok' } }),
      message('contentBlockStop', { contentBlockIndex: 0 }),
      message('messageStop', { stopReason: 'end_turn' }),
    ];
    hosts.upstream.script(reply(200, { 'content-type': 'application/vnd.amazon.eventstream' }, Buffer.concat(stream)));

    const answer = await hosts.ask('/v1/messages', { model: `bedrock/${OPUS}`, ...anthropic, stream: true });

    expect(hosts.upstream.requests[0]?.path).toBe(`${converse(OPUS)}-stream`);
    expect(answer.text).toContain('"text":"ok"');
    expect(answer.text).toContain('event: message_stop');
  });
});

test('a Bedrock API key goes where the role would', async () => {
  await start({ bedrock: { credential: { secretArn: { value: 'arn:key' } } } });

  const answer = await hosts.ask('/v1/messages', { model: `bedrock/${OPUS}`, ...anthropic });

  expect(readAnswer('anthropic-messages', answer.json).text).toBe('ok');
  expect(hosts.sent()[0]).toMatchObject({ path: MESSAGES, headers: { authorization: 'Bearer provider-key' } });
});
