import { type Hosts, startHosts } from '../../support/hosts';
import { jsonReply } from '../../support/upstream';

/** Fields of a provider's own API beside those of Chat Completions, as OpenAI's packages send `extra_body`. */

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts();
  hosts.upstream.script(({ path }) => {
    if (path.includes('generateContent'))
      return jsonReply({ candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] });
    if (path.includes('/converse'))
      return jsonReply({ output: { message: { role: 'assistant', content: [{ text: 'ok' }] } }, stopReason: 'end_turn', usage: {} });
    return jsonReply({ id: 'c', choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }] });
  });
});

afterEach(() => hosts.close());

const GEMINI = ['google-ai-studio/gemini-2.5-flash', 'vertex-ai/gemini-3-pro-preview'] as const;
const BEDROCK = 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const safetySettings = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }];

function ask(model: string, more: object) {
  return hosts.ask('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hi' }], ...more });
}

test.each(GEMINI)('%s gets its safety settings and its settings of the answer, beside those of Chat', async (model) => {
  const reply = await ask(model, { safetySettings, generationConfig: { topK: 7, temperature: 0.1 }, temperature: 0.9 });

  expect(reply.status).toBe(200);
  expect(hosts.sent()[0]?.body).toMatchObject({ safetySettings, generationConfig: { topK: 7, temperature: 0.9 } });
});

test('a model of Bedrock gets fields of its own', async () => {
  const reply = await ask(BEDROCK, { additionalModelRequestFields: { top_k: 40 } });

  expect(reply.status).toBe(200);
  expect(hosts.sent()[0]?.body.additionalModelRequestFields).toEqual({ top_k: 40 });
});

test.each([
  ['more answers', GEMINI[0], { generationConfig: { candidateCount: 8 } }, 'generationConfig.candidateCount'],
  ['a cap of its own', GEMINI[0], { generationConfig: { maxOutputTokens: 60_000 } }, 'generationConfig.maxOutputTokens'],
  ['pictures', GEMINI[0], { generationConfig: { responseModalities: ['IMAGE'] } }, 'generationConfig.responseModalities'],
  ['tools of the provider', BEDROCK, { additionalModelRequestFields: { tools: [] } }, 'additionalModelRequestFields.tools'],
  ['a longer window', BEDROCK, { additionalModelRequestFields: { anthropic_beta: [] } }, 'additionalModelRequestFields.anthropic_beta'],
  ['another cap', BEDROCK, { additionalModelRequestFields: { max_tokens: 9 } }, 'additionalModelRequestFields.max_tokens'],
  ['a guardrail', BEDROCK, { guardrailConfig: { guardrailIdentifier: 'own' } }, 'guardrailConfig.guardrailIdentifier'],
  ['a setting of a guardrail that is none', BEDROCK, { guardrailConfig: { off: true } }, 'guardrailConfig.off'],
  ['a guardrail of another provider', GEMINI[0], { guardrailConfig: { guardrailIdentifier: 'g1' } }, 'guardrailConfig'],
  ['what is stored', GEMINI[0], { cachedContent: 'cachedContents/x' }, 'cachedContent'],
  ['tools of Google', GEMINI[0], { toolConfig: {} }, 'toolConfig'],
  ['fields of another provider', BEDROCK, { safetySettings }, 'safetySettings'],
  [
    'fields of another provider',
    'anthropic/claude-sonnet-4-5',
    { additionalModelRequestFields: { top_k: 1 } },
    'additionalModelRequestFields',
  ],
] as const)('%s are refused by name before anything is sent', async (_name, model, more, param) => {
  const reply = await ask(model, more);

  expect(reply.status).toBe(400);
  expect(reply.json.error.param).toBe(param);
  expect(hosts.sent()).toEqual([]);
});

test('whoever speaks Chat has them as they are', async () => {
  await ask('openai-compatible/m', { safetySettings, generationConfig: { topK: 7 } });
  expect(hosts.sent()[0]?.body).toMatchObject({ safetySettings, generationConfig: { topK: 7 } });
});

test.each(['/v1/responses', '/v1/messages'])('callers of %s may write them too', async (path) => {
  const said = path === '/v1/messages' ? { max_tokens: 300, messages: [{ role: 'user', content: 'Hi' }] } : { input: 'Hi' };
  await hosts.ask(path, { model: GEMINI[0], ...said, safetySettings, generationConfig: { topK: 7 } });
  await hosts.ask(path, { model: BEDROCK, ...said, additionalModelRequestFields: { top_k: 40 } });
  await hosts.ask(path, { model: 'bedrock/us.anthropic.claude-opus-5-5', ...said, additionalModelRequestFields: { top_k: 40 } });
  const refused = await hosts.ask(path, {
    model: 'openai/gpt-4o',
    ...said,
    ...(path === '/v1/responses' ? { model: BEDROCK } : {}),
    safetySettings,
  });

  const [gemini, bedrock, newer, none] = hosts.sent();
  expect(gemini?.body).toMatchObject({ safetySettings, generationConfig: { topK: 7 } });
  expect(bedrock?.body.additionalModelRequestFields).toEqual({ top_k: 40 });
  expect([newer?.path.endsWith('/converse'), newer?.body.additionalModelRequestFields]).toEqual([true, { top_k: 40 }]);
  expect([refused.status, refused.text.includes('safetySettings'), none]).toEqual([400, true, undefined]);
});

test("Nova's own setting of sampling is taken, and no cap beside it", async () => {
  const nova = 'bedrock/us.amazon.nova-pro-v1:0';
  const reply = await ask(nova, { additionalModelRequestFields: { inferenceConfig: { topK: 20 } } });
  const capped = await ask(nova, { additionalModelRequestFields: { inferenceConfig: { max_new_tokens: 9_000 } } });

  expect([reply.status, hosts.sent()[0]?.body.additionalModelRequestFields]).toEqual([200, { inferenceConfig: { topK: 20 } }]);
  expect(capped.json.error.param).toBe('additionalModelRequestFields.inferenceConfig.max_new_tokens');
});
