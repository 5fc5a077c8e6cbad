import { type KeptRows, notAuthenticated, storeUnavailable, tagsOf, unusable } from '../../identity';
import { type AdmissionRequest, LIFETIME_MS, type Refusal, type Reservation } from '../../money/ledger';
import { formatUsd } from '../../money/pricing';
import { GatewayError } from '../../platform/error';
import { attemptId } from '../../platform/runtime';
import { spentNotice } from '../answer/budget-notice';
import type { Gateway } from '../gateway';
import { candidateModels } from '../priced-targets';
import { heldTo } from './bound';
import type { BoundedCall, ModelCall } from './call';
import { duplicate, mismatch, onceOf } from './once';
import { plan } from './plan';

/** A call that may be made. */
export interface Admitted {
  readonly bounded: BoundedCall;
  readonly reservation: Reservation;
}

/**
 * Plans a call and sets money and limits aside for it; what it was planned from is planned from anew where it does not hold any more.
 *
 * @param afterwards told of work that outlives the answer
 * @param claims false: an earlier reservation of the same call has the caller's `Idempotency-Key`, and it goes where that one went
 * @throws GatewayError that says why not, and when to come back
 */
export async function admit(
  gateway: Gateway,
  asked: ModelCall,
  afterwards: (work: Promise<void>) => void,
  claims = true,
): Promise<Admitted> {
  const bounded = await plan(gateway, asked);
  const first = await askLedger(gateway, asked, bounded, undefined, afterwards, claims);
  const result = 'refusal' in first && claims ? ((await insteadOf(gateway, asked, bounded, first.refusal, afterwards)) ?? first) : first;
  if (!('refusal' in result)) return result;
  throw new RefusedError(
    refusalError(result.refusal),
    {
      ...refusalHeaders(result.refusal),
      ...spentNotice(asked.dialect, result.refusal, gateway.clock.now()),
    },
    result.refusal.level,
  );
}

type Asking = Admitted | { readonly refusal: Refusal };

/** @param instead as in `plan` */
async function askLedger(
  gateway: Gateway,
  asked: ModelCall,
  planned: BoundedCall,
  instead: string | undefined,
  afterwards: (work: Promise<void>) => void,
  claims = true,
): Promise<Asking> {
  let bounded = planned;
  const again = async (): Promise<AdmissionRequest<KeptRows>> => {
    const caller = await asked.caller.again();
    bounded = await plan(gateway, { ...asked, requestId: attemptId(gateway.clock.now()), caller }, instead);
    return requestOf(gateway, bounded, claims, again, afterwards);
  };
  const asking = gateway.health.approach(bounded.call.targets);
  const result = await gateway.admission.admit(requestOf(gateway, bounded, claims, again, afterwards));
  if (asking !== undefined) await asking;
  return result.admitted ? { bounded: heldTo(bounded, result.reservation), reservation: result.reservation } : { refusal: result.refusal };
}

/** Each is a round of the ledger that the caller waits for. */
const MOST_INSTEAD = 3;
const OF_ONCE: ReadonlySet<Refusal['reason']> = new Set(['duplicate_request', 'idempotency_mismatch']);

/**
 * What a route names for calls that no budget covers, and what that route names in turn, until one is covered.
 *
 * @returns undefined when there is none: then the refusal stands
 */
async function insteadOf(
  gateway: Gateway,
  asked: ModelCall,
  refused: BoundedCall,
  { reason }: Refusal,
  afterwards: (work: Promise<void>) => void,
): Promise<Asking | undefined> {
  if (reason !== 'budget_spent' && reason !== 'budget_reserved') return undefined;
  const tried = new Set<string>();
  let next = refused.call.resolution.budgetFallback;
  while (next !== undefined && !tried.has(next) && tried.size < MOST_INSTEAD) {
    tried.add(next);
    const other: ModelCall = { ...asked, requestId: attemptId(gateway.clock.now()) };
    try {
      const bounded = await plan(gateway, other, next);
      const result = await askLedger(gateway, other, bounded, next, afterwards);
      // A second call of what was made is none that a budget refuses, though it would be refused by one.
      if (!('refusal' in result) || OF_ONCE.has(result.refusal.reason)) return result;
      next = bounded.call.resolution.budgetFallback;
    } catch (error) {
      // Where it cannot go there either, what it was refused for first tells more.
      if (error instanceof GatewayError && error.status < 500) return undefined;
      throw error;
    }
  }
  return undefined;
}

/** What the ledger is asked. @param again as in `AdmissionRequest` */
export function requestOf(
  gateway: Gateway,
  { call, bound, smaller }: BoundedCall,
  claims: boolean,
  again: (() => Promise<AdmissionRequest<KeptRows>>) | undefined,
  afterwards: (work: Promise<void>) => void,
): AdmissionRequest<KeptRows> {
  return {
    attemptId: call.requestId,
    rows: call.rows,
    tags: tagsOf(call.rows),
    operation: call.operation.name,
    dialect: call.route.dialect,
    originalModel: call.facts.model,
    candidateModels: candidateModels(gateway, call.targets),
    bound,
    smaller,
    stream: call.facts.stream,
    once: claims ? onceOf(call) : undefined,
    expiresAtMs: gateway.clock.now() + LIFETIME_MS,
    ...(again === undefined ? {} : { again }),
    afterwards,
  };
}

/** A refusal of the ledger, with the headers that say more than its body. */
export class RefusedError extends GatewayError {
  public constructor(
    error: GatewayError,
    public readonly headers: Readonly<Record<string, string>>,
    /** Whose budget or limit it was. */
    public readonly level?: string,
  ) {
    const { code, message, param, retryAfterMs, cause } = error;
    super({
      code,
      message,
      ...(param === undefined ? {} : { param }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** Which budget or limit it was, in the headers that a success would have carried. */
function refusalHeaders({ reason, level, limit = '', retryAfterMs }: Refusal): Record<string, string> {
  if (reason === 'budget_spent' || reason === 'budget_reserved') return level === undefined ? {} : { 'x-gateway-budget-scope': level };
  const kind =
    reason !== 'rate_limited' ? undefined : limit.startsWith('tokens') ? 'tokens' : limit.startsWith('requests') ? 'requests' : undefined;
  if (kind === undefined) return {};
  return {
    [`x-ratelimit-remaining-${kind}`]: '0',
    ...(retryAfterMs === undefined ? {} : { [`x-ratelimit-reset-${kind}`]: `${Math.ceil(retryAfterMs / 1_000)}s` }),
  };
}

/** A refusal as callers are told. */
export function refusalError(refusal: Refusal): GatewayError {
  const { reason, limit = '', retryAfterMs, neededNanoUsd = 0n } = refusal;
  const level = refusal.level ?? 'gateway';
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  switch (reason) {
    case 'key_invalid':
      return notAuthenticated('AuthWrongSecret');
    case 'key_revoked':
      return unusable('key_revoked', `This API key has been revoked${level === 'key' || level === 'gateway' ? '' : ` with its ${level}`}.`);
    case 'key_expired':
      return unusable('key_expired', 'This API key has expired.');
    case 'key_blocked':
      return new GatewayError({
        code: 'key_blocked',
        message: `The ${level} of this API key is blocked.`,
      });
    case 'budget_spent':
      return new GatewayError({
        code: 'insufficient_quota',
        message: `What is left of the ${limit} budget of the ${level} does not cover this call, which may cost up to $${formatUsd(neededNanoUsd)}; a smaller output cap makes that less${resetText(retryAfterMs)}.`,
        ...wait,
      });
    case 'budget_reserved':
      return limited(`Open requests hold what is left of the ${limit} budget of the ${level}; try again shortly.`, wait);
    case 'rate_limited':
    case 'concurrency_limited':
      return limited(`The limit ${limit} of the ${level} is reached.`, wait);
    case 'duplicate_request':
      return duplicate(refusal.heldBy ?? '');
    case 'idempotency_mismatch':
      return mismatch();
    case 'store_unavailable':
      return storeUnavailable(undefined);
  }
}

function limited(message: string, wait: { readonly retryAfterMs?: number }): GatewayError {
  return new GatewayError({ code: 'rate_limit_exceeded', message, ...wait });
}

function resetText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '';
  const minutes = Math.ceil(milliseconds / 60_000);
  if (minutes < 120) return `; it resets in ${minutes} min`;
  return minutes < 2_880 ? `; it resets in ${Math.round(minutes / 60)} h` : `; it resets in ${Math.round(minutes / 1_440)} days`;
}
