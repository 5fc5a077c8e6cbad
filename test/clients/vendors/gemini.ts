import { isSignature } from '../upstreams/scripted-state';
import type { Body } from '../upstreams/turn';
import { doubled, eachSchema, isObject, must, Refusal, unknownFields } from './refusal';

/** What one generation of Gemini takes. */
interface Gemini {
  readonly thinking: { readonly budget: readonly [least: number, most: number]; readonly off: boolean } | readonly string[] | undefined;
  readonly jsonWithTools: boolean;
  /** The first call of each step must come back signed. */
  readonly signsCalls: boolean;
}

/** @see https://ai.google.dev/gemini-api/docs/thinking @see https://ai.google.dev/gemini-api/docs/gemini-3 */
const GEMINIS: readonly (readonly [RegExp, Gemini])[] = [
  [/^gemini-2\.0/, { thinking: undefined, jsonWithTools: false, signsCalls: false }],
  [/^gemini-2\.5-pro/, { thinking: { budget: [128, 32_768], off: false }, jsonWithTools: false, signsCalls: false }],
  [/^gemini-2\.5-flash-lite/, { thinking: { budget: [512, 24_576], off: true }, jsonWithTools: false, signsCalls: false }],
  [/^gemini-2\.5-flash/, { thinking: { budget: [1, 24_576], off: true }, jsonWithTools: false, signsCalls: false }],
  [/^gemini-3-pro/, { thinking: ['low', 'high'], jsonWithTools: true, signsCalls: true }],
  [/^gemini-3\.1-pro/, { thinking: ['low', 'medium', 'high'], jsonWithTools: true, signsCalls: true }],
  [/^gemini-3\.[78]-flash/, { thinking: ['low', 'medium', 'high'], jsonWithTools: true, signsCalls: true }],
  [/^gemini-3(?:\.[1-6])?-flash/, { thinking: ['minimal', 'low', 'medium', 'high'], jsonWithTools: true, signsCalls: true }],
];

const FIELDS = 'contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent serviceTier store';
const CONFIG = `stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount maxOutputTokens temperature topP topK
 seed presencePenalty frequencyPenalty responseLogprobs logprobs enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig mediaResolution`;
const PART = 'thought thoughtSignature partMetadata mediaResolution videoMetadata';
const DATA = ['text', 'inlineData', 'functionCall', 'functionResponse', 'fileData', 'executableCode', 'codeExecutionResult'];
/** What stands for a signature that another model could not give. @see https://ai.google.dev/gemini-api/docs/thought-signatures */
const UNSIGNED = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'];

/**
 * What Google refuses of `generateContent`.
 *
 * @see https://ai.google.dev/api/generate-content
 */
export function checkGemini(body: Body, model: string): void {
  const gemini = GEMINIS.find(([name]) => name.test(model))?.[1];
  if (gemini === undefined)
    throw new Refusal(
      `models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
      undefined,
      404,
      'NOT_FOUND',
    );
  noUnknown(body, FIELDS, '');
  must(body.contents?.length > 0, '* GenerateContentRequest.contents: contents is not specified');
  body.contents.forEach((content: Body, index: number) => {
    checkContent(content, `contents[${index}]`);
  });
  if (body.systemInstruction !== undefined) checkContent({ role: 'user', ...body.systemInstruction }, 'system_instruction');
  checkOrder(body.contents);
  if (gemini.signsCalls) checkSignatures(body.contents);
  const functions = (body.tools ?? []).flatMap((tool: Body) => tool.functionDeclarations ?? []);
  checkFunctions(functions, body.toolConfig);
  checkConfig(body.generationConfig ?? {}, gemini, functions.length > 0);
}

function noUnknown(value: Body, known: string, at: string): void {
  const [extra] = unknownFields(value, known);
  must(extra === undefined, `Invalid JSON payload received. Unknown name "${extra}"${at === '' ? '' : ` at '${at}'`}: Cannot find field.`);
}

function checkContent({ role, parts, ...others }: Body, at: string): void {
  noUnknown(others, '', at);
  must(['user', 'model'].includes(role), 'Please use a valid role: user, model.');
  must(parts?.length > 0, `* GenerateContentRequest.${at}.parts: contents.parts must not be empty.`);
  for (const [index, part] of parts.entries()) {
    noUnknown(part, `${DATA.join(' ')} ${PART}`, `${at}.parts[${index}]`);
    const data = DATA.filter((kind) => kind in part);
    must(
      data.length === 1,
      `* GenerateContentRequest.${at}.parts[${index}].data: required oneof field 'data' must have one initialized field`,
    );
    must(
      part.text !== '' || part.thoughtSignature !== undefined,
      'Unable to submit request because it has an empty text parameter. Add a value to the parameter and try again.',
    );
    must(
      part.thoughtSignature === undefined || UNSIGNED.includes(part.thoughtSignature) || isSignature(part.thoughtSignature),
      'Corrupted thought signature.',
    );
    must(
      part.functionCall === undefined || isObject(part.functionCall.args ?? {}),
      `Invalid value at '${at}.parts[${index}].function_call.args'`,
    );
    const { functionResponse } = part;
    must(
      functionResponse === undefined || functionResponse.name !== '',
      `* GenerateContentRequest.${at}.parts[${index}].function_response.name: Name cannot be empty.`,
    );
    must(
      functionResponse === undefined || isObject(functionResponse.response),
      `Invalid value at '${at}.parts[${index}].function_response.response'`,
    );
  }
}

/** Calls follow the user or results; results follow calls, as many. */
function checkOrder(contents: Body[]): void {
  const count = (content: Body | undefined, kind: string): number => (content?.parts ?? []).filter((part: Body) => kind in part).length;
  contents.forEach((content, index) => {
    const before = contents[index - 1];
    const calls = count(content, 'functionCall');
    must(
      calls === 0 || before?.role === 'user',
      'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
    );
    const responses = count(content, 'functionResponse');
    must(
      responses === 0 || count(before, 'functionCall') > 0,
      'Please ensure that function response turn comes immediately after a function call turn.',
    );
    // Newer models take a turn of results and anything else for one of the model's.
    must(responses === 0 || responses === content.parts.length, 'Requests ending with a model turn are not supported.');
    must(
      (responses === 0 && (calls > 0 || index === 0 || count(before, 'functionCall') === 0)) || responses === count(before, 'functionCall'),
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  });
}

/** Of the turn under way: since the user last spoke other than by results. */
function checkSignatures(contents: Body[]): void {
  const start = contents.findLastIndex(({ role, parts }) => role === 'user' && !parts.some((part: Body) => 'functionResponse' in part));
  contents.slice(start + 1).forEach(({ parts }, index) => {
    const first = parts.find((part: Body) => 'functionCall' in part);
    must(
      first === undefined || first.thoughtSignature !== undefined,
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${first?.functionCall.name}\`, position ${start + 1 + index}.`,
    );
  });
}

function checkFunctions(functions: Body[], toolConfig: Body): void {
  functions.forEach((declaration, index) => {
    const at = `tools[0].function_declarations[${index}]`;
    noUnknown(declaration, 'name description parameters parametersJsonSchema response responseJsonSchema behavior', at);
    must(
      /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(declaration.name),
      `* GenerateContentRequest.${at}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.`,
    );
    const schema = declaration.parametersJsonSchema;
    if (schema === undefined) return;
    must(schema.type === 'object', `* GenerateContentRequest.${at}.parameters_json_schema: parameters schema should be of type OBJECT.`);
    checkReferences(schema, `${at}.parameters_json_schema`);
  });
  const twice = doubled(functions.map(({ name }) => name));
  must(twice.length === 0, `Duplicate function declaration found: ${twice[0]}`);
  const calling = toolConfig?.functionCallingConfig;
  if (calling === undefined) return;
  must(functions.length > 0, 'Function calling config is set without function_declarations.');
  must(
    calling.allowedFunctionNames === undefined || ['ANY', 'VALIDATED'].includes(calling.mode),
    'Allowed function names should only be set when function calling mode is ANY or VALIDATED.',
  );
  const unknown = (calling.allowedFunctionNames ?? []).find((name: string) => !functions.some((declaration) => declaration.name === name));
  must(unknown === undefined, `Allowed function name ${unknown} is not among function_declarations.`);
}

function checkReferences(root: Body, at: string): void {
  eachSchema(root, (schema) => {
    const reference = schema.$ref;
    if (typeof reference !== 'string') return;
    const target = reference
      .replace(/^#\/?/, '')
      .split('/')
      .filter((name) => name !== '')
      .reduce((value: Body, name) => value?.[name], root);
    must(target !== undefined, `* GenerateContentRequest.${at}: reference to undefined schema ${reference}`);
  });
}

function checkConfig(config: Body, gemini: Gemini, hasFunctions: boolean): void {
  noUnknown(config, CONFIG, 'generation_config');
  const within = (name: string, least: number, most: number): void => {
    const value = config[name];
    must(
      value === undefined || (value >= least && value <= most),
      `Unable to submit request because it has a ${name} value of ${value} but the supported range is from ${least} to ${most}. Update the value and try again.`,
    );
  };
  within('temperature', 0, 2);
  within('topP', 0, 1);
  within('topK', 1, 1_000);
  within('maxOutputTokens', 1, 65_536);
  within('candidateCount', 1, 8);
  within('presencePenalty', -2, 1.999_999);
  within('frequencyPenalty', -2, 1.999_999);
  must((config.stopSequences ?? []).length <= 5, 'The maximum number of stop sequences is 5.');
  must(config.logprobs === undefined || config.responseLogprobs === true, 'Logprobs is only supported when response_logprobs is true.');
  must(
    config.responseMimeType === undefined || config.responseMimeType === 'text/plain' || !hasFunctions || gemini.jsonWithTools,
    `Function calling with a response mime type: '${config.responseMimeType}' is unsupported`,
  );
  must(
    config.responseJsonSchema === undefined || config.responseMimeType === 'application/json',
    'response_schema only works with response_mime_type application/json.',
  );
  if (config.thinkingConfig !== undefined) checkThinking(config.thinkingConfig, gemini);
}

function checkThinking(config: Body, { thinking }: Gemini): void {
  noUnknown(config, 'includeThoughts thinkingBudget thinkingLevel', 'generation_config.thinking_config');
  const { thinkingBudget: budget, thinkingLevel: level } = config;
  must(thinking !== undefined, 'Thinking is not enabled for this model.');
  must(budget === undefined || level === undefined, 'You can only set only one of thinking budget and thinking level.');
  if ('budget' in thinking) {
    must(level === undefined, 'Thinking level is not supported for this model.');
    const [least, most] = thinking.budget;
    if (budget === undefined || budget === -1) return;
    must(budget !== 0 || thinking.off, 'Budget 0 is invalid. This model only works in thinking mode.');
    must(
      budget === 0 || (budget >= least && budget <= most),
      `The thinking budget ${budget} is invalid. Please choose a value between ${least} and ${most}.`,
    );
    return;
  }
  must(level === undefined || thinking.includes(String(level).toLowerCase()), `Thinking level ${level} is not supported for this model.`);
}
