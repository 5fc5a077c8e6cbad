import type { FieldType, RequestedCall, RequestResult } from '../../lambda/money/record';
import { CALL_FIELDS, named, RESULT_FIELDS, type RecordField, USAGE_FIELDS } from '../../lambda/money/record';

const PLAIN = {
  text: 'text',
  time: '2026-11-24T12:00:00.000Z',
  'epoch-ms': 1_795_521_600_000,
  state: 'settled',
  operation: 'chat',
  dialect: 'openai-chat',
  flag: true,
  integer: 200,
  count: 7,
  milliseconds: 12,
  'fine-milliseconds': 1.5,
  money: 12_345_678_901_234_567_890n,
  'money-change': -12_345_678_901_234_567_890n,
  usd: '0.000000005',
  names: ['a/b', 'c/d'],
  labels: { team: 'x', 'cost-center': '42' },
  counts: { web_search: 2 },
  amounts: { second: 1.5 },
  pages: [{ page: 'page#key#k1#*', starts: { month: 1_795_521_600_000, 'day.7': 1_795_521_600_000 } }],
};

/** A value for a field of each type; those that hold parts have all of them. */
export const FIELD_VALUES: Readonly<Record<FieldType, unknown>> = {
  ...PLAIN,
  usage: Object.fromEntries(named(USAGE_FIELDS).map(({ name, type }) => [name, PLAIN[type]])),
  attempts: [
    {
      provider: 'p',
      model: 'm',
      region: 'eu-west-1',
      status: 503,
      outcome: 'upstream_error',
      durationMs: 5,
      estimatedCostUsd: '0.01',
      estimatedListUsd: '0.02',
      estimatedBilledUsd: '0.015',
    },
    { provider: 'p', model: 'm', outcome: 'ok', durationMs: 5 },
  ],
  verdicts: [
    { policy: 'pii', version: '3', direction: 'input', verdict: 'mask', rule: 'people', types: ['email'], findings: 2 },
    { policy: 'secrets', version: '9f86d081884c', direction: 'both', verdict: 'pass' },
  ],
};

/** Every field that a record has of what was known before the call. */
export const WHOLE_CALL = valuesOf(CALL_FIELDS) as unknown as RequestedCall;
/** Every field that a record has of its result. */
export const WHOLE_RESULT = valuesOf(RESULT_FIELDS) as RequestResult;

function valuesOf(fields: Readonly<Record<string, RecordField>>): Record<string, unknown> {
  return Object.fromEntries(named(fields).map(({ name, type }) => [name, FIELD_VALUES[type]]));
}
