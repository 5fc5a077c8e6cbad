import { isObject, list, text } from '../template/json';

/**
 * Which records of a batch failed, by what the function answered.
 *
 * @param payload the function's answer, JSON
 * @param known the identifiers of the batch's records
 * @returns the failed ones; `all` when the answer names something that is not in the batch, as Lambda sees it
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function failedItems(payload: Buffer, known: readonly string[]): ReadonlySet<string> | 'all' {
  let answer: unknown;
  try {
    answer = JSON.parse(payload.toString('utf8'));
  } catch {
    return 'all';
  }
  if (!isObject(answer)) return new Set();
  const failed = list(answer.batchItemFailures).map((item) => (isObject(item) ? (text(item.itemIdentifier) ?? '') : ''));
  return failed.every((identifier) => known.includes(identifier)) ? new Set(failed) : 'all';
}
