/** The `openai` package as it comes from npm, by base URL and key alone. */
import OpenAI from 'openai';
import { CLOSE_MS, type ClientGateway, describeClients, MODELS, startClientGateway, WIRES } from './support';

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
  },
];
const weather = { name: 'weather', input: { city: 'Bern' } };
const user = { role: 'user' as const, content: 'What is the weather in Bern?' };

describeClients('the openai package', () => {
  let gateway: ClientGateway;
  let client: OpenAI;

  beforeAll(async () => {
    gateway = await startClientGateway();
    client = new OpenAI({ baseURL: gateway.baseUrl, apiKey: gateway.key });
  }, 30_000);
  afterAll(() => gateway.close(), CLOSE_MS);

  describe.each(WIRES)('with a model behind %s', (wire) => {
    const model = MODELS[wire];

    test('gets a whole answer', async () => {
      gateway.provider.script({ text: 'Sunny, 21 °C.' });

      const completion = await client.chat.completions.create({ model, messages: [user], max_completion_tokens: 50 });

      expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: 'Sunny, 21 °C.' } });
      expect(completion.usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 });
      expect(gateway.provider.calls).toMatchObject([{ wire, stream: false }]);
    });

    test('streams a tool loop', async () => {
      gateway.provider.script((call) =>
        call.results.length === 0 ? { text: 'Let me look.', calls: [weather] } : { text: `It is ${call.results.join()}.` },
      );

      const first = await client.chat.completions
        .stream({ model, messages: [user], tools, stream_options: { include_usage: true } })
        .finalChatCompletion();
      const message = first.choices[0]?.message as OpenAI.ChatCompletionMessage;
      const call = message.tool_calls?.[0] as OpenAI.ChatCompletionMessageFunctionToolCall;
      const result = { role: 'tool' as const, tool_call_id: call.id, content: 'sunny' };
      const second = await client.chat.completions.stream({ model, messages: [user, message, result], tools }).finalChatCompletion();

      expect(first.choices[0]?.finish_reason).toBe('tool_calls');
      expect(message.content).toBe('Let me look.');
      expect([call.function.name, JSON.parse(call.function.arguments)]).toEqual(['weather', { city: 'Bern' }]);
      expect(first.usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 9 });
      expect(second.choices[0]?.message.content).toContain('sunny');
      expect(gateway.provider.calls.map((seen) => seen.tools)).toEqual([['weather'], ['weather']]);
    });

    test('creates and streams a response', async () => {
      gateway.provider.script({ text: 'Sunny.' });

      const whole = await client.responses.create({ model, input: 'Weather?' });
      const types: string[] = [];
      for await (const event of await client.responses.create({ model, input: 'Weather?', stream: true })) types.push(event.type);

      expect(whole).toMatchObject({ status: 'completed', output_text: 'Sunny.', usage: { input_tokens: 21, output_tokens: 9 } });
      expect(types[0]).toBe('response.created');
      expect(types.at(-1)).toBe('response.completed');
      expect(types).toContain('response.output_text.delta');
    });
  });

  test.each(WIRES)('gets structured output behind %s', async (wire) => {
    const schema = { type: 'object', properties: { degrees: { type: 'number' } }, required: ['degrees'], additionalProperties: false };
    gateway.provider.script({ text: '{"degrees":21}' });

    const completion = await client.chat.completions.parse({
      model: MODELS[wire],
      messages: [user],
      response_format: { type: 'json_schema', json_schema: { name: 'weather', schema, strict: true } },
    });

    expect(completion.choices[0]?.message.parsed).toEqual({ degrees: 21 });
    expect(JSON.stringify(gateway.provider.calls[0]?.body)).toContain('degrees');
  });

  test('leaving a stream in the middle ends the call for the client', async () => {
    gateway.provider.script({ half: { text: 'A long story that stops somewhere in the middle of it.' }, after: 'hang' });

    const stream = await client.chat.completions.create({ model: 'on-chat', messages: [user], stream: true });
    let text = '';
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (text.length > 7) stream.controller.abort();
    }

    expect(text).toMatch(/^A long/);
  });

  test('a stream that the provider cuts is an error, not an end', async () => {
    gateway.provider.script({ half: { text: 'A long story that stops somewhere in the middle of it.' }, after: 'cut' });

    const read = async () => {
      for await (const _ of await client.chat.completions.create({ model: 'on-anthropic', messages: [user], stream: true })) {
        // Only the end matters.
      }
    };

    await expect(read()).rejects.toThrow(OpenAI.APIError);
  });

  test('embeds, with the package’s own encoding and with plain numbers', async () => {
    const packed = await client.embeddings.create({ model: 'chat/embed', input: ['one', 'two'] });
    const plain = await client.embeddings.create({ model: 'chat/embed', input: 'one', encoding_format: 'float' });

    expect(packed.data.map(({ embedding }) => embedding)).toEqual([
      [0.5, -0.25, 1],
      [0.5, -0.25, 1],
    ]);
    expect(plain.data[0]?.embedding).toEqual([0.5, -0.25, 1]);
    expect(plain.usage.prompt_tokens).toBe(4);
  });

  test('lists models and shows one', async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);

    expect(ids).toEqual(expect.arrayContaining(['on-chat', 'on-anthropic']));
    expect(await client.models.retrieve('on-chat')).toMatchObject({ id: 'on-chat', object: 'model' });
    expect(await client.models.retrieve('simulated/simulated-1')).toMatchObject({ id: 'simulated/simulated-1' });
  });

  test('errors are the package’s own classes and name what is wrong', async () => {
    const create = (fields: object, apiKey = gateway.key): Promise<unknown> =>
      new OpenAI({ baseURL: gateway.baseUrl, apiKey }).chat.completions.create({ model: 'on-chat', messages: [user], ...fields });

    await expect(create({}, 'sk-gw-wrong')).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(create({ model: 'nobody-serves-this' })).rejects.toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
    await expect(create({ n: 'many' })).rejects.toMatchObject({ status: 400, param: 'n' });
    await expect(create({ tools: [{ type: 'web_search' }] })).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
    await expect(create({ model: 'on-gemini', logit_bias: { '50256': -100 } })).rejects.toMatchObject({ status: 400, param: 'logit_bias' });
  });
});
