import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import validations from 'dynalite/validations';

/** An item in the service's own shape. Never changed in place: an update makes a new one. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** What an expression is evaluated against. */
export interface Scope {
  readonly item: Item | undefined;
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly values: Readonly<Record<string, AttributeValue>> | undefined;
}

type Operand = (scope: Scope) => AttributeValue | undefined;
export type Condition = (scope: Scope) => boolean;
/** Changes the copy of the item that it is given; the values inside it are shared and stay as they are. */
export type Change = (scope: Scope, target: Record<string, AttributeValue>) => void;

/** An error with the service's name for it. */
export function serviceError(name: string, message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: {} }, fields);
}

function invalid(message: string): Error {
  return serviceError('ValidationException', message);
}

const reserved = new Map<string, boolean>();

function isReserved(name: string): boolean {
  return remember(
    reserved,
    name,
    () => validations.validateExpressions({ ProjectionExpression: name })?.includes('reserved keyword') === true,
  );
}

const conditions = new Map<string, Condition>();
const updates = new Map<string, readonly Change[]>();
const projections = new Map<string, readonly Path[]>();

/** Compiles a condition, filter or key condition once; the same text is never parsed again. */
export function compileCondition(text: string): Condition {
  return remember(conditions, text, () => new Parser(text).wholeCondition());
}

/** Compiles an update expression into the changes that it makes, in order. */
export function compileUpdate(text: string): readonly Change[] {
  return remember(updates, text, () => new Parser(text).wholeUpdate());
}

/** Keeps only the named paths. Top-level attributes and nested map fields. */
export function project(text: string, item: Item, names: Scope['names']): Item {
  const paths = remember(projections, text, () => new Parser(text).wholeProjection());
  let result: Item = {};
  for (const path of paths) {
    const steps = resolve(path, names);
    const value = read(item, steps);
    if (value !== undefined) result = writeAlong(result, steps, value);
  }
  return result;
}

function remember<T>(cache: Map<string, T>, text: string, make: () => T): T {
  let made = cache.get(text);
  if (made === undefined) {
    made = make();
    cache.set(text, made);
  }
  return made;
}

type Path = readonly (string | number)[];

function resolve(path: Path, names: Scope['names']): Path {
  return path.map((step) => {
    if (typeof step !== 'string' || !step.startsWith('#')) return step;
    const name = names?.[step];
    if (name === undefined) throw invalid(`an expression attribute name is not defined: ${step}`);
    return name;
  });
}

function read(item: Item | undefined, path: Path): AttributeValue | undefined {
  let value = item?.[path[0] as string];
  for (let index = 1; index < path.length && value !== undefined; index++) {
    const step = path[index] as string | number;
    value = typeof step === 'number' ? value.L?.[step] : value.M?.[step];
  }
  return value;
}

/** Writes into the item, which is the update's own copy; what lies deeper is shared, and copied on the way. */
function set(target: Record<string, AttributeValue>, path: Path, value: AttributeValue): void {
  const name = path[0] as string;
  target[name] = path.length === 1 ? value : setInside(target[name], path.slice(1), value);
}

function setInside(parent: AttributeValue | undefined, path: Path, value: AttributeValue): AttributeValue {
  const step = path[0] as string | number;
  if (typeof step === 'number') {
    if (parent?.L === undefined) throw invalid('the document path provided in the update expression is invalid for update');
    const list = [...parent.L];
    list[Math.min(step, list.length)] = path.length === 1 ? value : setInside(list[step], path.slice(1), value);
    return { L: list };
  }
  if (parent?.M === undefined) throw invalid('the document path provided in the update expression is invalid for update');
  return { M: { ...parent.M, [step]: path.length === 1 ? value : setInside(parent.M[step], path.slice(1), value) } };
}

function writeAlong(item: Item, path: Path, value: AttributeValue): Item {
  if (path.length === 1) return { ...item, [path[0] as string]: value };
  const name = path[0] as string;
  const inner = writeAlong(item[name]?.M ?? {}, path.slice(1), value);
  return { ...item, [name]: { M: inner } };
}

function remove(target: Record<string, AttributeValue>, path: Path): void {
  const name = path[0] as string;
  const parent = target[name];
  if (path.length === 1) delete target[name];
  else if (parent === undefined) throw invalid('the document path provided in the update expression is invalid for update');
  else target[name] = removeInside(parent, path.slice(1));
}

function removeInside(parent: AttributeValue, path: Path): AttributeValue {
  const step = path[0] as string | number;
  if (typeof step === 'number') return { L: (parent.L ?? []).filter((_value, index) => index !== step) };
  if (parent.M === undefined) throw invalid('the document path provided in the update expression is invalid for update');
  if (path.length === 1) {
    const { [step]: _gone, ...rest } = parent.M;
    return { M: rest };
  }
  const child = parent.M[step];
  return child === undefined ? parent : { M: { ...parent.M, [step]: removeInside(child, path.slice(1)) } };
}

/** Exact sum of two DynamoDB numbers. */
export function addNumbers(left: string, right: string, sign: 1 | -1 = 1): string {
  if (left.length < 15 && right.length < 15 && !left.includes('.') && !right.includes('.')) {
    return String(Number(left) + sign * Number(right));
  }
  if (!left.includes('.') && !right.includes('.')) return String(BigInt(left) + BigInt(sign) * BigInt(right));
  const [leftWhole = '0', leftPart = ''] = left.split('.');
  const [rightWhole = '0', rightPart = ''] = right.split('.');
  const digits = Math.max(leftPart.length, rightPart.length);
  const scaled = (whole: string, part: string): bigint => BigInt(whole + part.padEnd(digits, '0'));
  const sum = scaled(leftWhole, leftPart) + BigInt(sign) * scaled(rightWhole, rightPart);
  if (digits === 0) return String(sum);
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0');
  return `${sum < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '');
}

function compareNumbers(left: string, right: string): number {
  if (left.length < 16 && right.length < 16) return Number(left) - Number(right);
  const difference = addNumbers(left, right, -1);
  return difference.startsWith('-') ? -1 : Number(difference) === 0 ? 0 : 1;
}

/** Order of two scalars of one type; undefined when they cannot be compared. */
export function compare(left: AttributeValue | undefined, right: AttributeValue | undefined): number | undefined {
  if (left?.N !== undefined && right?.N !== undefined) return compareNumbers(left.N, right.N);
  if (left?.S !== undefined && right?.S !== undefined) return left.S < right.S ? -1 : left.S > right.S ? 1 : 0;
  if (left?.B !== undefined && right?.B !== undefined) return Buffer.compare(left.B, right.B);
  return undefined;
}

function equal(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  const order = compare(left, right);
  return order === undefined ? JSON.stringify(left) === JSON.stringify(right) : order === 0;
}

function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (value === undefined) return undefined;
  const measured =
    value.S !== undefined
      ? Buffer.byteLength(value.S)
      : (value.B?.length ?? value.L?.length ?? value.SS?.length ?? (value.M === undefined ? undefined : Object.keys(value.M).length));
  return measured === undefined ? undefined : { N: String(measured) };
}

const TOKENS = /\s*(<>|<=|>=|[=<>(),+\-.[\]]|[#:]?[A-Za-z0-9_]+)/y;

/** Recursive descent over DynamoDB's expression grammar, to closures. */
class Parser {
  private readonly tokens: string[] = [];
  private at = 0;

  public constructor(private readonly text: string) {
    TOKENS.lastIndex = 0;
    let end = 0;
    for (let match = TOKENS.exec(text); match !== null; match = TOKENS.exec(text)) {
      this.tokens.push(match[1] as string);
      end = TOKENS.lastIndex;
    }
    if (text.slice(end).trim() !== '') throw invalid(`syntax error near: ${text.slice(end)}`);
  }

  public wholeCondition(): Condition {
    const condition = this.either();
    this.finish();
    return condition;
  }

  public wholeProjection(): Path[] {
    const paths = [this.path()];
    while (this.take(',')) paths.push(this.path());
    this.finish();
    return paths;
  }

  public wholeUpdate(): Change[] {
    const changes: Change[] = [];
    while (this.at < this.tokens.length) {
      const clause = this.next().toUpperCase();
      do changes.push(this.change(clause));
      while (this.take(','));
    }
    return changes;
  }

  private change(clause: string): Change {
    const path = this.path();
    if (clause === 'REMOVE') return (scope, target) => remove(target, resolve(path, scope.names));
    if (clause === 'SET') {
      this.expect('=');
      const value = this.sum();
      return (scope, target) => {
        const made = value(scope);
        if (made === undefined) throw invalid('the provided expression refers to an attribute that does not exist in the item');
        set(target, resolve(path, scope.names), made);
      };
    }
    const operand = this.operand();
    if (clause === 'ADD') {
      return (scope, target) => {
        const by = operand(scope);
        const steps = resolve(path, scope.names);
        const old = read(scope.item, steps);
        if (by?.SS !== undefined) {
          set(target, steps, { SS: [...new Set([...(old?.SS ?? []), ...by.SS])] });
          return;
        }
        if (by?.N === undefined) throw invalid('ADD needs a number or a set');
        set(target, steps, { N: addNumbers(old?.N ?? '0', by.N) });
      };
    }
    if (clause === 'DELETE') {
      return (scope, target) => {
        const steps = resolve(path, scope.names);
        const left = (read(scope.item, steps)?.SS ?? []).filter((member) => !operand(scope)?.SS?.includes(member));
        if (left.length === 0) remove(target, steps);
        else set(target, steps, { SS: left });
      };
    }
    throw invalid(`unknown clause ${clause} in: ${this.text}`);
  }

  private sum(): Operand {
    const left = this.operand();
    const sign = this.peek() === '+' ? 1 : this.peek() === '-' ? -1 : 0;
    if (sign === 0) return left;
    this.at++;
    const right = this.operand();
    return (scope) => {
      const first = left(scope);
      const second = right(scope);
      if (first?.N === undefined || second?.N === undefined) {
        throw invalid('an operand in the update expression has an incorrect data type or does not exist');
      }
      return { N: addNumbers(first.N, second.N, sign) };
    };
  }

  private either(): Condition {
    let left = this.both();
    while (this.word('OR')) {
      const [first, second] = [left, this.both()];
      left = (scope) => first(scope) || second(scope);
    }
    return left;
  }

  private both(): Condition {
    let left = this.negation();
    while (this.word('AND')) {
      const [first, second] = [left, this.negation()];
      left = (scope) => first(scope) && second(scope);
    }
    return left;
  }

  private negation(): Condition {
    if (!this.word('NOT')) return this.test();
    const inner = this.negation();
    return (scope) => !inner(scope);
  }

  private test(): Condition {
    if (this.take('(')) {
      const inner = this.either();
      this.expect(')');
      return inner;
    }
    const call = this.peek();
    if (this.tokens[this.at + 1] === '(' && call !== 'size') return this.functionTest(this.next());
    const left = this.operand();
    if (this.word('BETWEEN')) {
      const low = this.operand();
      if (!this.word('AND')) throw invalid(`BETWEEN without AND in: ${this.text}`);
      const high = this.operand();
      return (scope) => {
        const value = left(scope);
        return (compare(value, low(scope)) ?? -1) >= 0 && (compare(value, high(scope)) ?? 1) <= 0;
      };
    }
    if (this.word('IN')) {
      this.expect('(');
      const members = [this.operand()];
      while (this.take(',')) members.push(this.operand());
      this.expect(')');
      return (scope) => members.some((member) => equal(left(scope), member(scope)));
    }
    const operator = this.next();
    const right = this.operand();
    if (operator === '=') return (scope) => equal(left(scope), right(scope));
    if (operator === '<>') return (scope) => !equal(left(scope), right(scope));
    const accepts = ORDER[operator];
    if (accepts === undefined) throw invalid(`unknown operator ${operator} in: ${this.text}`);
    return (scope) => {
      const order = compare(left(scope), right(scope));
      return order !== undefined && accepts(order);
    };
  }

  private functionTest(name: string): Condition {
    this.expect('(');
    const first = this.operand();
    const second = this.take(',') ? this.operand() : undefined;
    this.expect(')');
    switch (name) {
      case 'attribute_exists':
        return (scope) => first(scope) !== undefined;
      case 'attribute_not_exists':
        return (scope) => first(scope) === undefined;
      case 'attribute_type':
        return (scope) => Object.keys(first(scope) ?? {})[0] === second?.(scope)?.S;
      case 'begins_with':
        return (scope) => first(scope)?.S?.startsWith(second?.(scope)?.S ?? '\uffff') ?? false;
      case 'contains':
        return (scope) => {
          const [whole, part] = [first(scope), second?.(scope)];
          if (whole?.S !== undefined) return part?.S !== undefined && whole.S.includes(part.S);
          return whole?.SS?.includes(part?.S as string) ?? whole?.L?.some((member) => equal(member, part)) ?? false;
        };
      default:
        throw invalid(`unknown function ${name} in: ${this.text}`);
    }
  }

  private operand(): Operand {
    const token = this.peek();
    if (token === undefined) throw invalid(`unexpected end of: ${this.text}`);
    if (token.startsWith(':')) {
      this.at++;
      return (scope) => {
        const value = scope.values?.[token];
        if (value === undefined) throw invalid(`an expression attribute value is not defined: ${token}`);
        return value;
      };
    }
    if (this.tokens[this.at + 1] === '(' && ['size', 'if_not_exists', 'list_append'].includes(token))
      return this.functionOperand(this.next());
    const path = this.path();
    if (path.every((step) => typeof step === 'string' && !step.startsWith('#'))) return (scope) => read(scope.item, path);
    return (scope) => read(scope.item, resolve(path, scope.names));
  }

  private functionOperand(name: string): Operand {
    this.expect('(');
    const first = this.operand();
    if (name === 'size') {
      this.expect(')');
      return (scope) => sizeOf(first(scope));
    }
    this.expect(',');
    const second = this.operand();
    this.expect(')');
    if (name === 'if_not_exists') return (scope) => first(scope) ?? second(scope);
    return (scope) => ({ L: [...(first(scope)?.L ?? []), ...(second(scope)?.L ?? [])] });
  }

  private path(): Path {
    const steps: (string | number)[] = [this.attribute()];
    for (;;) {
      if (this.take('.')) steps.push(this.attribute());
      else if (this.take('[')) {
        steps.push(Number(this.next()));
        this.expect(']');
      } else return steps;
    }
  }

  /** A name, or what stands for one. DynamoDB takes none of its own words for a name. */
  private attribute(): string {
    const name = this.next();
    if (isReserved(name)) throw invalid(`reserved keyword: ${name} in: ${this.text}`);
    return name;
  }

  private peek(): string | undefined {
    return this.tokens[this.at];
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw invalid(`unexpected end of: ${this.text}`);
    return token;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private word(word: string): boolean {
    if (this.tokens[this.at]?.toUpperCase() !== word) return false;
    this.at++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw invalid(`expected ${token} at ${this.tokens[this.at] ?? 'the end'} of: ${this.text}`);
  }

  private finish(): void {
    if (this.at < this.tokens.length) throw invalid(`unexpected ${this.tokens[this.at]} in: ${this.text}`);
  }
}

const ORDER: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
