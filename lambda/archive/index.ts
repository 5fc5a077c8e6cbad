/** What is kept for later and outside of the tables: the audit trail. What it asks of a bucket and of a table stands in `ports.ts`. */
export { contentFact, contentKey, contentPlace, factsOfContent, type SubjectKind } from './content-keys';
export { createEndUserDigests, type EndUserDigests } from './end-users';
export { requestLine, unreadableLine } from './entries';
export type { ObjectStore, SubjectKeys, TrailHead, TrailHeads } from './ports';
export { TRAILS, type Trail, type TrailKind, trailsOf } from './trail';
export { checkTrail, TRAIL_FAULTS, type TrailCheck, type TrailFinding } from './trail-check';
export { createTrailWriter, type TrailWriter } from './trail-writer';
