import { GatewayError } from '../../platform/error';
import type { Clock, Log } from '../../platform/runtime';
import type { GuardedCall, GuardVerdict, ManagedGuard, ManagedRule, TextVerdict } from '../managed';
import type { Breaker } from './breaker';
import { type Piece, questionsOf } from './questions';
import { type GuardService, NoVerdict, type ServiceVerdict } from './service';
import { merged, type Replaced, replacedIn, withReplaced } from './spans';

/** Questions of one check that are under way at once. */
const AT_ONCE = 4;
const RETRY_AFTER_MS = 2_000;

/** A check that has no verdict, and what it may have cost until then. */
export class GuardUnavailable extends GatewayError {
  public constructor(
    { policy, name }: Pick<ManagedRule, 'policy' | 'name'>,
    failure: NoVerdict,
    /** Of the questions that were answered. */
    public readonly costNanoUsd: bigint,
    retryAfterMs: number,
  ) {
    super({
      code: 'guardrail_unavailable',
      message: `The service that the guardrail policy '${policy}' asks (rule '${name}') gave no verdict, so nothing was let pass; try again shortly.`,
      cause: `${policy}/${name}: ${failure.why}`,
      retryAfterMs,
    });
  }
}

/** What all rules share that ask one service at one place. */
export interface AskedService {
  readonly service: GuardService;
  readonly breaker: Breaker;
}

/** One managed rule: asks its service of all that it is shown, in as many questions as that takes. */
export class AskedGuard implements Pick<ManagedGuard, 'check'> {
  public constructor(
    private readonly rule: ManagedRule,
    private readonly asked: AskedService,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly log: Log,
  ) {}

  public async check(texts: readonly string[], around: GuardedCall): Promise<GuardVerdict> {
    const questions = questionsOf(texts, this.asked.service);
    const verdicts = await this.#askAll(questions, around);
    const masked = maskedTexts(texts, questions, verdicts);
    const scores = highestScores(verdicts);
    const each = around.ofEach === true ? verdictOfEach(texts, questions, verdicts) : undefined;
    return {
      blocked: verdicts.some(({ blocked }) => blocked),
      ...(masked === undefined ? {} : { masked }),
      types: [...new Set(verdicts.flatMap(({ types }) => types))],
      ...(scores.size === 0 ? {} : { scores }),
      ...(each === undefined ? {} : { each }),
      costNanoUsd: sum(verdicts),
      checkedCharacters: texts.reduce((count, text) => count + text.length, 0),
    };
  }

  /** What one question has found ends the others that have not begun. */
  async #askAll(questions: readonly (readonly Piece[])[], around: GuardedCall): Promise<ServiceVerdict[]> {
    const verdicts: ServiceVerdict[] = [];
    let next = 0;
    let failure: NoVerdict | undefined;
    const work = async (): Promise<void> => {
      for (let at = next; at < questions.length; at = next) {
        next += 1;
        if (failure !== undefined || (around.ofEach !== true && verdicts.some((verdict) => verdict?.blocked))) return;
        try {
          verdicts[at] = await this.#ask(questions[at] as readonly Piece[], around);
        } catch (error) {
          failure ??= error instanceof NoVerdict ? error : new NoVerdict('malformed', error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, questions.length) }, work));
    const known = verdicts.filter((verdict) => verdict !== undefined);
    if (failure === undefined || (around.ofEach !== true && known.some(({ blocked }) => blocked)))
      return Array.from(questions, (_, at) => verdicts[at] ?? NOTHING_SAID);
    throw this.#unavailable(failure, sum(known), around.requestId);
  }

  async #ask(pieces: readonly Piece[], { direction, requestId, deadlineMs, wanted, grounding }: GuardedCall): Promise<ServiceVerdict> {
    const { service, breaker } = this.asked;
    const nowMs = this.clock.monotonic();
    const timeoutMs = Math.min(service.timeoutMs, deadlineMs - nowMs);
    if (timeoutMs <= 0) throw new NoVerdict('timeout');
    if (breaker.restMs(nowMs) > 0) throw new NoVerdict('resting');
    try {
      const verdict = await service.ask({ texts: pieces.map(({ text }) => text), direction, requestId, timeoutMs, wanted, grounding });
      if (verdict.masked !== undefined && verdict.masked.length !== pieces.length) throw new NoVerdict('malformed');
      breaker.answered();
      return verdict;
    } catch (error) {
      // Who hung up says nothing of the service, nor does one that got less than its time.
      if (wanted.isCancelled || (timeoutMs < service.timeoutMs && error instanceof NoVerdict && error.why === 'timeout')) breaker.gaveUp();
      else breaker.failed(this.clock.monotonic());
      throw error;
    }
  }

  #unavailable(failure: NoVerdict, costNanoUsd: bigint, requestId: string): GuardUnavailable {
    const { policy, name } = this.rule;
    const { cause, why } = failure;
    const code = cause instanceof Error ? { code: cause.name } : {};
    this.log.write('warn', 'guard-unavailable', { requestId, reason: `${policy}/${name}: ${why}`, ...code });
    return new GuardUnavailable(this.rule, failure, costNanoUsd, RETRY_AFTER_MS);
  }
}

/** Of a question that need not be asked any more. */
const NOTHING_SAID: ServiceVerdict = { blocked: false, types: [], costNanoUsd: 0n };

function sum(verdicts: readonly ServiceVerdict[]): bigint {
  return verdicts.reduce((cost, { costNanoUsd }) => cost + costNanoUsd, 0n);
}

function highestScores(verdicts: readonly Pick<ServiceVerdict, 'scores'>[]): ReadonlyMap<string, number> {
  const highest = new Map<string, number>();
  for (const { scores } of verdicts)
    for (const [category, score] of scores ?? []) highest.set(category, Math.max(score, highest.get(category) ?? 0));
  return highest;
}

/** A long text is asked of in pieces: it is all that was found in any of them. */
function verdictOfEach(
  texts: readonly string[],
  questions: readonly (readonly Piece[])[],
  verdicts: readonly ServiceVerdict[],
): readonly TextVerdict[] {
  const ofText = texts.map((): TextVerdict[] => []);
  for (const [at, pieces] of questions.entries())
    for (const [place, { index }] of pieces.entries()) {
      const verdict = verdicts[at]?.each?.[place];
      if (verdict !== undefined) ofText[index]?.push(verdict);
    }
  return ofText.map((pieces) => ({ types: [...new Set(pieces.flatMap(({ types }) => types))], scores: highestScores(pieces) }));
}

function maskedTexts(
  texts: readonly string[],
  questions: readonly (readonly Piece[])[],
  verdicts: readonly ServiceVerdict[],
): readonly string[] | undefined {
  const replaced = new Map<number, Replaced[]>();
  for (const [at, pieces] of questions.entries()) {
    for (const [place, { index, start, text }] of pieces.entries()) {
      const masked = verdicts[at]?.masked?.[place];
      if (masked === undefined || masked === text) continue;
      const known = replaced.get(index) ?? [];
      known.push(...replacedIn(text, masked).map((one) => ({ ...one, start: one.start + start, end: one.end + start })));
      replaced.set(index, known);
    }
  }
  if (replaced.size === 0) return undefined;
  return texts.map((text, index) => withReplaced(text, merged(replaced.get(index) ?? [])));
}
