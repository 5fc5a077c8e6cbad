import type { ErrorType } from '../../../lib/private/contract';
import { ERRORS, type ErrorCode } from '../../platform/error-catalogue';
import { LEFT } from '../relay/departure';

/** How an attempt failed; `refused`: the provider does not take the call itself; `left`: the caller did not wait for it. */
export type AttemptFault = ErrorType | 'refused' | 'left';

const TYPES: Readonly<Partial<Record<ErrorCode, AttemptFault>>> = {
  upstream_auth: 'credential',
  upstream_quota: 'quota',
  rate_limit_exceeded: 'rate_limit',
  upstream_timeout: 'timeout',
  upstream_overloaded: 'overloaded',
  upstream_unreachable: 'network',
  upstream_tls: 'network',
  upstream_reset: 'network',
  egress_denied: 'network',
  misconfigured: 'configuration',
  provider_misconfigured: 'configuration',
  secret_unavailable: 'configuration',
  [LEFT['hang-up']]: 'left',
  [LEFT.deadline]: 'left',
};

/** @param outcome of an attempt: `ok` or an error's code; a provider's own name for what it refuses is in no catalogue */
export function attemptFault(outcome: string): AttemptFault | undefined {
  if (outcome === 'ok') return undefined;
  const known = TYPES[outcome as ErrorCode];
  if (known !== undefined) return known;
  const facts = Object.hasOwn(ERRORS, outcome) ? ERRORS[outcome as ErrorCode] : undefined;
  return facts === undefined || facts.status < 500 ? 'refused' : 'answer';
}
