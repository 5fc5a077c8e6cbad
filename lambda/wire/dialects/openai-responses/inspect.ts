import { invalidRequest } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { settingsAskedIn } from '../../protocols/asked-settings';
import { LongestMark } from '../../protocols/cache-mark';
import { defined, objectOf, textOf } from '../../protocols/lenient';
import { MediaFinder } from '../../protocols/media-parts';
import { nativeFieldsOf } from '../../protocols/native-fields';
import type { CallFacts } from '../../protocols/protocol';
import {
  checkSchema,
  optionalCount,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  requiredObject,
  requiredText,
  wrongType,
} from '../../protocols/strict';
import { isItemReference, isReasoningReference } from './history';
import { inspectTools } from './server-tools';

/** @see https://platform.openai.com/docs/api-reference/responses/create */
export function inspect(body: JsonObject): CallFacts {
  const model = requiredText(body['model'], 'model');
  if (model === '') throw invalidRequest('model', 'model must not be empty.');
  const items = inputItems(body);
  const tools = inspectTools(body);
  const maxOutputTokens = optionalCount(body['max_output_tokens'], 'max_output_tokens', 1);
  const serviceTier = optionalText(body['service_tier'], 'service_tier');
  optionalNumber(body['temperature'], 'temperature', -2, 2);
  optionalCount(body['top_logprobs'], 'top_logprobs', 0, 100);
  optionalText(body['instructions'], 'instructions');
  optionalFlag(body['background'], 'background');
  const format = optionalObject(optionalObject(body['text'], 'text')?.['format'], 'text.format');
  if (format !== undefined) checkSchema(format, 'text.format');
  const effort = textOf(objectOf(body['reasoning'])?.['effort']);
  const settings = settingsAskedIn(body);
  const nativeFields = nativeFieldsOf(body);

  return {
    model,
    stream: optionalFlag(body['stream'], 'stream') ?? false,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    maxOutputField: 'max_output_tokens',
    choices: 1,
    wantsStreamUsage: true,
    serverTools: tools.serverTools,
    toolUses: tools.toolUses,
    ...(tools.spareServerTools === undefined ? {} : { spareServerTools: tools.spareServerTools }),
    storedReferences: (body['prompt'] ?? null) === null ? items.storedReferences : ['prompt', ...items.storedReferences],
    media: items.media,
    ...(items.cacheWrite === undefined ? {} : { cacheWrite: items.cacheWrite }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(nativeFields.length === 0 ? {} : { nativeFields }),
    ...(effort === undefined && settings === undefined ? {} : { asks: defined({ effort, settings }) }),
  };
}

function inputItems(body: JsonObject): Pick<CallFacts, 'media' | 'storedReferences' | 'cacheWrite'> {
  const { input, tools } = body;
  const marks = new LongestMark();
  marks.noteTools(tools);
  if (input === undefined || input === null) {
    throw invalidRequest('input', 'input is missing; give a string or an array of items.', 'missing_required_parameter');
  }
  if (typeof input === 'string') return { media: [], storedReferences: [], ...lifeOf(marks) };
  if (!Array.isArray(input)) throw wrongType('input', 'a string or an array of items');

  const media = new MediaFinder(marks.note);
  const storedReferences: string[] = [];
  input.forEach((value, index) => {
    const item = requiredObject(value, `input[${index}]`);
    if (isItemReference(item) && !isReasoningReference(item)) storedReferences.push(`input[${index}].id`);
    media.add(item);
    marks.noteTools(item['tools']);
  });
  return { media: media.found, storedReferences, ...lifeOf(marks) };
}

function lifeOf({ life }: LongestMark): Pick<CallFacts, 'cacheWrite'> {
  return life === undefined ? {} : { cacheWrite: life };
}
