import type { Clock } from '../../platform/runtime';
import type { AnyRequest } from '../../wire/model';
import type { EncodeContext } from '../../wire/protocols';
import type { AdmittedCall } from '../answer/source';

/** What the caller's encoder is told beside the answer. */
export function encodeContext(clock: Clock, { call, reservation }: AdmittedCall, request: AnyRequest): EncodeContext<AnyRequest> {
  return {
    requestId: reservation.attemptId,
    originalModel: call.facts.model,
    createdAt: Math.floor(clock.now() / 1_000),
    wantsStreamUsage: call.facts.wantsStreamUsage,
    request,
  };
}
