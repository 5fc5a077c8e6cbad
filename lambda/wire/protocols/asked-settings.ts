import type { JsonObject, JsonValue } from '../../platform/json';
import type { Capabilities } from '../models';

/** Settings that not every model takes, by the catalogue's words for whether it does. */
export type AskedSetting = keyof Capabilities & ('temperature' | 'topP' | 'topK' | 'stop' | 'penalties' | 'logprobs');

const FIELDS: Readonly<Record<string, AskedSetting>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  stop: 'stop',
  stop_sequences: 'stop',
  frequency_penalty: 'penalties',
  presence_penalty: 'penalties',
  logprobs: 'logprobs',
};

/** Those of a body that say more than what holds without them; undefined: none. */
export function settingsAskedIn(body: JsonObject): readonly AskedSetting[] | undefined {
  let asked: AskedSetting[] | undefined;
  for (const field in FIELDS) {
    if (!says(field, body[field])) continue;
    asked ??= [];
    asked.push(FIELDS[field] as AskedSetting);
  }
  return asked;
}

function says(field: string, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (field === 'temperature' || field === 'top_p') return value !== 1;
  return field.endsWith('_penalty') ? value !== 0 : !Array.isArray(value) || value.length > 0;
}
