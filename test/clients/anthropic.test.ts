/** The `@anthropic-ai/sdk` package as it comes from npm, by base URL and key alone. */
import Anthropic from '@anthropic-ai/sdk';
import { CLOSE_MS, type ClientGateway, describeClients, MODELS, startClientGateway, WIRES } from './support';

const tools: Anthropic.Tool[] = [
  { name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
];
const weather = { name: 'weather', input: { city: 'Bern' } };
const user: Anthropic.MessageParam = { role: 'user', content: 'What is the weather in Bern?' };
/** Wire formats whose thinking can be read. */
const THINKERS = ['openai-responses', 'anthropic-messages', 'gemini', 'bedrock-converse'] as const;

describeClients('the @anthropic-ai/sdk package', () => {
  let gateway: ClientGateway;
  let client: Anthropic;

  beforeAll(async () => {
    gateway = await startClientGateway();
    client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key });
  }, 30_000);
  afterAll(() => gateway.close(), CLOSE_MS);

  describe.each(WIRES)('with a model behind %s', (wire) => {
    const model = MODELS[wire];

    test('gets a whole message', async () => {
      gateway.provider.script({ text: 'Sunny.' });

      const message = await client.messages.create({ model, max_tokens: 100, system: 'Be brief.', messages: [user] });

      expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
      expect(message.content).toMatchObject([{ type: 'text', text: 'Sunny.' }]);
      expect(message.usage).toMatchObject({ input_tokens: 21, output_tokens: 9 });
      expect(gateway.provider.calls).toMatchObject([{ wire, stream: false }]);
    });

    test('streams a tool loop', async () => {
      gateway.provider.script((call) =>
        call.results.length === 0 ? { text: 'Let me look.', calls: [weather] } : { text: `It is ${call.results.join()}.` },
      );

      const first = await client.messages.stream({ model, max_tokens: 100, messages: [user], tools }).finalMessage();
      const call = first.content.find((block) => block.type === 'tool_use') as Anthropic.ToolUseBlock;
      const result: Anthropic.MessageParam = { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] };
      const second = await client.messages
        .stream({ model, max_tokens: 100, messages: [user, { role: 'assistant', content: first.content }, result], tools })
        .finalText();

      expect(first.stop_reason).toBe('tool_use');
      expect(first.content[0]).toMatchObject({ type: 'text', text: 'Let me look.' });
      expect(call).toMatchObject({ name: 'weather', input: { city: 'Bern' } });
      expect(second).toContain('sunny');
    });
  });

  test.each(THINKERS)('thinking comes and goes back behind %s', async (wire) => {
    gateway.provider.script((call) =>
      call.results.length === 0 ? { thinking: 'I should look that up.', text: 'Let me look.', calls: [weather] } : { text: 'Sunny.' },
    );
    const ask = (messages: Anthropic.MessageParam[]) =>
      client.messages
        .stream({ model: MODELS[wire], max_tokens: 4_000, thinking: { type: 'enabled', budget_tokens: 2_000 }, messages, tools })
        .finalMessage();

    const first = await ask([user]);
    const call = first.content.find((block) => block.type === 'tool_use') as Anthropic.ToolUseBlock;
    const second = await ask([
      user,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] },
    ]);

    expect(first.content[0]).toMatchObject({ type: 'thinking', thinking: 'I should look that up.' });
    expect(second.content).toMatchObject([{ type: 'text', text: 'Sunny.' }]);
  });

  test('counts tokens', async () => {
    const counted = await client.messages.countTokens({ model: 'on-anthropic', messages: [user] });
    const translated = await client.messages.countTokens({ model: 'on-gemini', messages: [user] });

    expect([counted.input_tokens, translated.input_tokens]).toEqual([42, 42]);
  });

  test('lists models', async () => {
    const models: Anthropic.ModelInfo[] = [];
    for await (const model of client.models.list()) models.push(model);

    expect(models.find(({ id }) => id === 'on-anthropic')).toMatchObject({ type: 'model', display_name: expect.any(String) });
  });

  test('errors are the package’s own classes and name what is wrong', async () => {
    const once = (key = gateway.key) => new Anthropic({ baseURL: gateway.url, apiKey: key, maxRetries: 0 });
    const call = (fields: object, key?: string): Promise<unknown> =>
      once(key).messages.create({ model: 'on-anthropic', max_tokens: 9, messages: [user], ...fields });

    await expect(call({}, 'sk-gw-wrong')).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await expect(call({ model: 'nobody-serves-this' })).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    await expect(call({ max_tokens: 'many' })).rejects.toThrow(/max_tokens/);

    gateway.provider.script({ status: 529, body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } });
    await expect(call({})).rejects.toMatchObject({ status: 529, error: { error: { type: 'overloaded_error' } } });
  });

  test('a stream that the provider cuts is an error, not an end', async () => {
    gateway.provider.script({ half: { text: 'A long story that stops somewhere in the middle of it.' }, after: 'cut' });

    await expect(client.messages.stream({ model: 'on-chat', max_tokens: 99, messages: [user] }).finalMessage()).rejects.toThrow(
      Anthropic.APIError,
    );
  });
});
