import { setFlagsFromString } from 'node:v8';

/** The first version of V8 (that of Node.js 22) that has a compiler between the baseline and the best. */
const FIRST_V8 = 12;
/** V8's own figure is 3,000. */
const CALLS_UNTIL_BEST = 800;

/**
 * For a process that lives long: functions are given to V8's best compiler after fewer calls. A request runs through some hundred functions, and
 * the code of the middle compiler is larger and slower; until all of them were called often enough, a request costs a quarter more. Call it
 * before there is anything to compile. Not for functions on Lambda, most of which end before it pays.
 *
 * @see docs/performance.md
 */
export function compileForLongLife(v8 = process.versions.v8): void {
  if (Number.parseInt(v8, 10) >= FIRST_V8) setFlagsFromString(`--invocation-count-for-turbofan=${CALLS_UNTIL_BEST}`);
}
