/** The vendors' packages with models of Bedrock, whose stand-in refuses what Bedrock refuses in each of its wire formats. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { CLOSE_MS, type ClientGateway, describeClients, startClientGateway } from './support';

const schema = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { name: 'weather', input: { city: 'Bern' } };
const question = 'What is the weather in Bern?';

const OPUS = 'bedrock/us.anthropic.claude-opus-5-5';
const OLDER = 'bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0';
const GPT = 'bedrock/us.openai.gpt-6.1-sol';
const OLDER_GPT = 'bedrock/us.openai.gpt-5.4';
const GPT_OSS = 'bedrock/openai.gpt-oss-120b-1:0';
const NOVA = 'bedrock/us.amazon.nova-2-lite-v1:0';

describeClients('a tool loop with a model of Bedrock', () => {
  let gateway: ClientGateway;

  beforeAll(async () => {
    gateway = await startClientGateway();
  }, 30_000);
  beforeEach(() => {
    gateway.provider.script((call) =>
      call.results.length === 0
        ? { thinking: 'I should look that up.', text: 'Let me look.', calls: [weather] }
        : { text: `It is ${call.results.join()}.` },
    );
  });
  afterEach(() => expect(gateway.provider.refusals).toEqual([]));
  afterAll(() => gateway.close(), CLOSE_MS);

  const wires = () => gateway.provider.calls.map(({ wire }) => wire);

  test.each([
    [OPUS, 'anthropic-messages'],
    [OLDER, 'bedrock-converse'],
    [GPT, 'openai-responses'],
    [OLDER_GPT, 'openai-responses'],
    [GPT_OSS, 'bedrock-converse'],
    [NOVA, 'bedrock-converse'],
  ])('of the @anthropic-ai/sdk package: %s by %s', async (model, wire) => {
    const client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
    const defaultHeaders = { 'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14' };
    const tools = [{ name: 'weather', input_schema: schema }];
    const user: Anthropic.MessageParam = { role: 'user', content: question };
    const ask = (messages: Anthropic.MessageParam[]) =>
      client.messages.stream({ model, max_tokens: 4_000, messages, tools }, { headers: defaultHeaders }).finalMessage();

    const first = await ask([user]);
    const call = first.content.find((block) => block.type === 'tool_use') as Anthropic.ToolUseBlock;
    const result: Anthropic.MessageParam = { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] };
    const second = await ask([user, { role: 'assistant', content: first.content }, result]);

    expect(second.content.at(-1)).toMatchObject({ type: 'text', text: 'It is sunny.' });
    expect(wires()).toEqual([wire, wire]);
  });

  test.each([
    [OPUS, 'bedrock-converse'],
    [GPT, 'openai-responses'],
    [OLDER_GPT, 'openai-responses'],
    [GPT_OSS, 'openai-chat'],
    [NOVA, 'bedrock-converse'],
  ])('of the openai package, by Chat: %s by %s', async (model, wire) => {
    const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey: gateway.key, maxRetries: 0 });
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: schema } }];
    const user = { role: 'user' as const, content: question };

    const first = await client.chat.completions.stream({ model, messages: [user], tools }).finalChatCompletion();
    const message = first.choices[0]?.message as OpenAI.ChatCompletionMessage;
    const call = message.tool_calls?.[0] as OpenAI.ChatCompletionMessageFunctionToolCall;
    const result = { role: 'tool' as const, tool_call_id: call.id, content: 'sunny' };
    const second = await client.chat.completions.stream({ model, messages: [user, message, result], tools }).finalChatCompletion();

    expect(second.choices[0]?.message.content).toBe('It is sunny.');
    expect(wires()).toEqual([wire, wire]);
  });

  test.each([
    [OPUS, 'bedrock-converse'],
    [GPT, 'openai-responses'],
    [OLDER_GPT, 'openai-responses'],
    [GPT_OSS, 'bedrock-converse'],
    [NOVA, 'bedrock-converse'],
  ])('of the openai package, by Responses: %s by %s', async (model, wire) => {
    const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey: gateway.key, maxRetries: 0 });
    const tools = [{ type: 'function' as const, name: 'weather', parameters: schema, strict: false }];
    const user = { role: 'user' as const, content: question };
    const ask = (input: OpenAI.Responses.ResponseInput) =>
      client.responses
        .stream({ model, input, tools, store: false, include: ['reasoning.encrypted_content'], reasoning: { effort: 'low' } })
        .finalResponse();

    const first = await ask([user]);
    const call = first.output.find((item) => item.type === 'function_call') as OpenAI.Responses.ResponseFunctionToolCall;
    const result = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' };
    // The package reads arguments beside what came.
    const output = JSON.parse(JSON.stringify(first.output, (name, value) => (name.startsWith('parsed') ? undefined : value)));
    const second = await ask([user, ...output, result]);

    expect(second.output_text).toBe('It is sunny.');
    expect(wires()).toEqual([wire, wire]);
  });
});
