import { type GuardRuleConfig, SENSITIVITIES, type SensitivityLabel } from '../../lib/private/contract';
import type { GuardFees } from '../money/pricing';
import type { VerdictRecord } from '../money/record';
import { GatewayError } from '../platform/error';
import type { RequestText } from '../wire/texts';
import { GuardedAnswer } from './answer';
import { groundingOf, isGrounded } from './grounding';
import type { JsonPlace } from './json-text';
import type { Grounding, GuardedCall, ManagedGuards, ManagedRule, Way } from './managed';
import { ManagedAnswer } from './managed-answer';
import { Masks } from './masks';
import type { Noted, Verdict } from './noted';
import type { AppliedPolicies, AppliedRule } from './policy';
import { RestoredAnswer } from './restored-answer';
import type { Finding, TextForm } from './scanner';

/** The mildest first. */
const GRAVITY: readonly string[] = ['pass', 'flag', 'mask', 'route', 'failed', 'block'] satisfies ('pass' | Verdict)[];

const HIDING: ReadonlySet<string> = new Set(['mask', 'block'] satisfies Verdict[]);

/** What comes from a model comes to its caller masked. */
const NONE: ReadonlySet<string> = new Set();

interface Tally extends Omit<Noted, 'types' | 'findings'> {
  readonly types: Set<string>;
  findings: number;
}

/** What the policies that hold for one call found in it so far, and what follows from that. */
export class CallGuard {
  /** Why the call is not made. */
  public refusal: GatewayError | undefined;
  /** Of each rule that found something which only some targets may see, their patterns. */
  public readonly routes: (readonly string[])[] = [];
  /** How sensitive the call is by what was found in it. */
  public sensitivity: SensitivityLabel = 'public';
  public readonly masks = new Masks();
  /** Of the prompt and the answer, as far as they were looked at. */
  public checkedCharacters = 0;
  /** What the checks of the prompt took. */
  public tookMs = 0;

  /** The most that its managed rules may bill; undefined where none bills anything. */
  public fees: GuardFees | undefined;
  /** What they have billed and no record tells of yet. */
  #billedNanoUsd = 0n;

  readonly #tallies = new Map<string, Tally>();

  public constructor(public readonly applied: AppliedPolicies) {}

  /** Rules that ask a service of what goes this way. */
  public managed(way: Way): readonly ManagedRule[] {
    return this.applied.ways[way].managed;
  }

  /** Something was found that only some targets may see. */
  public confine({ targets, sensitivity = 'public' }: Pick<GuardRuleConfig, 'targets' | 'sensitivity'>): void {
    if (targets !== undefined) this.routes.push(targets);
    if (SENSITIVITIES.indexOf(sensitivity) > SENSITIVITIES.indexOf(this.sensitivity)) this.sensitivity = sensitivity;
  }

  public ruleOf({ rule }: Finding): AppliedRule {
    return this.applied.rules.get(rule) as AppliedRule;
  }

  public charge(nanoUsd: bigint): void {
    this.#billedNanoUsd += nanoUsd;
  }

  /** What has been billed since this was last asked: each nano-dollar is for one record. */
  public takeBilled(): bigint {
    const billed = this.#billedNanoUsd;
    this.#billedNanoUsd = 0n;
    return billed;
  }

  public note({ policy, version, rule, direction, verdict, types, findings }: Noted): void {
    const name = [policy, rule, direction, verdict].join('\n');
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      tally = { policy, version, rule, direction, verdict, types: new Set(), findings: 0 };
      this.#tallies.set(name, tally);
    }
    for (const type of types) tally.types.add(type);
    tally.findings += findings;
  }

  /** Counts what was found here. @param verdict what became of it, where that is not what its rule says */
  public found(findings: readonly Finding[], direction: Way, verdict?: Verdict): void {
    const byRule = new Map<string, { readonly types: Set<string>; findings: number }>();
    for (const { rule, type } of findings) {
      const counted = byRule.get(rule);
      if (counted === undefined) byRule.set(rule, { types: new Set([type]), findings: 1 });
      else {
        counted.types.add(type);
        counted.findings++;
      }
    }
    for (const [id, { types, findings: count }] of byRule) {
      const { policy, rule } = this.applied.rules.get(id) as AppliedRule;
      const noted = { policy: policy.id, version: policy.version, rule: rule.name, direction, verdict: verdict ?? rule.action };
      this.note({ ...noted, types: [...types], findings: count });
    }
  }

  /** The text with masks in place of what is to be masked; everything else that was found stays. */
  public masked(text: string, findings: readonly Finding[], direction: Way, form: TextForm = 'text', place?: JsonPlace): string {
    const hidden = findings.filter((finding) => this.ruleOf(finding).rule.action === 'mask');
    if (hidden.length === 0) return text;
    const reversible = direction === 'input' ? this.applied.reversible : NONE;
    return this.masks.apply({ text, findings: hidden }, { form, reversible, ...(place === undefined ? {} : { place }) });
  }

  /**
   * A text that comes with an answer and is none of what the model said, such as an identifier or the words of an error, without what rules that
   * mask or block find in it: there is nothing that could end at it.
   */
  public hidden(text: string): string {
    const { scanner, interferes } = this.applied.ways.output;
    if (scanner === undefined || !interferes) return text;
    const findings = scanner.scan(text).filter((finding) => HIDING.has(this.ruleOf(finding).rule.action));
    if (findings.length === 0) return text;
    this.found(findings, 'output', 'mask');
    return this.masks.apply({ text, findings }, { form: 'text', reversible: NONE });
  }

  /** An error as the caller may be told of it: providers repeat what they were sent. */
  public told(error: GatewayError): GatewayError {
    const { code, shownCode, param, retryAfterMs } = error;
    const message = this.hidden(error.message);
    const [shown, where] = [this.hidden(shownCode), param === undefined ? undefined : this.hidden(param)];
    if (message === error.message && shown === shownCode && where === param) return error;
    return new GatewayError({
      code,
      message,
      ...(where === undefined ? {} : { param: where }),
      ...(error.retryable ? {} : { retryable: false }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(shown === code ? {} : { providerCode: shown }),
      cause: error,
    });
  }

  /** What an answer goes through, where there is something to look for in it. */
  public openAnswer(): GuardedAnswer | undefined {
    const { ways, refusesMedia } = this.applied;
    return ways.output.scanner === undefined && refusesMedia === undefined ? undefined : new GuardedAnswer(this, ways.output);
  }

  /** What the answer is held against, where a rule wants that. */
  public groundingOf(texts: () => readonly RequestText[]): Grounding | undefined {
    return this.managed('output').some(isGrounded) ? groundingOf(texts()) : undefined;
  }

  /** What shows an answer to services, where a rule asks any. */
  public openManaged(guards: ManagedGuards, around: Omit<GuardedCall, 'direction'>, stream: boolean): ManagedAnswer | undefined {
    const { managed, scanner } = this.applied.ways.output;
    if (managed.length === 0) return undefined;
    const counts = scanner === undefined && this.applied.refusesMedia === undefined;
    return new ManagedAnswer(
      managed.map((rule) => ({ rule, guard: guards.of(rule) })),
      { note: (noted) => this.note(noted), charge: (nanoUsd) => this.charge(nanoUsd) },
      around,
      { stream, seen: (characters) => (this.checkedCharacters += counts ? characters : 0) },
    );
  }

  /** What brings the caller's own values back, behind all who must not see them. */
  public openRestored(): RestoredAnswer | undefined {
    return this.masks.areReversible ? new RestoredAnswer(this.masks) : undefined;
  }

  /** For the usage record: each rule that found something, and each policy of which none did. */
  public get verdicts(): readonly VerdictRecord[] {
    const found = [...this.#tallies.values()].map(({ types, findings, ...rest }) => ({ ...rest, types: [...types].sort(), findings }));
    const quiet = this.applied.policies.filter(({ id }) => !found.some(({ policy }) => policy === id));
    return [...found, ...quiet.map(({ id, version }) => ({ policy: id, version, direction: 'both', verdict: 'pass' }))];
  }

  /** The gravest verdict. */
  public get verdict(): string {
    return gravest([...this.#tallies.values()]);
  }

  /** `pii@3=mask, secrets@9f86d081884c=pass`: each policy with the gravest of its verdicts, as far as it is known. */
  public get header(): string {
    const tallies = [...this.#tallies.values()];
    return this.applied.policies
      .map(({ id, version }) => `${id}@${version}=${gravest(tallies.filter(({ policy }) => policy === id))}`)
      .join(', ');
  }

  /** @param where path of the field at fault */
  public refuse({ policy, rule }: Pick<Noted, 'policy' | 'rule'>, what: readonly string[], where?: string): void {
    const named = what.length === 0 ? 'something that it does not let pass' : what.join(', ');
    this.refusal ??= new GatewayError({
      code: 'content_policy_violation',
      message: `The guardrail policy '${policy}' (rule '${rule}') refuses this call: it found ${named}${where === undefined ? '' : ` in ${where}`}.`,
      ...(where === undefined ? {} : { param: where }),
    });
  }
}

function gravest(of: readonly { readonly verdict: string }[]): string {
  return of.reduce((worst, { verdict }) => (GRAVITY.indexOf(verdict) > GRAVITY.indexOf(worst) ? verdict : worst), 'pass');
}
