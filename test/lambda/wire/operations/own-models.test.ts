/** A codec of one operation takes nothing of another's: what is written here must not compile, and the compiler says so if it does. */
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { OPERATIONS } from '../../../../lambda/wire/operations';
import { anthropicTokenCount } from '../../../../lambda/wire/operations/count-tokens/anthropic-messages';
import { openAiEmbeddings } from '../../../../lambda/wire/operations/embeddings/openai-chat';
import { targetFacts } from '../../../support/target';

const chat = openAiChat.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
const vectors = openAiEmbeddings.decodeRequest({ model: 'm', input: 'Hi' });
const target = targetFacts('m');

test('no codec is given the request of another operation', () => {
  const misuses = [
    // @ts-expect-error a conversation has nothing to embed
    () => openAiEmbeddings.encodeRequest(chat, target),
    // @ts-expect-error texts to embed are no conversation
    () => openAiChat.encodeRequest(vectors, target),
    // @ts-expect-error a conversation is not yet asked to be counted
    () => anthropicTokenCount.encodeRequest(chat, target),
  ];

  expect(misuses).toHaveLength(3);
});

test('a request holds what its own operation asks for and nothing of chat', () => {
  expect(vectors).toEqual({ model: 'm', inputs: ['Hi'], encodingFormat: 'float' });
  expect(anthropicTokenCount.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })).toEqual({
    model: 'm',
    counted: expect.objectContaining({ messages: [expect.objectContaining({ role: 'user' })] }),
  });
});

test('only what a model writes has streams and reasons to end', () => {
  for (const codec of [openAiEmbeddings, anthropicTokenCount]) {
    expect(codec.streamEncoder ?? codec.streamDecoder ?? codec.finishReason).toBeUndefined();
  }
  expect(Object.values(OPERATIONS).flatMap(({ name, answers }) => (answers.includes('sse') ? [name] : []))).toEqual(['chat']);
});
