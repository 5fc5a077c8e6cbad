import type { Pause } from '../../platform/runtime';
import { isThrottle } from '../../platform/stored';
import type { CounterStore, FreshBudget, ReserveResult } from '../ports/counters';
import type { GatePass, GateResult, GateState, GateStore } from '../ports/gates';
import type { RecordStore } from '../ports/records';
import type { KeyRows } from '../ports/rows';
import type { RequestIntent } from '../record/fields';
import type { AdmissionRequest, Refusal } from './admission';
import { type ClaimStores, takeClaim } from './claim';
import { type EscrowPolicy, reserveOn, type ShardMemory } from './escrow';
import type { KeyRow } from './holders';
import type { Plan, PlannedCounter } from './plan';

export interface AttemptStores<Key extends KeyRow = KeyRow> extends ClaimStores {
  /** Keys, read anew with every attempt. */
  readonly identity: KeyRows<Key>;
  readonly counters: CounterStore;
  readonly gates: GateStore;
  readonly records: RecordStore;
}

/** An answer of the table, or none: then nobody knows whether the call was applied. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** All answers of one attempt at admission. */
export interface AttemptReplies<Key extends KeyRow = KeyRow> {
  readonly key: Reply<Key | undefined>;
  readonly counters: readonly Reply<ReserveResult>[];
  readonly gates: readonly Reply<GateResult>[];
  readonly intent: Reply<'done' | 'conflict'>;
  /** Why the caller's key could not be taken. */
  readonly claim: Reply<Refusal | undefined>;
}

export interface AttemptOptions<Key extends KeyRow = KeyRow> {
  /** The key's row as the attempt was planned with. */
  readonly key: Key;
  /** Per call. */
  readonly timeoutMs: number;
  readonly nowMs: number;
  readonly request: Pick<AdmissionRequest, 'bound' | 'once'>;
  /** Of this request, the present one last. */
  readonly attemptIds: readonly string[];
  /** What each gate is believed to hold. */
  readonly guesses: ReadonlyMap<string, GateState>;
  /** Reads a counter's budget consistently; see `CounterStore.reserve`. */
  readonly fresh: (planned: PlannedCounter) => Promise<FreshBudget | undefined>;
  readonly shards: ShardMemory;
  readonly escrow: EscrowPolicy;
  readonly pause: Pause;
  readonly random: () => number;
}

const UNCLAIMED: Reply<undefined> = { ok: true, value: undefined };
/** One call of an attempt takes no longer. */
export const CALL_TIMEOUT_MS = 600;
const THROTTLE_RETRIES = 2;
const THROTTLE_PAUSE_MS = 40;

/** Reads the key and reserves everything, all at once. Never rejects. */
export async function attemptAdmission<Key extends KeyRow>(
  stores: AttemptStores<Key>,
  intent: RequestIntent,
  plan: Plan,
  options: AttemptOptions<Key>,
): Promise<AttemptReplies<Key>> {
  const { timeoutMs } = options;
  const context = { counters: stores.counters, shards: options.shards, policy: options.escrow, timeoutMs };
  const entry = { nanoUsd: intent.boundNanoUsd, expiresAtMs: intent.expiresAtMs };
  const request = { attemptId: intent.id, tokens: options.request.bound.tokens, expiresAtMs: intent.expiresAtMs, nowMs: options.nowMs };

  const key = reply(options, () => stores.identity.get('key', intent.keyId, { consistent: true, timeoutMs, known: options.key }));
  const counters = plan.counters.map((planned) =>
    reply(options, () => reserveOn(context, planned, intent.id, entry, () => options.fresh(planned))),
  );
  const gates = plan.gates.map(({ spec }) =>
    reply(options, () => stores.gates.pass(spec, request, options.guesses.get(spec.key), timeoutMs)),
  );
  const written = reply(options, () => stores.records.putIntent(intent, timeoutMs));
  const { once } = options.request;
  const claim =
    once === undefined ? UNCLAIMED : reply(options, () => takeClaim(stores, once, options.attemptIds, options.nowMs, timeoutMs));
  // They all run by now and none of them rejects, so one can be waited for after the other.
  return { key: await key, counters: await inTurn(counters), gates: await inTurn(gates), intent: await written, claim: await claim };
}

async function inTurn<T>(replies: readonly Promise<T>[]): Promise<T[]> {
  const values: T[] = [];
  for (const answer of replies) values.push(await answer);
  return values;
}

/** Takes back what a refused or doubtful attempt took from limits. What fails here passes with its window, or with the slot's time. */
export async function undoGates(
  stores: Pick<AttemptStores, 'gates'>,
  attemptId: string,
  replies: AttemptReplies,
  timeoutMs: () => number,
): Promise<void> {
  const passes = replies.gates.flatMap((gate) => (gate.ok && gate.value.kind === 'passed' ? [gate.value.pass] : []));
  await Promise.all(passes.map((pass: GatePass) => quietly(() => stores.gates.undo(pass, attemptId, timeoutMs()))));
}

async function reply<T>(options: Pick<AttemptOptions, 'pause' | 'random'>, call: () => Promise<T>): Promise<Reply<T>> {
  for (let tries = 0; ; tries++) {
    try {
      return { ok: true, value: await call() };
    } catch (error) {
      if (!isThrottle(error) || tries >= THROTTLE_RETRIES) return { ok: false, error };
      await options.pause(options.random() * THROTTLE_PAUSE_MS * 2 ** tries);
    }
  }
}

async function quietly<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch {
    return undefined;
  }
}
