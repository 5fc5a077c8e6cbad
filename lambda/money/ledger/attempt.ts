import type { PlannedPage } from '../pages';
import { entryOf } from '../pages';
import type { EntryCall, PageEntry, PageSpec, PageState, PageTake } from '../ports/pages';
import type { PlannedRows } from '../ports/planned-rows';
import type { UsageRecord } from '../record';
import type { AdmissionRequest, Bound } from './admission';
import type { Held } from './decide';

/** A moment by both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** One page that an attempt reserves on. It is named before the round and never changes. */
export interface AttemptPage {
  readonly planned: PlannedPage;
  /** Of the page, or of the shard that is reserved on. */
  readonly spec: PageSpec;
}

/** One attempt at admission. */
export interface Attempt<Rows extends PlannedRows = PlannedRows> {
  readonly id: string;
  readonly began: Moment;
  readonly request: AdmissionRequest<Rows>;
  /** What it sets aside: the request's bound, or a smaller one. */
  readonly bound: Bound;
  readonly heardByMs: number;
  readonly expiresAtMs: number;
  /** The key's first. */
  readonly pages: readonly AttemptPage[];
}

/** What the attempt holds on one of its pages once that is taken. */
export function entryFor(attempt: Attempt, index: number, take: PageTake): PageEntry {
  const { heardByMs, expiresAtMs, pages } = attempt;
  const first = (pages[0] as AttemptPage).spec.key;
  return entryOf(take, { heardByMs, expiresAtMs }, index === 0 ? { call: callOf(attempt) } : { first });
}

function callOf({ request, pages }: Attempt): EntryCall {
  const { rows, tags } = request;
  const { teamId, projectId, userId } = rows.key;
  return {
    model: request.originalModel,
    operation: request.operation,
    teamId,
    projectId,
    userId,
    tags: hasAny(tags) ? tags : undefined,
    others: pages.slice(1).map(({ spec }) => spec.key),
  };
}

/** What the record says of a call, whatever became of it. */
export function recordOf({ id, request, bound }: Attempt, createdAt: string): Omit<UsageRecord, 'state' | 'costNanoUsd' | 'pages'> {
  const { rows, originalModel, candidateModels, tags } = request;
  const { teamId, projectId, userId } = rows.key;
  return {
    id,
    createdAt,
    keyId: rows.key.id,
    teamId,
    projectId,
    userId,
    tags: hasAny(tags) ? tags : undefined,
    operation: request.operation,
    dialect: request.dialect,
    originalModel,
    // A name with a slash is where it goes; it is not written twice.
    candidateModels: candidateModels.every((name) => name === originalModel) ? undefined : candidateModels,
    stream: request.stream,
    boundNanoUsd: bound.costNanoUsd,
  };
}

function hasAny(tags: Readonly<Record<string, string>>): boolean {
  for (const _name in tags) return true;
  return false;
}

/** A page that acknowledged an attempt's entry. */
export interface HeldPageReply extends Held {
  readonly kind: 'held';
  readonly take: PageTake;
  readonly page: PageState;
}
