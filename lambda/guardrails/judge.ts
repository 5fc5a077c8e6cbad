import { guardDirection, guardTypesOf } from '../../lib/private/contract';
import type { CategoryFinding, ModerationResult } from '../wire/operations';
import type { CallGuard } from './call-guard';
import type { GuardedCall, GuardVerdict, ManagedRule, Way } from './managed';
import type { AskedRule } from './managed-answer';
import { mayMask } from './managed-prompt';
import type { AppliedPolicies } from './policy';
import { scoreAttacks } from './prompt';
import { noteFailed, noteVerdict } from './verdicts';

/** Inputs that are judged at once: each asks every service. */
const AT_ONCE = 8;

/** Rules whose services judge texts, whichever way they look otherwise. */
export function judging({ ways }: AppliedPolicies): readonly ManagedRule[] {
  return [...ways.input.managed, ...ways.output.managed.filter(({ rule }) => guardDirection(rule) === 'output')];
}

/** One input, as far as it was looked into. */
export interface Judged {
  /** As services see it: without what rules that mask have found. */
  readonly texts: readonly string[];
  readonly found: Found;
}

/** What local rules find in each of the inputs. Nothing is refused for it. */
export function lookInto(guard: CallGuard, inputs: readonly (readonly string[])[]): readonly Judged[] {
  return inputs.map((texts) => {
    const found = lookedFor(guard.applied);
    return { texts: lookHere(guard, texts, found), found };
  });
}

/**
 * What every rule finds in inputs that were looked into, those that ask services included.
 *
 * @throws GatewayError 503 `guardrail_unavailable` where a service has no verdict: what was not looked into is not said to be well
 */
export async function judge(
  guard: CallGuard,
  inputs: readonly Judged[],
  asked: readonly AskedRule[],
  around: Omit<GuardedCall, 'direction'>,
): Promise<readonly ModerationResult[]> {
  const asking = { guard, around };
  const masking = asked.filter(mayMask);
  const others = asked.filter((one) => !mayMask(one));
  const seen = await ofEach(inputs, async ({ texts, found }) => {
    let left = texts;
    for (const one of masking) left = (await ask(asking, one, left, found)).masked ?? left;
    return left;
  });
  // What is under way is waited for even where another has failed: it may bill.
  const answers = await Promise.allSettled([
    ...others.filter(isOfEach).map((one) => askOfAll(asking, one, inputs, seen)),
    ofEach(inputs, ({ found }, at) =>
      allSettled(others.filter((one) => !isOfEach(one)).map((one) => ask(asking, one, seen[at] as readonly string[], found))),
    ),
  ]);
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  return inputs.map(({ found }) => found.result());
}

/** Some inputs at once, each asked of; all that were begun come to their end, also where one fails. */
async function ofEach<Input, Result>(inputs: readonly Input[], by: (input: Input, at: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next; at < inputs.length && failures.length === 0; at = next) {
      next += 1;
      try {
        results[at] = await by(inputs[at] as Input, at);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, inputs.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}

async function allSettled(asked: readonly Promise<unknown>[]): Promise<void> {
  for (const answer of await Promise.allSettled(asked)) if (answer.status === 'rejected') throw answer.reason;
}

/** Its service tells the texts of one question apart. */
function isOfEach({ rule: { rule } }: AskedRule): boolean {
  return rule.openai_moderation !== undefined;
}

interface Asking {
  readonly guard: CallGuard;
  readonly around: Omit<GuardedCall, 'direction'>;
}

/** Categories by what was found of each. */
class Found {
  readonly #categories = new Map<string, CategoryFinding>();

  public lookFor(category: string): void {
    if (!this.#categories.has(category)) this.#categories.set(category, { found: false, score: 0 });
  }

  public add(category: string, found: boolean, score: number): void {
    const known = this.#categories.get(category);
    this.#categories.set(category, { found: found || known?.found === true, score: Math.max(score, known?.score ?? 0) });
  }

  public result(): ModerationResult {
    const categories = this.#categories;
    return { flagged: [...categories.values()].some(({ found }) => found), categories };
  }
}

/** Types, and names of the rules that have none. */
function lookedFor({ rules, heuristics }: AppliedPolicies): Found {
  const found = new Found();
  for (const { rule } of rules.values())
    for (const name of rule.detect === undefined ? [rule.name] : guardTypesOf(rule.detect, rule.locales)) found.lookFor(name);
  for (const { rule } of heuristics) found.lookFor(rule.heuristic as string);
  return found;
}

/** What is found without asking anybody. @returns the texts as services see them */
function lookHere(guard: CallGuard, texts: readonly string[], found: Found): readonly string[] {
  const { ways, rules, heuristics } = guard.applied;
  // Rules for answers alone are asked as well: whose text it is nobody knows here.
  const forAnswers = [...rules.values()].some(({ rule }) => guardDirection(rule) === 'output') ? ways.output.scanner : undefined;
  for (const text of texts) {
    guard.masks.reserve(text);
    guard.checkedCharacters += text.length;
  }
  const shown = texts.map((text) => {
    const onWayIn = ways.input.scanner?.scan(text) ?? [];
    guard.found(onWayIn, 'input');
    const onWayOut = (forAnswers?.scan(text) ?? []).filter((finding) => guardDirection(guard.ruleOf(finding).rule) === 'output');
    guard.found(onWayOut, 'output');
    for (const { type } of [...onWayIn, ...onWayOut]) found.add(type, true, 1);
    return guard.masked(text, onWayIn, 'input');
  });
  if (heuristics.length > 0)
    for (const { rule, score, counts } of scoreAttacks(guard, texts)) found.add(rule.heuristic as string, counts, score);
  return shown;
}

async function ask(asking: Asking, one: AskedRule, texts: readonly string[], found: Found): Promise<GuardVerdict> {
  const verdict = await verdictOf(asking, one, texts);
  noteVerdict(asking.guard, one.rule, verdict, wayOf(one));
  addVerdict(found, one.rule, verdict);
  return verdict;
}

/** One question of all inputs, or as few as its service takes. */
async function askOfAll(asking: Asking, one: AskedRule, inputs: readonly Judged[], seen: readonly (readonly string[])[]): Promise<void> {
  const { each = [], costNanoUsd } = await verdictOf(asking, one, seen.flat(), true);
  asking.guard.charge(costNanoUsd);
  let at = 0;
  for (const [index, { found }] of inputs.entries()) {
    const begin = at;
    at += seen[index]?.length ?? 0;
    for (const { types, scores } of each.slice(begin, at)) {
      const verdict = { blocked: types.length > 0, types, scores, costNanoUsd: 0n, checkedCharacters: 0 };
      noteVerdict(asking.guard, one.rule, verdict, wayOf(one));
      addVerdict(found, one.rule, verdict);
    }
  }
}

function wayOf({ rule: { rule } }: AskedRule): Way {
  return guardDirection(rule) === 'output' ? 'output' : 'input';
}

async function verdictOf({ guard, around }: Asking, one: AskedRule, texts: readonly string[], ofEach = false): Promise<GuardVerdict> {
  const direction = wayOf(one);
  try {
    return await one.guard.check(texts, { ...around, direction, ofEach });
  } catch (error) {
    noteFailed(guard, one.rule, error, direction);
    throw error;
  }
}

/** Moderation has categories of its own; what other services look for is known by the name of the rule until they find it. */
function addVerdict(found: Found, { name, rule }: ManagedRule, { blocked, masked, types, scores = new Map() }: GuardVerdict): void {
  if (rule.openai_moderation === undefined) {
    const finds = blocked || masked !== undefined || types.length > 0;
    found.add(name, finds, finds ? 1 : 0);
  }
  for (const [category, score] of scores) found.add(category, false, score);
  for (const type of types) found.add(type, true, scores.get(type) ?? 1);
}
