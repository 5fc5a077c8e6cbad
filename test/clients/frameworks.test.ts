/** Frameworks on top of the vendors' dialects, as they come from npm: each runs a tool loop, on the same dialect and translated. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, tool as agentTool, OpenAIProvider, Runner, setTracingDisabled } from '@openai/agents';
import { embed, generateObject, generateText, isStepCount, jsonSchema, type LanguageModel, streamText, tool } from 'ai';
import { CLOSE_MS, type ClientGateway, describeClients, MODELS, startClientGateway, WIRES } from './support';

const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false as const,
};
const weather = { name: 'weather', input: { city: 'Bern' } };
const prompt = 'What is the weather in Bern?';

describeClients('frameworks', () => {
  let gateway: ClientGateway;

  beforeAll(async () => {
    setTracingDisabled(true);
    Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
    gateway = await startClientGateway();
  }, 30_000);
  afterAll(() => gateway.close(), CLOSE_MS);
  beforeEach(() =>
    gateway.provider.script((call) => (call.results.length === 0 ? { calls: [weather] } : { text: `It is ${call.results.join()}.` })),
  );

  describe.each([
    ['@ai-sdk/openai', (model: string) => createOpenAI({ baseURL: gateway.baseUrl, apiKey: gateway.key })(model)],
    ['@ai-sdk/anthropic', (model: string) => createAnthropic({ baseURL: gateway.baseUrl, apiKey: gateway.key })(model)],
    [
      '@ai-sdk/openai-compatible',
      (model: string) =>
        createOpenAICompatible({ name: 'gateway', baseURL: gateway.baseUrl, apiKey: gateway.key, includeUsage: true })(model),
    ],
  ])('the ai package with %s', (_name, modelOf: (model: string) => LanguageModel) => {
    const looks = { weather: tool({ inputSchema: jsonSchema<{ city: string }>(schema), execute: async ({ city }) => `sunny in ${city}` }) };

    test.each(WIRES)('runs a tool loop behind %s', async (wire) => {
      const result = streamText({ model: modelOf(MODELS[wire]), prompt, tools: looks, stopWhen: isStepCount(3) });

      expect(await result.text).toContain('sunny in Bern');
      expect(await result.finishReason).toBe('stop');
      expect(await result.totalUsage).toMatchObject({ inputTokens: 42, outputTokens: 18 });
      expect((await result.steps).map(({ toolCalls }) => toolCalls.length)).toEqual([1, 0]);
    });

    test('answers whole, and with an object', async () => {
      const text = await generateText({ model: modelOf('on-gemini'), prompt, tools: looks, stopWhen: isStepCount(3) });
      gateway.provider.script({ text: '{"city":"Bern"}' });
      const { object } = await generateObject({
        model: modelOf('on-openai'),
        prompt: `${prompt} Say it as JSON.`,
        schema: jsonSchema(schema),
      });

      expect(text.text).toContain('sunny in Bern');
      expect(object).toEqual({ city: 'Bern' });
    });
  });

  test('the ai package with @ai-sdk/openai sends its own words again when told that nothing is stored', async () => {
    gateway.provider.script((call) =>
      call.results.length === 0
        ? { thinking: 'I should look.', text: 'Let me look.', calls: [weather] }
        : { text: `It is ${call.results.join()}.` },
    );

    const { text } = await generateText({
      model: createOpenAI({ baseURL: gateway.baseUrl, apiKey: gateway.key })('on-anthropic'),
      prompt,
      tools: { weather: tool({ inputSchema: jsonSchema<{ city: string }>(schema), execute: async ({ city }) => `sunny in ${city}` }) },
      stopWhen: isStepCount(3),
      providerOptions: { openai: { store: false, include: ['reasoning.encrypted_content'] } },
    });

    expect(text).toContain('sunny in Bern');
    expect(JSON.stringify(gateway.provider.calls[1]?.body.messages)).toContain('Let me look.');
  });

  test('the ai package embeds', async () => {
    const compatible = createOpenAICompatible({ name: 'gateway', baseURL: gateway.baseUrl, apiKey: gateway.key });

    const { embedding } = await embed({ model: compatible.embeddingModel('chat/embed'), value: 'one' });

    expect(embedding).toEqual([0.5, -0.25, 1]);
  });

  test.each(WIRES)('@langchain/openai runs a tool loop behind %s', async (wire) => {
    const look = { type: 'function' as const, function: { name: 'weather', parameters: schema } };
    const plain = new ChatOpenAI({ model: MODELS[wire], apiKey: gateway.key, configuration: { baseURL: gateway.baseUrl } });
    const model = plain.bindTools([look]);

    const question = new HumanMessage(prompt);
    const asked = await model.invoke([question]);
    const results = (asked.tool_calls ?? []).map(
      ({ id = '', args }) => new ToolMessage({ tool_call_id: id, content: `sunny in ${args['city']}` }),
    );
    let answer = '';
    for await (const chunk of await model.stream([question, asked, ...results])) answer += chunk.text;

    expect(asked.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Bern' } }]);
    expect(answer).toContain('sunny in Bern');
  });

  test.each([
    ['responses', true, 'openai-responses'],
    ['responses', true, 'anthropic-messages'],
    ['responses', true, 'gemini'],
    ['responses', true, 'bedrock-converse'],
    ['chat', false, 'openai-chat'],
    ['chat', false, 'anthropic-messages'],
    ['chat', false, 'bedrock-converse'],
  ] as const)('@openai/agents by %s (%p) runs a tool loop behind %s', async (_api, useResponses, wire) => {
    const look = agentTool({
      name: 'weather',
      description: 'Tells the weather',
      parameters: schema,
      strict: true,
      execute: async (input) => `sunny in ${(input as { city: string }).city}`,
    });
    const modelProvider = new OpenAIProvider({ baseURL: gateway.baseUrl, apiKey: gateway.key, useResponses });
    const agent = new Agent({ name: 'Meteorologist', instructions: 'Be brief.', model: MODELS[wire], tools: [look] });

    const whole = await new Runner({ modelProvider }).run(agent, prompt);
    const streamed = await new Runner({ modelProvider }).run(agent, prompt, { stream: true });
    await streamed.completed;

    expect(whole.finalOutput).toContain('sunny in Bern');
    expect(streamed.finalOutput).toContain('sunny in Bern');
    expect(gateway.provider.calls.every((call) => call.wire === wire)).toBe(true);
  });
});
