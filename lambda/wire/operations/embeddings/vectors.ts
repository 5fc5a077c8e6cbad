import type { JsonObject, JsonValue } from '../../../platform/json';
import type { Usage } from '../../model/usage';
import { arrayOf, defined, hasBrokenCounts } from '../../protocols/lenient';
import { unreadableAnswer } from '../../protocols/provider-error';
import type { Embeddings } from './request';

/** @param reported where the count was found, for what stands there instead of one */
export function inputUsage(inputTokens: number | undefined, reported?: JsonObject): Usage | undefined {
  if (reported !== undefined && hasBrokenCounts(reported)) return defined({ inputTokens, malformed: true });
  return inputTokens === undefined ? undefined : { inputTokens };
}

/** @throws GatewayError 502 when a vector is missing or holds anything but numbers */
export function vectorsResponse(vectors: readonly (JsonValue | undefined)[], usage: Usage | undefined, model?: string): Embeddings {
  if (vectors.length === 0) throw unreadableAnswer();
  return defined({ vectors: vectors.map(readVector), usage, model });
}

function readVector(value: JsonValue | undefined): number[] {
  const numbers = arrayOf(value);
  if (numbers.length === 0 || !numbers.every((item) => typeof item === 'number')) throw unreadableAnswer();
  return numbers as number[];
}

export function floatsOfBase64(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4));
}

export function base64OfFloats(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes.toString('base64');
}

/** An answer as OpenAI gives it. */
export function listOf(vectors: readonly (number[] | string)[], model: string, usage: Usage | undefined): JsonObject {
  return defined({
    object: 'list',
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model,
    usage: usage?.inputTokens === undefined ? undefined : { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens },
  });
}
