import { GatewayError, unsupported } from '../../../platform/error';
import type { EmbeddingsRequest, ModelRequest } from '../../model/request';

/** What a provider is asked to embed, where it takes texts alone. */
export interface TextEmbeddings extends EmbeddingsRequest {
  readonly inputs: readonly string[];
}

/** @throws GatewayError 400 when the caller sent token ids, which mean something to OpenAI's models only */
export function textEmbeddings(request: ModelRequest): TextEmbeddings {
  const { embeddings } = request;
  if (embeddings === undefined) throw notEmbeddings();
  const inputs = embeddings.inputs.map((input, index) => {
    if (typeof input === 'string') return input;
    throw unsupported(`input[${index}]`, 'Token ids can be sent to OpenAI models only; send the text.');
  });
  return { ...embeddings, inputs };
}

/** @throws GatewayError 400 when there are several texts */
export function onlyText(embeddings: TextEmbeddings, model: string): string {
  const [text, ...more] = embeddings.inputs;
  if (text !== undefined && more.length === 0) return text;
  throw unsupported('input', `${model} embeds one text per call; send each text in a call of its own.`);
}

function notEmbeddings(): GatewayError {
  return new GatewayError({ code: 'internal_error', message: 'The gateway failed.' });
}
