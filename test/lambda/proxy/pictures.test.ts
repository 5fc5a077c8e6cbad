import { createPriceBook } from '../../../lambda/money/pricing';
import bookJson from '../../../lambda/money/pricing/price-book.json';
import { readStream, sseEvents } from '../../support/answers';
import { events, type Hosts, startHosts } from '../../support/hosts';
import { jsonReply, type Step, streamReply } from '../../support/upstream';

/** Pictures that a model makes reach the caller in its own dialect's form, are paid for as pictures, or are refused before the call. */

const PNG = 'iVBORw0KGgo=';
const URL_OF_PNG = `data:image/png;base64,${PNG}`;

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts();
});

afterEach(() => hosts.close());

function geminiAnswer(...parts: object[]): object {
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: 5,
      candidatesTokenCount: 1_290,
      totalTokenCount: 1_295,
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }],
    },
    responseId: 'r1',
    modelVersion: 'm',
  };
}

const picture = (data = PNG) => ({ inlineData: { mimeType: 'image/png', data } });
const whole = (...parts: object[]): Step[] => jsonReply(geminiAnswer(...parts));
const streamed = (size: number, ...parts: object[]): Step[] => streamReply(events(...parts.map((part) => geminiAnswer(part))), [size]);

const MODELS = ['google-ai-studio/gemini-2.5-flash-image', 'vertex-ai/gemini-3-pro-image-preview'] as const;

interface Asked {
  readonly path: string;
  readonly body: object;
  /** Texts and pictures of an answer in their order. */
  whole(json: never): string[];
  stream(text: string): string[];
}

const chatParts = (message: { content?: string | null; images?: { image_url: { url: string } }[] }) => [
  ...(message.content ? [message.content] : []),
  ...(message.images ?? []).map(({ image_url }) => image_url.url),
];
const itemParts = ({ type, result, content }: { type: string; result?: string; content?: { text: string }[] }) =>
  type === 'image_generation_call' ? [`data:image/png;base64,${result}`] : (content ?? []).map(({ text }) => text);

const CALLERS: Readonly<Record<string, Asked>> = {
  'openai-chat': {
    path: '/v1/chat/completions',
    body: { messages: [{ role: 'user', content: 'Draw' }] },
    whole: (json: { choices: { message: object }[] }) => chatParts(json.choices[0]?.message ?? {}),
    stream: (text) =>
      sseEvents(text).flatMap(({ data }) =>
        data === '[DONE]' ? [] : JSON.parse(data).choices.flatMap(({ delta }: { delta: object }) => chatParts(delta)),
      ),
  },
  'openai-responses': {
    path: '/v1/responses',
    body: { input: 'Draw' },
    whole: (json: { output: { type: string }[] }) => json.output.flatMap(itemParts),
    stream: (text) => {
      const told = sseEvents(text).map(({ data }) => JSON.parse(data));
      const done = told.filter(({ type }) => type === 'response.output_item.done').flatMap(({ item }) => itemParts(item));
      expect(told.at(-1).response.output.flatMap(itemParts)).toEqual(done);
      const [added] = told.filter(({ type, item }) => type === 'response.output_item.added' && item.type === 'image_generation_call');
      expect(added.item).toMatchObject({ status: 'in_progress', result: null });
      return done;
    },
  },
};

describe.each(Object.keys(CALLERS))('a caller of %s', (dialect) => {
  const { path, body, ...read } = CALLERS[dialect] as Asked;

  test.each(MODELS)('gets the pictures of %s', async (model) => {
    hosts.upstream.script(whole({ text: 'Here: ' }, picture(), picture('AAAA')));
    const reply = await hosts.ask(path, { model, ...body });
    expect(read.whole(reply.json as never)).toEqual(['Here: ', URL_OF_PNG, 'data:image/png;base64,AAAA']);
  });

  test.each(MODELS)('gets the pictures of %s streamed, however they are cut', async (model) => {
    for (const size of [1_000_000, 1, 13]) {
      hosts.upstream.script(streamed(size, { text: 'Here: ' }, picture(), picture('AAAA')));
      const { text } = await hosts.ask(path, { model, stream: true, ...body });
      expect(read.stream(text)).toEqual(['Here: ', URL_OF_PNG, 'data:image/png;base64,AAAA']);
      expect(readStream(dialect, text)).toMatchObject({ text: 'Here: ', error: undefined });
    }
  });

  test('gets a picture of several megabytes', async () => {
    const large = 'A'.repeat(4 * 1024 * 1024);
    hosts.upstream.script(streamed(65_536, picture(large)));
    const { text } = await hosts.ask(path, { model: MODELS[0], stream: true, ...body });
    expect(read.stream(text)).toEqual([`data:image/png;base64,${large}`]);
  });

  test('is not shown drafts', async () => {
    hosts.upstream.script(whole({ thought: true, ...picture('BBBB') }, picture()));
    expect(read.whole((await hosts.ask(path, { model: MODELS[1], ...body })).json as never)).toEqual([URL_OF_PNG]);
  });
});

test('a caller of Responses gets the pictures that a host of Chat streams', async () => {
  const delta = (fields: object, finish_reason: string | null = null) => ({
    id: 'c',
    choices: [{ index: 0, delta: fields, finish_reason }],
  });
  const image = { type: 'image_url', image_url: { url: URL_OF_PNG }, index: 0 };
  hosts.upstream.script(
    streamReply(events(delta({ role: 'assistant', content: 'Here: ' }), delta({ images: [image] }), delta({}, 'stop'), '[DONE]'), [17]),
  );
  const { text } = await hosts.ask('/v1/responses', { model: 'openai-compatible/painter', stream: true, input: 'Draw' });
  expect(CALLERS['openai-responses']?.stream(text)).toEqual(['Here: ', URL_OF_PNG]);
});

test.each([false, true])('a caller of Messages is refused before anything is sent, streamed: %s', async (stream) => {
  for (const model of MODELS) {
    const reply = await hosts.ask('/v1/messages', { model, stream, max_tokens: 2_000, messages: [{ role: 'user', content: 'Draw' }] });
    expect(reply.status).toBe(400);
    expect(reply.json.error.message).toMatch(/pictures/);
  }
  expect(hosts.sent()).toEqual([]);
});

test.each([false, true])(
  'a picture of a model that nobody knew to make one is no empty answer to Messages, streamed: %s',
  async (stream) => {
    hosts.upstream.script(stream ? streamed(100, picture()) : whole(picture()));
    const asked = { model: 'google-ai-studio/painter-1', stream, max_tokens: 2_000, messages: [{ role: 'user', content: 'Draw' }] };
    const reply = await hosts.ask('/v1/messages', asked);
    const text = stream ? readStream('anthropic-messages', reply.text).text : reply.json.content[0].text;
    expect(text).toMatch(/picture/);
  },
);

test('a picture goes back to the model that made it, and is left out and named for others', async () => {
  const assistant = { role: 'assistant', content: 'Here: ', images: [{ type: 'image_url', image_url: { url: URL_OF_PNG } }] };
  const messages = [{ role: 'user', content: 'Draw' }, assistant, { role: 'user', content: 'Darker' }];
  const input = [
    { role: 'user', content: 'Draw' },
    { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: PNG },
    { role: 'user', content: 'Darker' },
  ];
  hosts.upstream.script(whole(picture()));

  await hosts.ask('/v1/chat/completions', { model: MODELS[0], messages });
  await hosts.ask('/v1/responses', { model: MODELS[0], input });
  for (const { body } of hosts.sent()) expect(body.contents[1].parts).toContainEqual(picture());

  hosts.upstream.script(
    jsonReply({ id: 'm', type: 'message', role: 'assistant', content: [{ type: 'text', text: 'ok' }], stop_reason: 'end_turn', usage: {} }),
  );
  const elsewhere = await hosts.ask('/v1/chat/completions', { model: 'anthropic/claude-sonnet-4-5', messages });
  expect(elsewhere.status).toBe(200);
  expect(elsewhere.headers['x-gateway-warnings']).toContain('messages.images');
});

test.each([false, true])('a picture costs what pictures cost, streamed: %s', async (stream) => {
  await hosts.close();
  // biome-ignore lint/suspicious/noExplicitAny: the shipped book
  hosts = await startHosts({ 'google-ai-studio': { free: false } }, { priceBook: createPriceBook(bookJson as any) });
  hosts.upstream.script(stream ? streamed(100, picture()) : whole(picture()));

  await hosts.ask('/v1/chat/completions', { model: MODELS[0], stream, messages: [{ role: 'user', content: 'hi' }] });
  await hosts.gateway.settled();

  // 1290 tokens at $30 and 5 at $0.30 for a million.
  expect(hosts.gateway.records().at(-1)).toMatchObject({ costNanoUsd: 38_701_500n, usage: { imageOutputTokens: 1_290 } });
});
