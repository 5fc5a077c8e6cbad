import fc from 'fast-check';
import { passOf, returnOf, stepOf, takeFrom } from '../../../../lambda/money/ledger/gates';
import type { GateSpec, GateState } from '../../../../lambda/money/ports';

const KEY = 'gate#key#k1#*';
const NOW_MS = Date.UTC(2026, 10, 24, 12);
const MINUTE_MS = 60_000;

function ask(limits: Omit<GateSpec, 'key'>, state: GateState | undefined, tokens = 0) {
  return takeFrom({ key: KEY, ...limits }, state, { attemptId: 'a', tokens, expiresAtMs: NOW_MS + 1, nowMs: NOW_MS });
}

test('R15 a rate is never faster than its limit: steps are rounded up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(60_000, 86_400_000), (limit, windowMs) => {
      expect(stepOf(limit, windowMs) * limit).toBeGreaterThanOrEqual(windowMs * 1_000);
      expect((stepOf(limit, windowMs) - 1) * limit).toBeLessThan(windowMs * 1_000);
    }),
  );
});

test('a limit of nothing refuses, and a limit that is not set takes nothing', () => {
  expect(ask({ requestsPerMinute: 0 }, undefined).refused).toEqual({ limit: 'requests_per_minute', retryAfterMs: MINUTE_MS });
  expect(ask({ concurrentRequests: 0 }, undefined).refused).toEqual({ limit: 'concurrent_requests', retryAfterMs: 1_000 });
  expect(Object.values(ask({}, undefined).take ?? {})).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('a mark that no honest clock can have made begins anew, one that another limit made is counted at the present one', () => {
  const step = stepOf(60, MINUTE_MS);
  const at = (tat: number, madeBy: number) => ask({ requestsPerMinute: 60 }, { minute: { tat, epoch: 0, step: madeBy } });
  const now = NOW_MS * 1_000;

  expect(at(now + 70_000_000, step).take?.minute).toMatchObject({ kind: 'begin', next: now + step });
  expect(at(now + 30 * step, step).take?.minute).toMatchObject({ kind: 'advance' });
  expect(at(now + 30 * step, 2 * step).take?.minute).toMatchObject({ kind: 'recount', seen: now + 30 * step, next: now + 16 * step });
  expect(at(now + 60 * step, step).refused).toEqual({ limit: 'requests_per_minute', retryAfterMs: 1_000 });
});

test('what a request did not use of its tokens goes back to the window that it came from, and to no other', () => {
  const spec = { key: KEY, tokensPerMinute: 1_000 };
  const { take } = ask(spec, undefined, 100);
  if (take === undefined) throw new Error('refused');
  const state = { tokenMinute: { atMs: NOW_MS, left: 900, limit: 1_000 } };
  const pass = passOf(spec, 'a', take, state);

  expect(returnOf(pass, 'a', state, 30, false)?.tokenMinute).toEqual({ windowMs: NOW_MS, amount: 70 });
  expect(returnOf(pass, 'a', state, 130, false)?.tokenMinute).toEqual({ windowMs: NOW_MS, amount: -30 });
  expect(returnOf(pass, 'a', state, undefined, false)).toBeUndefined();
  expect(returnOf(pass, 'a', { tokenMinute: { ...state.tokenMinute, atMs: NOW_MS + MINUTE_MS } }, 30, false)).toBeUndefined();
});
