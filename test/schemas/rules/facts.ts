import type { Capabilities } from '../../../lambda/wire/models';
import type { Any, Fields, NameGrammar, Sent, Written } from './written';

const NAMES: Readonly<Record<NameGrammar, RegExp>> = {
  openai: /^[a-zA-Z0-9_-]{1,64}$/,
  anthropic: /^[a-zA-Z0-9_-]{1,128}$/,
  gemini: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
  kimi: /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/,
};
/** @see https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations */
const NOT_BY_ANTHROPIC =
  /^(oneOf|minimum|maximum|exclusiveMinimum|exclusiveMaximum|multipleOf|minLength|maxLength|maxItems|uniqueItems|minProperties|maxProperties|patternProperties|not|if|then|else)$/;

/** What a body says that the catalogue knows its model not to take. */
export function factBreaches({ can, mostOutputTokens }: Sent, { settings, toolNames, ownNames, strictSchemas = [] }: Written): string[] {
  const found: string[] = [];
  const off = (name: keyof Capabilities, setting: string = name): void => {
    if (can[name] === false && settings[setting] !== undefined) found.push(`${setting} is not taken: ${JSON.stringify(settings[setting])}`);
  };
  for (const name of ['temperature', 'topP', 'topK', 'stop', 'seed', 'penalties', 'logitBias', 'verbosity'] as const) off(name);
  if (can.logprobs === false && settings['logprobs'] === true) found.push('logprobs');
  if (can.tools === false && toolNames.length > 0) found.push('tools');
  if (can.forcedTools === false && settings['forced'] === true) found.push('a forced tool');
  if (can.choices === false && (settings['choices'] as number) > 1) found.push('choices');
  const { temperature, topP, stop, effort, thinking } = settings as Any;
  if (temperature > (can.maxTemperature ?? 2)) found.push(`a temperature of ${temperature}`);
  if (can.temperatureWithTopP === false && temperature !== undefined && topP !== undefined) found.push('temperature with top_p');
  if (Array.isArray(stop) && stop.length > (can.maxStop ?? stop.length)) found.push(`${stop.length} stop sequences`);
  if (effort !== undefined && can.efforts?.includes(effort) === false) found.push(`an effort of ${effort}: ${can.efforts}`);
  if (can.samplingWithEffort === false && effort !== undefined && effort !== 'none' && (temperature ?? topP) !== undefined)
    found.push('sampling with effort');
  if (thinking?.type === 'enabled' && can.thinking !== undefined && !can.thinking.includes('budget')) found.push('a budget');
  if (thinking?.type === 'adaptive' && can.thinking !== undefined && !can.thinking.includes('adaptive')) found.push('adaptive thinking');
  if (thinking?.type === 'disabled' && can.thinkingOff === false) found.push('thinking cannot be switched off');
  if (mostOutputTokens !== undefined && (settings['maxOutputTokens'] as number) > mostOutputTokens)
    found.push(`a cap of ${settings['maxOutputTokens']} above ${mostOutputTokens}`);
  if (settings['format'] !== undefined && can.structuredOutput?.includes('json-schema') === false) found.push('a format');
  if ((settings['strictTools'] as number) > (can.strictTools === false ? 0 : (can.maxStrictTools ?? 1_000)))
    found.push(`${settings['strictTools']} strict tools`);
  for (const grammar of ownNames === undefined ? (can.toolNames ?? []) : [ownNames])
    found.push(...toolNames.filter((name) => !NAMES[grammar].test(name)).map((name) => `a tool named ${name}`));
  if (can.schemaSubset?.includes('anthropic') === true) found.push(...strictSchemas.flatMap((schema) => keywordsIn(schema)));
  return found;
}

/** Keywords of a schema that Anthropic refuses, and objects that are open. */
function keywordsIn(schema: unknown, isMap = false): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((one) => keywordsIn(one));
  const fields = Object.entries(schema);
  const own = isMap ? [] : fields.filter(([name]) => NOT_BY_ANTHROPIC.test(name)).map(([name]) => `${name} in a schema`);
  const open =
    !isMap && (schema as Fields)['type'] === 'object' && (schema as Fields)['additionalProperties'] !== false
      ? ['an open object in a schema']
      : [];
  return [
    ...own,
    ...open,
    ...fields.flatMap(([name, value]) =>
      name === 'enum' || name === 'const' || name === 'default'
        ? []
        : keywordsIn(value, !isMap && /^(properties|\$defs|definitions)$/.test(name)),
    ),
  ];
}
