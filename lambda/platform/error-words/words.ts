import type { ErrorCode } from '../error-catalogue';

/** Headings of docs/runbook.md, as they are linked to. */
export type RunbookAnchor =
  | 'errorrate'
  | 'keybruteforce'
  | 'misconfigured'
  | 'priceunknown'
  | 'providerkeybad'
  | 'storedown'
  | 'throttled'
  | 'budgets-and-limits'
  | 'callers-who-left'
  | 'calls-refused-as-wrong'
  | 'calls-that-are-not-allowed'
  | 'changes-that-are-refused'
  | 'providers-that-fail'
  | 'providers-that-refuse';

/** What a code tells people. */
export interface ErrorWords {
  readonly means: string;
  /** For whoever can mend it: the caller where it says nothing else. */
  readonly remedy: string;
  readonly runbook: RunbookAnchor;
}

type Row = readonly [means: string, remedy: string];

/** Codes that one entry of the runbook explains. */
export function explainedAt<Code extends ErrorCode>(
  runbook: RunbookAnchor,
  rows: Readonly<Record<Code, Row>>,
): Readonly<Record<Code, ErrorWords>> {
  const entries = Object.entries<Row>(rows).map(([code, [means, remedy]]) => [code, { means, remedy, runbook }]);
  return Object.fromEntries(entries) as Readonly<Record<Code, ErrorWords>>;
}
