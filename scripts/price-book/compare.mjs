/** What two rows of one model say differently. */
import { baseOf, stepsOf } from './amounts.mjs';
import { CLASSES } from './classes.mjs';

/** Differences up to this many per thousand are roundings of one price. */
const ROUNDING_PER_MILLE = 10;

/** The prices of a row that hold at noon of a day, unless some hours of the day are cheaper: then the dearest of the day. */
export function pricesOn(row, day) {
  const begun = row.prices.filter(({ from }) => from === undefined || from <= day);
  const always = begun.findLast(({ hours }) => hours === undefined) ?? begun[0];
  const dearer = begun.filter(({ hours }) => hours !== undefined).find((set) => baseOf(set.input ?? 0) > baseOf(always.input ?? 0));
  return dearer ?? always;
}

/** `[class, left, right]` for each class that both price, and price differently. */
export function differences(left, right) {
  const found = [];
  for (const name of CLASSES) {
    if (left[name] === undefined || right[name] === undefined) continue;
    if (!sameRate(left[name], right[name])) found.push([name, left[name], right[name]]);
  }
  return found;
}

function sameRate(left, right) {
  if (!close(baseOf(left), baseOf(right))) return false;
  const [ours, theirs] = [stepsOf(left), stepsOf(right)];
  if (ours.length !== theirs.length) return false;
  // One list counts the first dearer token, the other the last cheaper one.
  return ours.every(([above, amount], index) => Math.abs(above - theirs[index][0]) <= 1 && close(amount, theirs[index][1]));
}

function close(left, right) {
  return Math.abs(left - right) * 1_000 <= ROUNDING_PER_MILLE * Math.max(left, right);
}
