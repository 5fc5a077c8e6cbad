import type { GuardRuleConfig } from '../../lib/private/contract';
import type { RequestText } from '../wire/texts';
import type { CallGuard } from './call-guard';
import { shownOf } from './managed-prompt';
import { promptAttackScore } from './prompt-attack';

/** Score from which a heuristic counts where its rule does not say. */
const USUAL_THRESHOLD = 0.5;

/**
 * Looks for what the local rules of a call find in its texts, and notes what follows from it.
 *
 * @returns texts that go on changed
 */
export function checkPrompt(guard: CallGuard, texts: readonly RequestText[]): ReadonlyMap<RequestText, string> {
  const changes = new Map<RequestText, string>();
  const { scanner } = guard.applied.ways.input;
  for (const { text } of texts) {
    guard.masks.reserve(text);
    guard.checkedCharacters += text.length;
  }
  if (guard.applied.heuristics.length > 0) scoreAttacks(guard, texts.map(shownOf));
  if (scanner === undefined) return changes;
  for (const each of texts) {
    const findings = scanner.scan(each.text, each.form);
    if (findings.length === 0) continue;
    guard.found(findings, 'input');
    for (const finding of findings) {
      const { policy, rule } = guard.ruleOf(finding);
      if (rule.action === 'block') guard.refuse({ policy: policy.id, rule: rule.name }, [finding.type], each.path);
      if (rule.action === 'route') guard.confine(rule);
    }
    const masked = guard.masked(each.text, findings, 'input', each.form);
    if (masked !== each.text) changes.set(each, masked);
  }
  return changes;
}

/** What a heuristic rule makes of texts. */
export interface ScoredRule {
  readonly rule: GuardRuleConfig;
  readonly score: number;
  /** It is high enough for the rule. */
  readonly counts: boolean;
}

/** All texts together: an attack may be split over messages. */
export function scoreAttacks(guard: CallGuard, texts: readonly string[]): readonly ScoredRule[] {
  const { score, families } = promptAttackScore(texts);
  return guard.applied.heuristics.map(({ policy, rule }) => {
    const { id, version } = policy;
    const counts = score >= (rule.threshold ?? USUAL_THRESHOLD);
    if (counts)
      guard.note({ policy: id, version, rule: rule.name, direction: 'input', verdict: rule.action, types: families, findings: 1 });
    return { rule, score, counts };
  });
}
