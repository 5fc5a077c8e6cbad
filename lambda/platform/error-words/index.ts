import type { ErrorCode } from '../error-catalogue';
import { OF_CALLS } from './of-calls';
import { OF_THE_SERVICE } from './of-the-service';
import type { ErrorWords } from './words';

export type { ErrorWords, RunbookAnchor } from './words';

/** What each code means and what to do about it, for documents. No function loads it; `error-catalogue.ts` has what they need. */
export const ERROR_WORDS: Readonly<Record<ErrorCode, ErrorWords>> = { ...OF_CALLS, ...OF_THE_SERVICE };
