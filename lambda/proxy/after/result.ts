import type { Outcome } from '../../money/ledger';
import { named, RESULT_FIELDS, type RequestResult, type TypeOf } from '../../money/record';
import type { Trace } from './trace';

/** Undefined: as it is. */
type Keep = ((value: never) => unknown) | undefined;

const AS_IT_IS: Keep = undefined;

/** As fields are recorded, by their types: rounded, and left out where there is nothing to say. */
const KEPT: Readonly<Record<TypeOf<typeof RESULT_FIELDS>, Keep>> = {
  text: AS_IT_IS,
  time: AS_IT_IS,
  integer: AS_IT_IS,
  money: AS_IT_IS,
  'money-change': AS_IT_IS,
  usage: AS_IT_IS,
  attempts: AS_IT_IS,
  verdicts: AS_IT_IS,
  flag: (value: boolean) => value || undefined,
  count: (value: number) => value || undefined,
  milliseconds: Math.round,
  'fine-milliseconds': tenths,
  labels: (value: object) => (Object.keys(value).length === 0 ? undefined : value),
};

const FIELDS = named(RESULT_FIELDS).map(({ name, type }) => ({ name, keep: KEPT[type] }));
const NOTHING = Object.fromEntries(FIELDS.map(({ name }) => [name, undefined]));

/** What the usage record says of how a request ended. */
export function resultOf(trace: Trace): Outcome {
  const result: Record<string, unknown> = { ...NOTHING };
  for (const { name, keep } of FIELDS) {
    const value = trace[name as keyof RequestResult];
    if (value !== undefined) result[name] = keep === undefined ? value : keep(value as never);
  }
  return result as unknown as Outcome;
}

/** Rounded to tenths. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
