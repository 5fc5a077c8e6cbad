import type { BedrockGuardrailsParts } from '../../aws/bedrock-guardrails';
import type { ApplyGuardrail, GuardService, ManagedGuard, ManagedGuards, ManagedRule, Moderate } from '../../guardrails';
import type { Secrets } from '../../identity';
import { deployedValue } from '../../platform/document';
import type { Transport } from '../../platform/http';
import { type Clock, createMemo, type Log } from '../../platform/runtime';
import { mostBedrockFee, mostGroundedFee } from './guard-fees';

/** What managed guards reach services by. */
export interface ManagedGuardParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly bedrock: BedrockGuardrailsParts;
  readonly moderate: Moderate;
  /** What the document calls a value that is known at deploy. */
  deployValue(name: string): string | undefined;
}

/** Services that are known at once; each has a breaker of its own. */
const MOST_SERVICES = 256;

/**
 * What managed rules ask: Bedrock's guardrails, moderation, webhooks. Few gateways have any, so what that takes is loaded by the first check,
 * and only what it costs is known before.
 */
export function createManagedGuards(parts: ManagedGuardParts): ManagedGuards {
  const made = new WeakMap<ManagedRule, ManagedGuard>();
  const services = createMemo<ReturnType<typeof openService>>(MOST_SERVICES);
  return {
    of(rule) {
      let guard = made.get(rule);
      if (guard === undefined) {
        guard = new LazyGuard(rule, parts, () => services(addressOf(rule), () => openService(rule, parts)));
        made.set(rule, guard);
      }
      return guard;
    },
  };
}

class LazyGuard implements ManagedGuard {
  public constructor(
    private readonly rule: ManagedRule,
    private readonly parts: ManagedGuardParts,
    private readonly open: () => ReturnType<typeof openService>,
  ) {}

  public async check(...[texts, around]: Parameters<ManagedGuard['check']>): ReturnType<ManagedGuard['check']> {
    const { AskedGuard } = await import('../../guardrails');
    return new AskedGuard(this.rule, await this.open(), this.parts.clock, this.parts.log).check(texts, around);
  }

  public mostCostNanoUsd(characters: number, windows: 'whole' | 'stream', against: number): bigint {
    const { bedrock } = this.rule.rule;
    if (bedrock === undefined) return 0n;
    return bedrock.grounding === true ? mostGroundedFee(characters, windows, against) : mostBedrockFee(characters, windows);
  }
}

/** What is asked and where: rules that say the same share a breaker. */
function addressOf({ policy, name, rule: { bedrock, openai_moderation: moderation, webhook } }: ManagedRule): string {
  // A webhook is told which rule asks.
  return JSON.stringify(webhook === undefined ? [bedrock, moderation] : [webhook, policy, name]);
}

async function openService(rule: ManagedRule, parts: ManagedGuardParts) {
  const { Breaker } = await import('../../guardrails');
  return { service: await serviceOf(rule, parts), breaker: new Breaker() };
}

async function serviceOf(
  rule: ManagedRule,
  { transport, clock, secrets, bedrock, moderate, deployValue }: ManagedGuardParts,
): Promise<GuardService> {
  const room = await import('../../guardrails');
  const { bedrock: guardrail, openai_moderation: moderation, webhook } = rule.rule;
  if (guardrail !== undefined) return room.bedrockService(guardrail, await applyGuardrail(bedrock));
  if (moderation !== undefined) return room.moderationService(moderation, moderate);
  const arn = deployedValue(webhook?.secret_arn, deployValue);
  const secret = async (): Promise<string | undefined> => (arn === undefined ? webhook?.secret : secrets.read(arn));
  return room.webhookService(rule, { transport, clock, secret, network: webhook?.network ?? 'public' });
}

async function applyGuardrail(parts: BedrockGuardrailsParts): Promise<ApplyGuardrail> {
  return (await import('../../aws/bedrock-guardrails')).createApplyGuardrail(parts);
}
