import type { Item } from './attributes';
import type { SpendChange } from './spend-change';

/** @param part of the sum that this environment adds to */
export function writeSpend({ pk, sk, adds, ttl }: SpendChange, part: number) {
  const names: Record<string, string> = {};
  const values: Item = {};
  const additions = Object.entries(adds).map(([attribute, nanoUsd], index) => {
    names[`#a${index}`] = attribute;
    values[`:a${index}`] = { N: String(nanoUsd) };
    return `#a${index} :a${index}`;
  });
  if (ttl !== undefined) {
    names['#ttl'] = 'ttl';
    values[':ttl'] = { N: String(ttl) };
  }
  return {
    Key: { pk: { S: pk }, sk: { S: `${sk}#${part}` } },
    UpdateExpression: `${ttl === undefined ? '' : 'SET #ttl = :ttl '}ADD ${additions.join(', ')}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
