import { LocalRunError } from '../template/failure';
import { isObject, type JsonObject } from '../template/json';
import { unknownCall, unknownFunction } from './known-calls';

export const EFFECTS = ['slow', 'lost-before', 'lost-after', 'throttled', 'dead'] as const;
export const MANNERS = ['cut', 'hang'] as const;

/** Which calls of AWS go wrong, how, and for how long. What is absent does not narrow the rule. */
export interface DisturbanceRule {
  /** `proxy`, `admin`, `usage`, `sweeper`, or a logical id; a glob. */
  readonly function?: string;
  /** As signatures name it: `dynamodb`, `secretsmanager`, `sqs`, `events`, `sns`, `s3`, `bedrock`. */
  readonly service?: string;
  /** Of the API, such as `TransactWriteItems`, or one that a part of the call needs, such as `PutItem`; a glob. */
  readonly action?: string;
  /** Name of a table, queue, secret, bus, topic, model, or of a bucket and object; a glob. */
  readonly resource?: string;
  readonly effect: (typeof EFFECTS)[number];
  readonly delay_ms?: number;
  /** How an answer is lost: the connection is cut, or nothing comes until the caller gives up. */
  readonly manner?: (typeof MANNERS)[number];
  /** Of the calls that fit: only the one of this number, counted from 1. */
  readonly nth?: number;
  /** Of the calls that fit: each one whose number this divides. */
  readonly every?: number;
  /** Of the calls that fit: each one with this chance. */
  readonly probability?: number;
  /** At most so many calls. */
  readonly times?: number;
  /** Counted from when the run is ready, or the file was read again. */
  readonly from_seconds?: number;
  readonly for_seconds?: number;
}

export interface DisturbanceRules {
  /** Of the chances; the same seed and the same calls go wrong alike. */
  readonly seed: number;
  readonly rules: readonly DisturbanceRule[];
}

/** What is wrong with a field's value; undefined when nothing is. */
type Check = (value: unknown) => string | undefined;

const FIELDS: Readonly<Record<keyof DisturbanceRule, Check>> = {
  function: text,
  service: text,
  action: text,
  resource: text,
  effect: oneOf(EFFECTS),
  delay_ms: numberFrom(0),
  manner: oneOf(MANNERS),
  nth: wholeFrom(1),
  every: wholeFrom(1),
  probability: (value) => (numberFrom(0)(value) === undefined && (value as number) <= 1 ? undefined : 'must be a number from 0 to 1'),
  times: wholeFrom(1),
  from_seconds: numberFrom(0),
  for_seconds: numberFrom(0),
};

/**
 * Reads a file of rules.
 *
 * @param json its content
 * @param file its name, for the messages
 * @throws LocalRunError that names the field and what it takes
 */
export function parseDisturbanceRules(json: string, file: string): DisturbanceRules {
  const fail = (problem: string): never => {
    throw new LocalRunError(`--disturb ${file}: ${problem}`);
  };
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (error) {
    fail(`it is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(document)) return fail('it must hold an object such as {"rules": [...]}');
  const unknown = Object.keys(document).find((name) => name !== 'seed' && name !== 'rules');
  if (unknown !== undefined) fail(`"${unknown}" is not known; the fields are seed and rules`);
  const { seed = 1, rules } = document;
  const badSeed = wholeFrom(0)(seed);
  if (badSeed !== undefined) fail(`seed ${badSeed}`);
  if (!Array.isArray(rules)) return fail('rules must be a list of rules');
  for (const [index, rule] of rules.entries()) checkRule(rule, (problem) => fail(`rules[${index}]${problem}`));
  return { seed: seed as number, rules: rules as unknown as DisturbanceRule[] };
}

/**
 * Refuses rules for functions that the run does not have, which are known later than the file.
 *
 * @throws LocalRunError that names the field and the functions
 */
export function checkFunctions({ rules }: DisturbanceRules, file: string, logicalIds: readonly string[]): void {
  for (const [index, rule] of rules.entries()) {
    const problem = unknownFunction(rule, logicalIds);
    if (problem !== undefined) throw new LocalRunError(`--disturb ${file}: rules[${index}]${problem}`);
  }
}

function checkRule(rule: unknown, fail: (problem: string) => never): void {
  if (!isObject(rule)) return fail(' must be an object');
  for (const [name, value] of Object.entries(rule)) {
    const check = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof DisturbanceRule] : undefined;
    if (check === undefined) return fail(`.${name} is not known; the fields are ${Object.keys(FIELDS).join(', ')}`);
    const problem = check(value);
    if (problem !== undefined) return fail(`.${name} ${problem}`);
  }
  if (rule.effect === undefined) return fail(`.effect is missing; one of: ${EFFECTS.join(', ')}`);
  if (rule.effect === 'slow' && rule.delay_ms === undefined) return fail('.delay_ms is missing; a slow call needs it');
  const unknown = unknownCall(rule as unknown as DisturbanceRule);
  if (unknown !== undefined) return fail(unknown);
  return refuseIdleFields(rule, fail);
}

function refuseIdleFields(rule: JsonObject, fail: (problem: string) => never): void {
  const loses = rule.effect !== 'slow' && rule.effect !== 'throttled';
  if (rule.manner !== undefined && !loses) fail(`.manner has no meaning for ${String(rule.effect)}: the call is answered`);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty';
}

function oneOf(values: readonly string[]): Check {
  return (value) => (values.includes(value as string) ? undefined : `must be one of: ${values.join(', ')}`);
}

function numberFrom(least: number): Check {
  return (value) => (typeof value === 'number' && Number.isFinite(value) && value >= least ? undefined : `must be a number from ${least}`);
}

function wholeFrom(least: number): Check {
  return (value) => (Number.isSafeInteger(value) && (value as number) >= least ? undefined : `must be a whole number from ${least}`);
}
