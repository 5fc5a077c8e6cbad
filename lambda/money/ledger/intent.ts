import { isoTime } from '../../platform/runtime';

import type { RequestIntent } from '../record/fields';
import type { AdmissionRequest } from './admission';
import type { KeyRow } from './holders';
import type { Plan } from './plan';

/** A name with a slash is where it goes; it is not written twice. */
function candidatesOf({
  originalModel,
  candidateModels,
}: Pick<AdmissionRequest, 'originalModel' | 'candidateModels'>): readonly string[] | undefined {
  return candidateModels.every((name) => name === originalModel) ? undefined : candidateModels;
}

/** The record that says what an attempt is about to send. */
export function intentOf(
  request: Omit<AdmissionRequest, 'key' | 'accepts' | 'smaller'>,
  key: KeyRow,
  attemptId: string,
  plan: Plan,
  nowMs: number,
): RequestIntent {
  return {
    id: attemptId,
    createdAt: isoTime(nowMs),
    keyId: key.id,
    teamId: key.teamId,
    projectId: key.projectId,
    userId: key.userId,
    tags: Object.keys(request.tags).length === 0 ? undefined : request.tags,
    operation: request.operation,
    dialect: request.dialect,
    originalModel: request.originalModel,
    candidateModels: candidatesOf(request),
    stream: request.stream,
    boundNanoUsd: request.bound.costNanoUsd,
    counters: plan.counters.map(({ key: counter }) => ({ counter, nanoUsd: request.bound.costNanoUsd })),
    expiresAtMs: request.expiresAtMs,
  };
}
