import { unsupported } from '../../../platform/error';
import type { EmbeddingsRequest } from './request';

/** What a provider is asked to embed, where it takes texts alone. */
export interface TextEmbeddings extends EmbeddingsRequest {
  readonly inputs: readonly string[];
}

/** @throws GatewayError 400 when the caller sent token ids, which mean something to OpenAI's models only */
export function textEmbeddings(request: EmbeddingsRequest): TextEmbeddings {
  const inputs = request.inputs.map((input, index) => {
    if (typeof input === 'string') return input;
    throw unsupported(`input[${index}]`, 'Token ids can be sent to OpenAI models only; send the text.');
  });
  return { ...request, inputs };
}

/** @throws GatewayError 400 when there are several texts */
export function onlyText(embeddings: TextEmbeddings, model: string): string {
  const [text, ...more] = embeddings.inputs;
  if (text !== undefined && more.length === 0) return text;
  throw unsupported('input', `${model} embeds one text per call; send each text in a call of its own.`);
}
