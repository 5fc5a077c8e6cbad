import { invalidRequest, unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import { optionalText, requiredObject, requiredText, wrongType } from '../../protocols/strict';
import type { ModerationsRequest } from './request';

/** What OpenAI takes where no model is named. */
const USUAL_MODEL = 'omni-moderation-latest';
/** Each has a result, which is larger than a short text. */
const MAX_INPUTS = 1_000;

/** @see https://platform.openai.com/docs/api-reference/moderations/create */
export function decodeRequest(body: JsonObject): ModerationsRequest {
  const model = optionalText(body['model'], 'model') ?? USUAL_MODEL;
  if (model === '') throw invalidRequest('model', 'model must not be empty.');
  return { model, inputs: readInputs(body['input']) };
}

/** A text, texts with a result each, or parts of one input. */
function readInputs(input: JsonValue | undefined): ModerationsRequest['inputs'] {
  if (input === undefined || input === null)
    throw invalidRequest('input', 'input is missing; give a string.', 'missing_required_parameter');
  if (typeof input === 'string') return [[input]];
  if (!Array.isArray(input)) throw wrongType('input', 'a string or an array');
  if (input.length === 0) throw invalidRequest('input', 'input must not be empty.');
  if (input.length > MAX_INPUTS) throw invalidRequest('input', `input holds ${input.length} items; at most ${MAX_INPUTS} are accepted.`);
  if (typeof input[0] === 'string') return input.map((item, index) => [requiredText(item, `input[${index}]`)]);
  return [input.map((item, index) => readPart(item, `input[${index}]`))];
}

function readPart(item: JsonValue, path: string): string {
  if (typeof item === 'string') throw wrongType(path, 'an object, like the items before it');
  const part = requiredObject(item, path);
  const type = requiredText(part['type'], `${path}.type`);
  if (type === 'text') return requiredText(part['text'], `${path}.text`);
  if (type === 'image_url')
    throw unsupported(`${path}.image_url`, 'Guardrail policies look into texts, not into pictures; leave the picture out.');
  throw invalidRequest(`${path}.type`, `${path}.type must be 'text'.`);
}
