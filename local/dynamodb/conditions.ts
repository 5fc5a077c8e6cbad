import db from 'dynalite/db';
import { sameValue } from './equality';
import type { AttributeValue, Item } from './types';

/** A path, a literal, or a function of operands, as dynalite's parser gives them. */
type Operand = readonly (string | number)[] | AttributeValue | Expression;

/** A condition as dynalite's parser gives it. */
interface Expression {
  readonly type: string;
  readonly name?: string;
  readonly args: readonly Operand[];
}

/** No attribute's name is empty. */
const NOWHERE = [''];
const TRUE: Expression = { type: 'function', name: 'attribute_not_exists', args: [NOWHERE] };
const FALSE: Expression = { type: 'function', name: 'attribute_exists', args: [NOWHERE] };

/**
 * Decides a prepared write's condition and leaves the verdict in its place, so that dynalite's own checks keep their order.
 * dynalite compares maps and lists by identity and takes `false` for absent; this does not.
 */
export function decideCondition(prepared: Record<string, unknown>, item: Item | undefined): void {
  const condition = prepared._condition as { expression: Expression } | undefined;
  if (condition !== undefined) prepared._condition = { ...condition, expression: holds(condition.expression, item ?? {}) ? TRUE : FALSE };
}

function holds(expression: Expression, item: Item): boolean {
  const [first, second] = expression.args as readonly Expression[];
  switch (expression.type) {
    case 'and':
      return holds(first as Expression, item) && holds(second as Expression, item);
    case 'or':
      return holds(first as Expression, item) || holds(second as Expression, item);
    case 'not':
      return !holds(first as Expression, item);
    default:
      return compares(expression, item);
  }
}

function compares({ type, name, args }: Expression, item: Item): boolean {
  const [value, ...others] = args.map((operand) => resolve(operand, item));
  switch (type) {
    case '=':
      return sameValue(value, others[0]);
    case '<>':
      return !sameValue(value, others[0]);
    case 'in':
      return others.some((other) => sameValue(value, other));
    default:
      return db.compare(type === 'function' ? (name as string) : type, value, others);
  }
}

function resolve(operand: Operand, item: Item): AttributeValue | undefined {
  if (isPath(operand)) return db.mapPath(operand, item) as AttributeValue | undefined;
  if (!isExpression(operand)) return operand;
  const value = resolve(operand.args[0] as Operand, item);
  const size = value === undefined ? undefined : sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
function sizeOf({ S, B, SS, NS, BS, L, M }: AttributeValue): number | undefined {
  if (S !== undefined) return S.length;
  if (B !== undefined) return Buffer.from(B, 'base64').length;
  if (M !== undefined) return Object.keys(M).length;
  return (SS ?? NS ?? BS ?? L)?.length;
}

function isPath(operand: Operand): operand is readonly (string | number)[] {
  return Array.isArray(operand);
}

function isExpression(operand: AttributeValue | Expression | readonly (string | number)[]): operand is Expression {
  return 'type' in operand;
}
