import { LocalRunError } from './failure';
import { isObject, type JsonObject, type JsonValue, text } from './json';

/** What intrinsic functions look up. */
export interface IntrinsicScope {
  /** A resource, parameter or pseudo parameter. @throws LocalRunError when there is none */
  ref(name: string): JsonValue;
  /** @throws LocalRunError when the resource or attribute is not known */
  attribute(logicalId: string, attribute: string): string;
  /** The template's `Conditions`. */
  condition(name: string): boolean;
  /** The template's `Mappings`. */
  mapping(map: string, first: string, second: string): JsonValue;
  /** What another stack exports under this name. @throws LocalRunError when none does */
  imported(name: string): JsonValue;
}

/** What `AWS::NoValue` resolves to: the member that holds it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = JsonValue | typeof NO_VALUE;

/**
 * Replaces every intrinsic function in a piece of a template by its value.
 *
 * @throws LocalRunError naming the function when it is one that the local run does not know
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveValue(value: JsonValue, scope: IntrinsicScope): JsonValue {
  const resolved = resolve(value, scope);
  return resolved === NO_VALUE ? null : resolved;
}

/** Evaluates a member of `Conditions`, or a condition function in it. */
export function resolveCondition(value: JsonValue, scope: IntrinsicScope): boolean {
  if (isObject(value)) {
    const entry = singleEntry(value);
    if (entry !== undefined) {
      const [name, argument] = entry;
      const conditions = (): boolean[] => (Array.isArray(argument) ? argument : []).map((member) => resolveCondition(member, scope));
      if (name === 'Condition') return scope.condition(String(argument));
      if (name === 'Fn::And') return conditions().every(Boolean);
      if (name === 'Fn::Or') return conditions().some(Boolean);
      if (name === 'Fn::Not') return !conditions()[0];
      if (name === 'Fn::Equals' && Array.isArray(argument)) {
        const [left, right] = argument.map((member) => JSON.stringify(resolveValue(member, scope)));
        return left === right;
      }
    }
  }
  throw new LocalRunError(`the template has a condition that the local run cannot evaluate: ${JSON.stringify(value)}`);
}

function resolve(value: JsonValue, scope: IntrinsicScope): Resolved {
  if (Array.isArray(value)) return value.map((member) => resolve(member, scope)).filter((member) => member !== NO_VALUE);
  if (!isObject(value)) return value;
  const entry = singleEntry(value);
  if (entry !== undefined) {
    const [name, argument] = entry;
    if (name === 'Ref') return argument === 'AWS::NoValue' ? NO_VALUE : scope.ref(String(argument));
    if (name.startsWith('Fn::')) return call(name, argument, scope);
  }
  const result: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    const resolved = resolve(member, scope);
    if (resolved !== NO_VALUE) result[name] = resolved;
  }
  return result;
}

function call(name: string, argument: JsonValue, scope: IntrinsicScope): Resolved {
  switch (name) {
    case 'Fn::GetAtt':
      return getAttribute(argument, scope);
    case 'Fn::Join': {
      const [separator, members] = pair(name, argument, scope);
      return strings(name, members).join(String(separator));
    }
    case 'Fn::Split': {
      const [separator, source] = pair(name, argument, scope);
      return String(source).split(String(separator));
    }
    case 'Fn::Select': {
      const [index, members] = pair(name, argument, scope);
      const selected = Array.isArray(members) ? members[Number(index)] : undefined;
      if (selected === undefined)
        throw new LocalRunError(`Fn::Select finds nothing at index ${String(index)} of ${JSON.stringify(members)}`);
      return selected;
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = Array.isArray(argument) ? argument : [];
      return resolve((scope.condition(String(condition)) ? whenTrue : whenFalse) ?? null, scope);
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = strings(name, resolveValue(argument, scope));
      return scope.mapping(map ?? '', first ?? '', second ?? '');
    }
    case 'Fn::Base64':
      return Buffer.from(String(resolveValue(argument, scope))).toString('base64');
    case 'Fn::ImportValue':
      return scope.imported(text(resolveValue(argument, scope)) ?? '');
    default:
      throw new LocalRunError(`the template uses ${name}, which the local run does not know`);
  }
}

function getAttribute(argument: JsonValue, scope: IntrinsicScope): string {
  const parts = Array.isArray(argument) ? argument.map(String) : String(argument).split(/\.(.*)/s, 2);
  return scope.attribute(parts[0] ?? '', parts[1] ?? '');
}

function substitute(argument: JsonValue, scope: IntrinsicScope): string {
  const [template, local] = Array.isArray(argument) ? argument : [argument, {}];
  return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (isObject(local) && Object.hasOwn(local, name)) return text(resolveValue(local[name] ?? null, scope)) ?? '';
    return name.includes('.') ? getAttribute(name, scope) : (text(scope.ref(name)) ?? '');
  });
}

function pair(name: string, argument: JsonValue, scope: IntrinsicScope): [JsonValue, JsonValue] {
  if (!Array.isArray(argument) || argument.length !== 2)
    throw new LocalRunError(`${name} takes two arguments, got ${JSON.stringify(argument)}`);
  return [resolveValue(argument[0] ?? null, scope), resolveValue(argument[1] ?? null, scope)];
}

function strings(name: string, value: JsonValue): string[] {
  if (!Array.isArray(value)) throw new LocalRunError(`${name} takes a list, got ${JSON.stringify(value)}`);
  return value.map((member) => text(member) ?? JSON.stringify(member));
}

function singleEntry(value: JsonObject): [string, JsonValue] | undefined {
  const entries = Object.entries(value);
  return entries.length === 1 ? entries[0] : undefined;
}
