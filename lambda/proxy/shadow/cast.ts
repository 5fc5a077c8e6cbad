import { Writable } from 'node:stream';
import type { KeptRows, KeyRecord } from '../../identity';
import type { Exchange } from '../../platform/http';
import { attemptId, NEVER_CANCELLED } from '../../platform/runtime';
import type { Shadow } from '../../routing';
import { record } from '../after/record';
import { openTrace } from '../after/trace';
import { deliver } from '../answer/deliver';
import { refusalError, requestOf } from '../before/admit';
import { bound, heldTo, isBilled } from '../before/bound';
import type { RoutedCall } from '../before/call';
import { allow } from '../before/policy';
import type { Gateway } from '../gateway';
import { nowhere, seenBy } from '../guarding/guard';

/** No shadow takes longer. */
const MOST_MS = 300_000;
const BEGINNING = '1970-01-01T00:00:00.000Z';

/**
 * Sends a call that was answered to what its route tries out. It goes only where the call itself might have gone, by the same lists, labels and
 * fences; its money is the shadow's and the whole gateway's, and none of whoever called.
 *
 * @param shadowOf id of the call
 * @throws GatewayError that says why it is not made
 */
export async function castShadow(gateway: Gateway, call: RoutedCall, shadow: Shadow, shadowOf: string): Promise<void> {
  // What a provider does for a call beside answering is not done twice.
  if (!isBilled(call) || call.facts.serverTools.length > 0) return;
  const { clock } = gateway;
  const exchange = unheard(call.exchange, clock.monotonic());
  const { timeoutMs: _theirs, ...options } = call.options;
  const resolution = { ...call.resolution, targets: [shadow.target], chooses: false, shadow: undefined, budgetFallback: undefined };
  const asked = { ...call, exchange, requestId: attemptId(clock.now()), options: { ...options, sensitivity: call.sensitivity } };
  const allowed = await allow(asked, call.rows, resolution);
  // What was found in the call may be for some targets alone.
  if (call.guard !== undefined && seenBy(call, call.guard, allowed.targets).length === 0) throw nowhere(call);
  const routed = { ...allowed, rows: rowsOf(shadow, call.rows), guardrails: [], guard: undefined };
  const bounded = bound(gateway, routed);

  const afterwards: Promise<void>[] = [];
  const request = requestOf(gateway, bounded, false, undefined, (work) => afterwards.push(work));
  const admitted = await gateway.admission.admit(request);
  if (!admitted.admitted) {
    await Promise.all(afterwards);
    throw refusalError(admitted.refusal);
  }
  const { reservation } = admitted;
  const trace = openTrace(reservation.attemptId, exchange);
  Object.assign(trace, {
    shadowOf,
    route: call.route.path,
    dialect: call.route.dialect,
    operation: call.operation.name,
    originalModel: call.facts.model,
    stream: call.facts.stream,
    keyId: routed.rows.key.id,
  });
  try {
    await deliver(gateway, heldTo(bounded, reservation), reservation, trace);
  } finally {
    record(gateway, trace);
    await Promise.all([...afterwards, ...trace.afterwards]);
  }
}

/** Whose answer nobody hears, and nobody waits for. */
function unheard({ method, path, query, headers, body, deadlineMs }: Exchange, nowMs: number): Exchange {
  return {
    method,
    path,
    query,
    headers,
    body,
    wanted: NEVER_CANCELLED,
    deadlineMs: Math.min(deadlineMs, nowMs + MOST_MS),
    arrivedMs: nowMs,
    respond: () => new Writable({ write: (_chunk, _encoding, done) => done() }),
  };
}

const known = new WeakMap<Shadow, KeyRecord>();

/** Its budget is that of a key without a row, which belongs to nobody: no team, project or user pays for it. */
function rowsOf(shadow: Shadow, { gateway, marks }: KeptRows): KeptRows {
  let key = known.get(shadow);
  if (key === undefined) {
    key = {
      id: shadow.keyId,
      status: 'active',
      role: 'caller',
      hashes: [],
      lastFour: '',
      budgets: [shadow.budget],
      limits: {},
      generation: 0,
      createdAt: BEGINNING,
      updatedAt: BEGINNING,
    };
    known.set(shadow, key);
  }
  return { key, gateway, team: undefined, project: undefined, user: undefined, tags: [], marks, unreadTags: [] };
}
