import { unsupported } from '../../../platform/error';
import type { JsonValue } from '../../../platform/json';
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

/** Path of the first ids of tokens that stand in place of a text. */
export function tokenIdsIn(input: JsonValue | undefined): string | undefined {
  if (!Array.isArray(input)) return undefined;
  if (input.some((item) => typeof item === 'number')) return 'input';
  const index = input.findIndex((item) => Array.isArray(item));
  return index < 0 ? undefined : `input[${index}]`;
}
