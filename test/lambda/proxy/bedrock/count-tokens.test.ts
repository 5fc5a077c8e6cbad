import { createOverrideStore } from '../../../../lambda/aws/dynamodb';
import { type Hosts, saysOk, startHosts } from '../../../support/hosts';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';
import { jsonReply } from '../../../support/upstream';

/** Bedrock counts by foundation models, and not by all of them: https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html */

const SONNET = 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const COUNTED = '/bedrock/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens';
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
const asked = {
  system: 'Be brief.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, picture] }],
  tools: [{ name: 'find', input_schema: { type: 'object', properties: {} } }],
  thinking: { type: 'enabled', budget_tokens: 2_000 },
  temperature: 1,
};
const converse = {
  system: [{ text: 'Be brief.' }],
  messages: [{ role: 'user', content: [{ text: 'Hi' }, { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } }] }],
  toolConfig: { tools: [{ toolSpec: { name: 'find', inputSchema: { json: { type: 'object', properties: {} } } } }] },
  additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2_000 } },
};
const ESTIMATE = /^set: input_tokens=\d+ \(an estimate\)$/;

let hosts: Hosts;

afterEach(() => hosts.close());

const count = (model: string) => hosts.ask('/v1/messages/count_tokens', { model, ...asked });

describe('a count of tokens', () => {
  beforeEach(async () => {
    hosts = await startHosts();
    hosts.upstream.script((request) => (request.path.endsWith('/count-tokens') ? jsonReply({ inputTokens: 42 }) : saysOk(request)));
  });

  test.each([
    SONNET,
    'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
    'bedrock/arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  ])('is made by the foundation model behind %s, of what would be sent', async (model) => {
    const answer = await count(model);

    expect([answer.status, answer.json]).toEqual([200, { input_tokens: 42 }]);
    expect(answer.headers['x-gateway-warnings']).toBeUndefined();
    const [sent] = hosts.sent();
    expect(sent?.path).toBe(COUNTED);
    expect(sent?.body).toEqual({ input: { converse } });
  });

  test('is made for a model that is called by Messages too', async () => {
    await count('bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0');

    expect(hosts.sent()[0]?.path).toBe('/bedrock/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/count-tokens');
  });

  test.each([
    'bedrock/us.anthropic.claude-opus-5-5',
    'bedrock/us.amazon.nova-micro-v1:0',
    'bedrock/us.openai.gpt-6-sol',
    'bedrock/newco.x-9',
  ])('is an estimate, and says so, where Bedrock has none: %s', async (model) => {
    const answer = await count(model);

    expect(answer.status).toBe(200);
    expect(answer.json.input_tokens).toBeGreaterThan(0);
    expect(answer.headers['x-gateway-warnings']).toMatch(ESTIMATE);
    expect(hosts.sent()).toEqual([]);
  });

  test('is asked for where an administrator says that the model counts', async () => {
    const said = { id: 'bedrock/newco.x-9', capabilities: { count_tokens: true }, generation: 1, updatedAt: '2026-11-30T00:00:00.000Z' };
    await createOverrideStore(hosts.gateway.table, TABLE_NAMES.identity).put('model', said, undefined);

    expect((await count('bedrock/newco.x-9')).json).toEqual({ input_tokens: 42 });
  });

  test.each([
    ['the model does not count after all', 400, 'ValidationException', "The provided model doesn't support counting tokens."],
    ['the role may not', 403, 'AccessDeniedException', 'not authorized to perform: bedrock:CountTokens'],
    ['too much was counted', 429, 'ThrottlingException', 'Rate exceeded'],
  ])('is an estimate where %s, and calls go on', async (_name, status, exception, message) => {
    hosts.upstream.script((request) =>
      request.path.endsWith('/count-tokens') ? jsonReply({ message }, status, { 'x-amzn-errortype': exception }) : saysOk(request),
    );

    const counts = [await count(SONNET), await count(SONNET), await count(SONNET), await count(SONNET)];
    const call = await hosts.ask('/v1/messages', { model: SONNET, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });

    for (const answer of counts) expect(answer.headers['x-gateway-warnings']).toMatch(ESTIMATE);
    expect(counts.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(call.status).toBe(200);
  });
});

test("AWS's own client counts too", async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDSDK';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  hosts = await startHosts({ bedrock: { settings: { client: 'sdk' } } });
  hosts.upstream.script(jsonReply({ inputTokens: 42 }));

  const answer = await count(SONNET);
  delete process.env['AWS_ACCESS_KEY_ID'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];

  expect([answer.status, answer.json]).toEqual([200, { input_tokens: 42 }]);
  const [sent] = hosts.sent();
  expect(sent?.path).toBe(COUNTED);
  expect(sent?.headers['user-agent']).toMatch(/^aws-sdk-js/);
  expect(sent?.body).toEqual({ input: { converse } });
});
