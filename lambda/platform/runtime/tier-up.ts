import { setFlagsFromString } from 'node:v8';

/** Calls after which a process counts as one that will serve many more. */
const PROVEN_CALLS = 1_000;

/**
 * V8 waits for 3,000 invocations of a function, 500 of them without news, before its best compiler looks at it, so that no more than half
 * of a call's code is in its final form after 10,000 calls. These make it look at once, which would be too dear for an environment that
 * answers a hundred calls and is gone.
 *
 * @see https://github.com/v8/v8/blob/main/src/flags/flag-definitions.h
 */
const SOON = ['--invocation-count-for-turbofan=500', '--minimum-invocations-after-ic-update=100'];

/**
 * Jobs of the middle compiler are thrown away on the thread that made them: what another thread frees, the allocator keeps, 35 MB after the
 * first thousand calls.
 */
const FRUGAL = '--no-maglev-destroy-on-background';

/** The first V8 whose tiers are told apart by these. */
const MAJOR_VERSION = 12;

function hasTiers(version: string): boolean {
  return Number.parseInt(version, 10) >= MAJOR_VERSION;
}

/** @returns to be called at each call; once the process has proven to be a busy one, the code of a call is compiled for good */
export function createTierUp(setFlag: (flag: string) => void = setFlagsFromString, version: string = process.versions.v8): () => void {
  if (!hasTiers(version)) return () => undefined;
  setFlag(FRUGAL);
  let calls = 0;
  return () => {
    calls += 1;
    if (calls === PROVEN_CALLS) for (const flag of SOON) setFlag(flag);
  };
}

/**
 * What runs in the first requests runs in all: until the end, baseline code is made at the first call of a function, not when it has run for a
 * while. For an environment that runs the code of requests while it starts; a process that lives long would pay for it.
 *
 * @returns to be called at the end
 */
export function compileAtFirstCall(
  setFlag: (flag: string) => void = setFlagsFromString,
  version: string = process.versions.v8,
): () => void {
  if (!hasTiers(version)) return () => undefined;
  setFlag('--always-sparkplug');
  return () => setFlag('--no-always-sparkplug');
}
