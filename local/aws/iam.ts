/** One statement of a policy document, every reference resolved. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>>;
}

/** Condition keys of a request, such as `dynamodb:LeadingKeys`, each with all of its values. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

export interface Evaluation {
  readonly allowed: boolean;
  /** Index of the statement that decided; absent when none matched. */
  readonly statement?: number;
}

/** `undefined`: the matcher does not know the operator. */
type Match = boolean | undefined;

/**
 * Decides as IAM does for identity policies: a matching Deny refuses, else a matching Allow allows, else it is refused.
 *
 * Supported: Action, NotAction, Resource, NotResource with `*` and `?`; the conditions StringEquals, StringNotEquals, StringLike,
 * StringNotLike, ArnEquals, ArnLike and Bool, with `ForAllValues:`, `ForAnyValue:` and `IfExists`. A statement with any other condition never allows
 * and, as a Deny, always refuses. Stricter than IAM: `ForAllValues:` is not met by a key that the request does not carry.
 * Policy variables are not replaced.
 *
 * @param resource the ARN, or `*` for an action without one
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(
  statements: readonly PolicyStatement[],
  action: string,
  resource: string,
  context: RequestContext = {},
): Evaluation {
  let allow: number | undefined;
  for (const [index, statement] of statements.entries()) {
    if (!matchesAction(statement, action) || !matchesResource(statement, resource)) continue;
    const met = conditionsMet(statement, context);
    if (statement.Effect === 'Deny' && met !== false) return { allowed: false, statement: index };
    if (statement.Effect === 'Allow' && met === true) allow ??= index;
  }
  return allow === undefined ? { allowed: false } : { allowed: true, statement: allow };
}

function matchesAction({ Action, NotAction }: PolicyStatement, action: string): boolean {
  const matches = (pattern: string): boolean => wildcard(pattern.toLowerCase(), action.toLowerCase());
  return NotAction === undefined ? listOf(Action).some(matches) : !listOf(NotAction).some(matches);
}

function matchesResource({ Resource, NotResource }: PolicyStatement, resource: string): boolean {
  const matches = (pattern: string): boolean => matchesArn(pattern, resource);
  return NotResource === undefined ? listOf(Resource).some(matches) : !listOf(NotResource).some(matches);
}

/** Wildcards stay within their part of the ARN; the last part may hold colons. */
function matchesArn(pattern: string, resource: string): boolean {
  if (pattern === '*') return true;
  const [patterns, parts] = [partsOf(pattern), partsOf(resource)];
  return patterns.length === 6 && parts.length === 6 && patterns.every((part, index) => wildcard(part, parts[index] as string));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function conditionsMet({ Condition }: PolicyStatement, context: RequestContext): Match {
  let met: Match = true;
  for (const [operator, keys] of Object.entries(Condition ?? {})) {
    for (const [key, wanted] of Object.entries(keys)) {
      const result = conditionMet(operator, valuesOf(context, key), listOf(wanted));
      if (result === false) return false;
      met = result === undefined ? undefined : met;
    }
  }
  return met;
}

function conditionMet(written: string, values: readonly string[] | undefined, wanted: readonly string[]): Match {
  const [, set, operator, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(written) ?? [];
  const compare = OPERATORS[operator ?? ''];
  if (compare === undefined) return undefined;
  const matches = (value: string): boolean => wanted.some((pattern) => compare.matches(pattern, value));
  const holds = (value: string): boolean => (compare.negated ? !matches(value) : matches(value));
  if (values === undefined || values.length === 0) return ifExists !== undefined || (compare.negated && set === undefined);
  if (set === 'ForAllValues') return values.every(holds);
  if (set === 'ForAnyValue') return values.some(holds);
  return values.length === 1 && holds(values[0] as string);
}

const OPERATORS: Readonly<Record<string, { negated: boolean; matches: (pattern: string, value: string) => boolean }>> = {
  StringEquals: { negated: false, matches: (pattern, value) => pattern === value },
  StringNotEquals: { negated: true, matches: (pattern, value) => pattern === value },
  StringLike: { negated: false, matches: wildcard },
  StringNotLike: { negated: true, matches: wildcard },
  ArnEquals: { negated: false, matches: matchesArn },
  ArnLike: { negated: false, matches: matchesArn },
  Bool: { negated: false, matches: (pattern, value) => pattern.toLowerCase() === value.toLowerCase() },
};

/** Names of condition keys have no case. */
function valuesOf(context: RequestContext, key: string): readonly string[] | undefined {
  const name = Object.keys(context).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  return name === undefined ? undefined : context[name];
}

function listOf(value: string | boolean | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'object' ? value.map(String) : [String(value)];
}

/** `*` is any run of characters, `?` exactly one. Linear in the text for each `*`. */
export function wildcard(pattern: string, text: string): boolean {
  let [at, position, star, mark] = [0, 0, -1, 0];
  while (position < text.length) {
    if (pattern[at] === '*') {
      star = at;
      mark = position;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      position = mark;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
