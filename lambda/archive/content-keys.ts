import { createHmac } from 'node:crypto';
import { CONTENT_PREFIX } from '../../lib/private/contract';
import { timeOfAttempt } from '../platform/runtime';

/** What contents are found by when they are to be deleted. */
export type SubjectKind = 'key' | 'user' | 'end_user' | 'tag';

const FACT_LETTERS = 12;

/** A fact of a request as its object's key says it: keys of objects are in access logs, so nobody may read there whom they are about. */
export function contentFact(pepper: string, kind: SubjectKind, value: string): string {
  return createHmac('sha256', pepper).update(`content ${kind}\n${value}`).digest('base64url').slice(0, FACT_LETTERS);
}

/** How the keys of all objects of one request begin; undefined for what is no request's id. */
export function contentPlace(requestId: string): string | undefined {
  const ms = timeOfAttempt(requestId);
  return ms === undefined ? undefined : `${CONTENT_PREFIX}${new Date(ms).toISOString().slice(0, 10)}/${requestId}~`;
}

/** `part` counts the pieces of a long answer from 1; the object that tells of the request has none. */
export function contentKey(requestId: string, facts: readonly string[], part?: number): string {
  return `${contentPlace(requestId)}${facts.join('.')}${part === undefined ? '' : `~${String(part).padStart(4, '0')}`}`;
}

/** The facts of an object, by its key. */
export function factsOfContent(key: string): readonly string[] {
  return (key.split('~')[1] ?? '').split('.');
}
