import { applied, CallGuard, checkPrompt, streamedTexts } from '../lambda/guardrails';
import type { VerdictRecord } from '../lambda/money/record';
import { parseJson, parseJsonDocument, REQUEST_LIMITS } from '../lambda/platform/json';
import { DIALECT_NAMES, type DialectName } from '../lambda/wire/dialects';
import type { Operation } from '../lambda/wire/model';
import { protocols } from '../lambda/wire/protocols';
import { type GuardrailConfig, guardrailProblem } from '../lib/private/contract';

/** A call whose contents were kept in full. */
export interface KeptCall {
  readonly dialect: string;
  readonly operation: string;
  readonly request: string;
  /** As it was sent; absent where there is none. */
  readonly answer: string | undefined;
}

/** What a policy would make of it. */
export interface ReplayedCall {
  /** The gravest that a rule would do about it; `pass` where none finds anything. */
  readonly action: string;
  /** By rule and way, without a word of the text. */
  readonly verdicts: readonly VerdictRecord[];
}

/** Larger than any request that the gateway takes. */
const LIMITS = { ...REQUEST_LIMITS, maxBytes: 64 * 1024 * 1024 };

/** @throws Error that names the field, for what is no policy */
export function checkedPolicy(policy: unknown): GuardrailConfig {
  const problem = guardrailProblem(policy);
  if (problem !== undefined) throw new Error(`${problem.field || 'the policy'} ${problem.problem}`);
  return policy as GuardrailConfig;
}

/**
 * Holds a kept call to a policy, with the data plane's own code: the texts of its request, and those of its answer. Undefined: it cannot be looked
 * into. What asks a service is not asked.
 */
export async function replayCall(policy: GuardrailConfig, call: KeptCall): Promise<ReplayedCall | undefined> {
  const guard = new CallGuard(applied([{ config: policy }]));
  try {
    const codec = await protocols.dialect(dialectOf(call.dialect), call.operation as Operation);
    const texts = codec.texts(parseJsonDocument(Buffer.from(call.request), LIMITS));
    if (texts.unread !== undefined) return undefined;
    checkPrompt(guard, texts.texts);
  } catch {
    return undefined;
  }
  const { scanner } = guard.applied.ways.output;
  if (scanner !== undefined && call.answer !== undefined) {
    for (const text of answerTexts(call.answer)) guard.found(scanner.scan(text), 'output');
  }
  return { action: guard.verdict, verdicts: guard.verdicts };
}

function dialectOf(name: string): DialectName {
  const known = DIALECT_NAMES.find((one) => one === name);
  if (known === undefined) throw new Error(`no dialect ${name}`);
  return known;
}

function answerTexts(answer: string): readonly string[] {
  const streamed = streamedTexts(answer);
  if (streamed !== undefined) return [...streamed.values()];
  try {
    return stringsOf(parseJson(answer));
  } catch {
    return [answer];
  }
}

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsOf) : [];
}
