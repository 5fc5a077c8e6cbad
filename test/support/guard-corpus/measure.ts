import { createScanner, type Finding, type LocalRule } from '../../../lambda/guardrails';
import { GUARD_TYPES, type GuardType } from '../../../lib/private/contract';
import { CORPUS_LOCALES, type Label, type LabelledText, labelledText } from './texts';

/** Texts of the published figures. */
export const CORPUS_TEXTS = 10_000;

/** How often a type was found rightly, found where it is not, and missed. */
export interface Count {
  readonly found: number;
  readonly wrong: number;
  readonly missed: number;
}

const RULE: LocalRule = { id: 'all', name: 'all', action: 'mask', detect: ['personal', 'network', 'credentials'] };

export function corpus(texts = CORPUS_TEXTS): readonly LabelledText[] {
  return Array.from({ length: texts }, (_, seed) => labelledText(seed));
}

/** Figures of each type: each is looked for by itself, as if only it were asked for. */
export function measure(texts: readonly LabelledText[]): ReadonlyMap<GuardType, Count> {
  const types = Object.keys(GUARD_TYPES) as readonly GuardType[];
  return new Map(types.map((type) => [type, countOf(texts, type, finderOf(type))]));
}

/** Numbers of one country are looked for in texts of all, telephone numbers in those of their own: each has numbers that are one of another. */
function finderOf(type: GuardType): (text: LabelledText) => readonly Finding[] {
  const scannerOf = (locales?: readonly string[]) => createScanner([{ ...RULE, detect: [type], ...(locales && { locales }) }]);
  const all = scannerOf();
  const byLocale = new Map(CORPUS_LOCALES.map((locale) => [locale as string, scannerOf([locale])]));
  return ({ text, locale }) => (type === 'phone' ? (byLocale.get(locale) ?? all) : all).scan(text);
}

/**
 * A finding is right where it covers a label of its type, and wrong where it touches none of them.
 *
 * @param find spans of one type in a text
 */
export function countOf(
  texts: readonly LabelledText[],
  type: GuardType,
  find: (text: LabelledText) => readonly Pick<Finding, 'start' | 'end'>[],
): Count {
  const count = { found: 0, wrong: 0, missed: 0 };
  for (const text of texts) {
    const wanted = text.labels.filter((label) => label.type === type);
    const findings = find(text);
    for (const label of wanted) {
      if (findings.some((finding) => finding.start <= label.start && finding.end >= label.end)) count.found++;
      else count.missed++;
    }
    count.wrong += findings.filter((finding) => !wanted.some((label) => touches(finding, label))).length;
  }
  return count;
}

function touches(finding: Pick<Finding, 'start' | 'end'>, label: Label): boolean {
  return finding.start < label.end && label.start < finding.end;
}
