import { invalidRequest } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import { optionalChoice, optionalCount, optionalText, requiredText, wrongType } from '../../protocols/strict';
import type { EmbeddingsRequest } from './request';

/** OpenAI's own limit. */
const MAX_INPUTS = 2_048;
const MAX_DIMENSIONS = 16_384;

/** @see https://platform.openai.com/docs/api-reference/embeddings/create */
export function decodeRequest(body: JsonObject): EmbeddingsRequest {
  const model = requiredText(body['model'], 'model');
  if (model === '') throw invalidRequest('model', 'model must not be empty.');
  const dimensions = optionalCount(body['dimensions'], 'dimensions', 1, MAX_DIMENSIONS);
  const inputType = optionalText(body['input_type'], 'input_type');
  const user = optionalText(body['user'], 'user');
  return {
    model,
    inputs: readInputs(body['input']),
    encodingFormat: optionalChoice(body['encoding_format'], 'encoding_format', ['float', 'base64']) ?? 'float',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(inputType === undefined ? {} : { inputType }),
    ...(user === undefined ? {} : { user }),
  };
}

/** A text, texts, the token ids of one text, or those of several. */
function readInputs(input: JsonValue | undefined): EmbeddingsRequest['inputs'] {
  if (input === undefined || input === null)
    throw invalidRequest('input', 'input is missing; give a string.', 'missing_required_parameter');
  if (typeof input === 'string') return [readText(input, 'input')];
  if (!Array.isArray(input)) throw wrongType('input', 'a string or an array');
  if (input.length === 0) throw invalidRequest('input', 'input must not be empty.');
  if (isTokens(input)) return [input];
  if (input.length > MAX_INPUTS) throw invalidRequest('input', `input holds ${input.length} texts; at most ${MAX_INPUTS} are accepted.`);
  return input.map((item, index) => {
    const path = `input[${index}]`;
    if (typeof item === 'string') return readText(item, path);
    if (Array.isArray(item) && item.length > 0 && isTokens(item)) return item;
    throw wrongType(path, 'a string or an array of token ids');
  });
}

function readText(text: string, path: string): string {
  if (text === '') throw invalidRequest(path, `${path} must not be empty.`);
  return text;
}

function isTokens(value: readonly JsonValue[]): value is number[] {
  return value.every((item) => typeof item === 'number' && Number.isSafeInteger(item) && item >= 0);
}
