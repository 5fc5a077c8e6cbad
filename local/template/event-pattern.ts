import { LocalRunError } from './failure';
import { isObject, type JsonObject, type JsonValue, list } from './json';

/** Whether an event is one of those that a pattern describes. */
export type EventPattern = (event: unknown) => boolean;

/**
 * Reads a pattern as EventBridge's rules and Lambda's event filters write it: a tree whose leaves list what a value may be,
 * literally or as `{ "prefix": ... }`.
 *
 * @param owner the resource whose pattern it is, for the message
 * @throws LocalRunError when it compares in a way that the local run does not have
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function readEventPattern(pattern: JsonObject, owner: string): EventPattern {
  const members = Object.entries(pattern).map(([name, expected]): [string, EventPattern] => [
    name,
    readMember(expected, `${owner}: ${name}`),
  ]);
  return (event) => isObject(event) && members.every(([name, matches]) => matches(event[name]));
}

function readMember(expected: JsonValue, owner: string): EventPattern {
  if (isObject(expected)) return readEventPattern(expected, owner);
  if (!Array.isArray(expected)) throw new LocalRunError(`${owner} is no list in its event pattern`);
  const choices = expected.map((choice) => readChoice(choice, owner));
  // A list in an event matches when one of its members does.
  return (value) => (Array.isArray(value) ? value : [value]).some((member) => choices.some((matches) => matches(member)));
}

function readChoice(choice: JsonValue, owner: string): EventPattern {
  if (!isObject(choice)) return (value) => value === choice;
  const { prefix, ...others } = choice;
  if (typeof prefix === 'string' && Object.keys(others).length === 0) {
    return (value) => typeof value === 'string' && value.startsWith(prefix);
  }
  throw new LocalRunError(`${owner}: the local run's event patterns have values and prefixes only, not ${JSON.stringify(choice)}`);
}

/** Lambda's `FilterCriteria`: one matching filter is enough; without any, everything matches. */
export function readFilterCriteria(criteria: JsonValue | undefined, owner: string): EventPattern | undefined {
  const filters = list(isObject(criteria) ? criteria.Filters : undefined).map((filter) => {
    const pattern: unknown = JSON.parse(String(isObject(filter) ? filter.Pattern : undefined));
    return readEventPattern(pattern as JsonObject, `${owner}: FilterCriteria`);
  });
  return filters.length === 0 ? undefined : (event) => filters.some((matches) => matches(event));
}
