import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GATE_PREFIX } from '../../money/ledger';
import type { GatePass, GateRequest, GateSpec, GateState, GateStore, GateVerdict } from '../../money/ports';
import { conditionalUpdate, type UpdateResult } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import { type GateChange, planGate, readGate } from './gate-plan';
import { createJoiner } from './joined';

const SLOW_TIMEOUT_MS = 5_000;
const MOST_TRIES = 12;

/**
 * The counters table's rates.
 *
 * @param table name of the counters table
 */
export function createGateStore(connector: DynamoDbConnector, table: string): GateStore {
  function update(key: string, change: GateChange, timeoutMs: number): Promise<UpdateResult> {
    const sets = setting(change.set);
    const removes = removing(change.remove);
    return conditionalUpdate(
      connector,
      {
        TableName: table,
        Key: { pk: { S: key } },
        UpdateExpression: sets === '' || removes === '' ? sets || removes : both([sets, removes]),
        ConditionExpression: all(change.conditions),
        ExpressionAttributeNames: unlessEmpty(change.names),
        ExpressionAttributeValues: unlessEmpty(change.values),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
      timeoutMs,
    );
  }

  /** Applies whatever of a correction still fits the item; each part has a condition of its own. */
  async function correct(
    key: string,
    partsOf: (state: GateState) => GateChange | undefined,
    first: GateState,
    timeoutMs: number,
  ): Promise<void> {
    let state = first;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const change = partsOf(state);
      if (change === undefined) return;
      const result = await update(key, change, timeoutMs);
      if ('done' in result || result.failed === undefined) return;
      state = readGate(result.failed);
    }
  }
  return {
    async pass(spec, request, guess, timeoutMs) {
      let state = guess;
      let certain = false;
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const plan = planGate(spec, state, request);
        if (plan.refused !== undefined && certain) return { kind: 'refused', ...plan.refused };
        // A refusal from a guess is checked with the table: others may have given something back.
        const change = plan.change ?? planGate(spec, undefined, request).change;
        if (change === undefined) return { kind: 'refused', ...(plan.refused as GateVerdict) };
        const result = await update(spec.key, change, timeoutMs);
        if ('done' in result) {
          const passed = readGate(result.done);
          return { kind: 'passed', pass: passOf(spec, request, change, passed) };
        }
        state = result.failed === undefined ? undefined : readGate(result.failed);
        certain = true;
      }
      throw Object.assign(new Error('the limits are changed faster than they can be read'), { name: 'ThrottlingException' });
    },

    leave: (pass, attemptId, tokens, timeoutMs = SLOW_TIMEOUT_MS) =>
      correct(pass.key, (state) => corrections(pass, attemptId, state, tokens, false), pass.state, timeoutMs),

    undo: (pass, attemptId, timeoutMs = SLOW_TIMEOUT_MS) =>
      correct(pass.key, (state) => corrections(pass, attemptId, state, 0, true), pass.state, timeoutMs),

    async get(key, timeoutMs = SLOW_TIMEOUT_MS) {
      const { Item: item } = await connector.getItem({ TableName: table, Key: { pk: { S: key } }, ConsistentRead: true }, { timeoutMs });
      return item === undefined ? undefined : readGate(item);
    },

    async sweep(key, nowMs) {
      const found = await this.get(key);
      const dead = [...(found?.slots ?? [])].filter(([, expiresAtMs]) => expiresAtMs < nowMs).slice(0, 100);
      if (dead.length === 0) return 0;
      const names = Object.fromEntries(dead.map(([id], index) => [`#d${index}`, id]));
      const remove = dead.map((_entry, index) => `#open.#d${index}`);
      await update(
        key,
        { set: [], remove, conditions: ['attribute_exists(#open)'], names: { '#open': 'open', ...names }, values: {} },
        SLOW_TIMEOUT_MS,
      );
      return dead.length;
    },

    async scan(nowMs, after) {
      const result = await connector.scan(
        {
          TableName: table,
          FilterExpression: 'begins_with(pk, :gate) AND attribute_exists(#open)',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: { ':gate': { S: GATE_PREFIX } },
          ...(after === undefined ? {} : { ExclusiveStartKey: { pk: { S: after } } }),
        },
        { timeoutMs: SLOW_TIMEOUT_MS },
      );
      const last = result.LastEvaluatedKey?.['pk']?.S;
      const dead = (result.Items ?? []).filter((item) =>
        [...(readGate(item).slots?.values() ?? [])].some((expiresAtMs) => expiresAtMs < nowMs),
      );
      return { items: dead.map((item) => item['pk']?.S ?? ''), ...(last === undefined ? {} : { next: last }) };
    },
  };
}

const all = createJoiner(' AND ');
const both = createJoiner(' ');
const setting = createJoiner(', ', 'SET ');
const removing = createJoiner(', ', 'REMOVE ');

/** DynamoDB refuses maps that are empty. */
function unlessEmpty<T extends object>(map: T): T | undefined {
  for (const _name in map) return map;
  return undefined;
}

function passOf(spec: GateSpec, request: GateRequest, change: GateChange, state: GateState): GatePass {
  const taken = change.taken;
  return {
    key: spec.key,
    state,
    minuteTokens: taken?.minuteTokens,
    dayTokens: taken?.dayTokens,
    minuteRequest: taken?.minuteStep === undefined ? undefined : { epoch: state.minute?.epoch ?? 0, step: taken.minuteStep },
    dayRequest: taken?.dayStep === undefined ? undefined : { epoch: state.day?.epoch ?? 0, step: taken.dayStep },
    slot: state.slots?.has(request.attemptId) === true,
  };
}

function corrections(
  pass: GatePass,
  attemptId: string,
  state: GateState,
  tokens: number | undefined,
  undo: boolean,
): GateChange | undefined {
  const change = {
    set: [] as string[],
    remove: [] as string[],
    conditions: [] as string[],
    names: {} as Record<string, string>,
    values: {} as Record<string, AttributeValue>,
  };
  const giveBack = (
    prefix: 'token_minute' | 'token_day',
    taken: { windowMs: number; amount: number } | undefined,
    windowMs: number | undefined,
  ) => {
    const refund = taken === undefined || tokens === undefined ? 0 : taken.amount - tokens;
    // A window that has passed took its truth with it.
    if (taken === undefined || refund === 0 || windowMs !== taken.windowMs) return;
    change.set.push(`${prefix}_left = ${prefix}_left + :${prefix}_refund`);
    change.conditions.push(`${prefix}_at = :${prefix}_at`);
    change.values[`:${prefix}_refund`] = { N: String(refund) };
    change.values[`:${prefix}_at`] = { N: String(taken.windowMs) };
  };
  const stepBack = (prefix: 'minute' | 'day', taken: { epoch: number; step: number } | undefined, epoch: number | undefined) => {
    if (taken === undefined || epoch !== taken.epoch) return;
    change.set.push(`${prefix}_tat = ${prefix}_tat - :${prefix}_step`);
    change.conditions.push(`${prefix}_epoch = :${prefix}_epoch`);
    change.values[`:${prefix}_step`] = { N: String(taken.step) };
    change.values[`:${prefix}_epoch`] = { N: String(taken.epoch) };
  };

  giveBack('token_minute', pass.minuteTokens, state.tokenMinute?.atMs);
  giveBack('token_day', pass.dayTokens, state.tokenDay?.atMs);
  if (undo) {
    stepBack('minute', pass.minuteRequest, state.minute?.epoch);
    stepBack('day', pass.dayRequest, state.day?.epoch);
  }
  if (pass.slot && state.slots?.has(attemptId) === true) {
    change.remove.push('#open.#id');
    change.conditions.push('attribute_exists(#open.#id)');
    change.names['#open'] = 'open';
    change.names['#id'] = attemptId;
  }
  return change.conditions.length === 0 ? undefined : change;
}
