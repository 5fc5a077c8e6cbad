import { conditionFailure } from './attributes';

/** What became of a conditional write: done, or refused because the row is not what the caller believed. */
export type WriteResult = 'done' | 'conflict';

/** Runs a conditional write; everything but a failed condition is thrown on. */
export async function conditional(write: () => Promise<unknown>): Promise<WriteResult> {
  try {
    await write();
    return 'done';
  } catch (error) {
    if (conditionFailure(error) === undefined) throw error;
    return 'conflict';
  }
}
