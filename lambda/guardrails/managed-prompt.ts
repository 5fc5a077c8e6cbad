import type { GuardRuleConfig } from '../../lib/private/contract';
import type { TextForm } from '../wire/texts';
import { readJson, replacedInJson } from './json-text';
import type { GuardedCall, GuardVerdict } from './managed';
import type { AskedRule } from './managed-answer';
import { replacedIn, withReplaced } from './services/spans';
import { type Noting, noteFailed, noteVerdict } from './verdicts';

/** A text of a prompt. */
export interface PromptText {
  readonly text: string;
  readonly form: TextForm;
}

/** What services make of a prompt. */
export interface PromptVerdict {
  /** The rule that refuses it, and what it found. */
  readonly refusedBy?: { readonly policy: string; readonly rule: string; readonly types: readonly string[] };
  /** The texts as they go on. Absent: as they are. */
  readonly texts?: readonly string[];
  /** Rules that found something which only some targets may see. */
  readonly confining: readonly GuardRuleConfig[];
}

/**
 * Asks services of a prompt: those that mask one after another, each of what the one before has left, then the others at once.
 *
 * @throws GatewayError 503 `guardrail_unavailable` where one has no verdict and nothing may pass without it
 */
export async function askOfPrompt(
  rules: readonly AskedRule[],
  texts: readonly PromptText[],
  around: Omit<GuardedCall, 'direction'>,
  noting: Noting,
): Promise<PromptVerdict> {
  let seen = texts;
  const confining: GuardRuleConfig[] = [];
  let refusedBy: PromptVerdict['refusedBy'];
  const ask = async (asked: AskedRule): Promise<void> => {
    const shown = seen.map(shownOf);
    const verdict = await verdictOf(asked, shown, around, noting);
    if (verdict === undefined) return;
    const { action, policy, name, rule } = asked.rule;
    const { blocked, masked, types } = verdict;
    if (action === 'flag') return;
    if (action === 'route') {
      if (blocked || masked !== undefined) confining.push(rule);
    } else if (blocked) refusedBy ??= { policy, rule: name, types };
    else if (masked !== undefined) seen = seen.map((text, at) => maskedAs(text, shown[at] as string, masked[at] as string));
  };
  for (const asked of rules) if (mayMask(asked) && refusedBy === undefined) await ask(asked);
  if (refusedBy === undefined) await Promise.all(rules.filter((asked) => !mayMask(asked)).map(ask));
  return {
    ...(seen === texts ? {} : { texts: seen.map(({ text }) => text) }),
    confining,
    ...(refusedBy === undefined ? {} : { refusedBy }),
  };
}

/** JSON is shown with nothing escaped. */
export function shownOf({ text, form }: PromptText): string {
  return form === 'json' ? readJson(text).shown : text;
}

function maskedAs({ text, form }: PromptText, shown: string, masked: string): PromptText {
  if (masked === shown) return { text, form };
  if (form === 'text') return { text: masked, form };
  return { text: withReplaced(text, replacedInJson(readJson(text), replacedIn(shown, masked))), form };
}

/** Moderation says only whether. */
export function mayMask({ rule: { action, rule } }: AskedRule): boolean {
  return (action === 'block' || action === 'mask') && rule.openai_moderation === undefined;
}

/** Undefined: it has no verdict, and the prompt passes without one. */
async function verdictOf(
  { rule, guard }: AskedRule,
  texts: readonly string[],
  around: Omit<GuardedCall, 'direction'>,
  noting: Noting,
): Promise<GuardVerdict | undefined> {
  try {
    const verdict = await guard.check(texts, { ...around, direction: 'input' });
    noteVerdict(noting, rule, verdict, 'input');
    return verdict;
  } catch (error) {
    noteFailed(noting, rule, error, 'input');
    if (rule.onFailure === 'allow' || rule.action === 'flag') return undefined;
    throw error;
  }
}
