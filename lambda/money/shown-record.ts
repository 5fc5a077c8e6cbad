import type { JsonObject, JsonValue } from '../platform/json';
import type { Usage } from '../wire/model';
import { formatUsd } from './pricing';
import {
  ATTEMPT_FIELDS,
  type AttemptRecord,
  RECORD_FIELDS,
  shown,
  type TypeShown,
  USAGE_FIELDS,
  type UsageRecord,
  VERDICT_FIELDS,
  type VerdictRecord,
} from './record';

type Write = (value: never) => JsonValue;

const AS_IT_IS: Write = (value: JsonValue) => value;

/** How the values of fields are shown, by their types. */
const WRITERS: Readonly<Record<TypeShown<typeof RECORD_FIELDS, 'api'>, Write>> = {
  text: AS_IT_IS,
  time: AS_IT_IS,
  state: AS_IT_IS,
  operation: AS_IT_IS,
  dialect: AS_IT_IS,
  flag: AS_IT_IS,
  integer: AS_IT_IS,
  count: AS_IT_IS,
  milliseconds: AS_IT_IS,
  'fine-milliseconds': AS_IT_IS,
  labels: AS_IT_IS,
  money: formatUsd,
  'money-change': formatUsd,
  usage: (usage: Usage) => partsOf(usage, USAGE_PARTS),
  attempts: (attempts: readonly AttemptRecord[]) => attempts.map((attempt) => partsOf(attempt, ATTEMPT_PARTS)),
  verdicts: (verdicts: readonly VerdictRecord[]) => verdicts.map((verdict) => partsOf(verdict, VERDICT_PARTS)),
};

const FIELDS = shown(RECORD_FIELDS, 'api');
const USAGE_PARTS = shown(USAGE_FIELDS, 'api');
const ATTEMPT_PARTS = shown(ATTEMPT_FIELDS, 'api');
const VERDICT_PARTS = shown(VERDICT_FIELDS, 'api');

/** A record as the admin API shows it. */
export function shownRecord(record: UsageRecord): JsonObject {
  const wire: JsonObject = {};
  for (const { name, api, type } of FIELDS) {
    const value = record[name as keyof UsageRecord];
    if (value !== undefined) wire[api] = WRITERS[type](value as never);
  }
  const { costNanoUsd, providerAdjustmentNanoUsd, teamAdjustmentNanoUsd } = record;
  const adjusted = (providerAdjustmentNanoUsd ?? 0n) + (teamAdjustmentNanoUsd ?? 0n);
  if (providerAdjustmentNanoUsd !== undefined || teamAdjustmentNanoUsd !== undefined) wire['list_usd'] = formatUsd(costNanoUsd - adjusted);
  return wire;
}

/** Parts are plain values that need only their names in the API. */
function partsOf<Whole extends object>(whole: Whole, parts: readonly { readonly name: string; readonly api: string }[]): JsonObject {
  const values = whole as Readonly<Record<string, JsonValue | undefined>>;
  return Object.fromEntries(parts.flatMap(({ name, api }) => (values[name] === undefined ? [] : [[api, values[name]]])));
}
