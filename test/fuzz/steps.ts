/**
 * The step counter of the code under test. `instrument.ts` makes that code report each turn of a loop and each call of a function, and
 * what native functions walk over in its name; beyond the budget every further step throws, so that no loop of ours goes on.
 */

/** The code under test did more than its input explains. */
export class StepLimitError extends Error {
  public constructor() {
    super('more steps than the input explains: a loop that does not end, or one that begins again at every place');
    this.name = 'StepLimitError';
  }
}

/** Bytes that a native function walks over in about the time of one step. */
const NATIVE_BYTES_PER_STEP = 16;

/** Without a bound while nothing is read. */
let left = Number.POSITIVE_INFINITY;

/** Sets what the code may take until the next call. */
export function allowSteps(budget: number): void {
  left = budget;
}

/** Whether the budget is used up, also where the code caught what said so. */
export function isOverBudget(): boolean {
  return left < 0;
}

export function stepsLeft(): number {
  return left;
}

function take(steps: number): void {
  left -= steps;
  if (Number.isNaN(left)) throw new Error('steps are no longer counted');
  if (left < 0) throw new StepLimitError();
}

function step(): void {
  left -= 1;
  if (left < 0) throw new StepLimitError();
}

/** Calls a method, and counts what it walks over. */
function scan(self: unknown, name: string, ...args: unknown[]): unknown {
  const result = ((self as Record<string, (...args: unknown[]) => unknown>)[name] as (...args: unknown[]) => unknown).apply(self, args);
  const length = sizeOf(self);
  switch (name) {
    case 'indexOf':
    case 'includes':
    case 'search': {
      const from = typeof args[1] === 'number' && args[1] > 0 ? args[1] : 0;
      const found = result === true ? foundAt(self, args) : result;
      take(Math.max(0, (typeof found !== 'number' || found < 0 ? length : found) - from) / NATIVE_BYTES_PER_STEP);
      break;
    }
    case 'test':
    case 'exec':
      // A sticky pattern looks at one place.
      if (self instanceof RegExp && self.sticky) return result;
      take(sizeOf(args[0]) / NATIVE_BYTES_PER_STEP);
      break;
    case 'parse':
      take(sizeOf(args[0]) / NATIVE_BYTES_PER_STEP);
      break;
    case 'toString':
    case 'stringify':
    case 'join':
      take(sizeOf(result) / NATIVE_BYTES_PER_STEP);
      break;
    case 'concat':
      take((length + args.reduce((sum: number, arg) => sum + sizeOf(arg), 0)) / NATIVE_BYTES_PER_STEP);
      break;
    default:
      take(length / NATIVE_BYTES_PER_STEP);
  }
  return result;
}

function foundAt(self: unknown, args: readonly unknown[]): number {
  return (self as { indexOf(...args: readonly unknown[]): number }).indexOf(...args);
}

/** What is spread into an array or a call. */
function spread<T>(value: T): T {
  take(sizeOf(value));
  return value;
}

/** What is spread into an object. */
function spreadFields<T>(value: T): T {
  if (typeof value === 'object' && value !== null) take(Object.keys(value).length);
  return value;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return 0;
}

/** What the instrumented files call; it must be there before any of them is loaded. */
(globalThis as unknown as { stepCounter: object }).stepCounter = { step, scan, spread, spreadFields };
