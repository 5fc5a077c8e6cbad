import { deadSlots, GATE_PREFIX, passOf, returnOf, takeFrom } from '../../money/ledger';
import type { GatePass, GateStore, GateVerdict } from '../../money/ports';
import { conditionalUpdate, type UpdateResult } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import { type GateUpdate, readGate, writeReturn, writeSweep, writeTake } from './gate-update';
import { createJoiner } from './joined';

const SLOW_TIMEOUT_MS = 5_000;
const MOST_TRIES = 12;
/** Slots freed by one update. */
const MOST_SWEPT = 100;

/**
 * The counters table's rates.
 *
 * @param table name of the counters table
 */
export function createGateStore(connector: DynamoDbConnector, table: string): GateStore {
  function update(key: string, change: GateUpdate, timeoutMs: number): Promise<UpdateResult> {
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

  /** Gives back whatever still fits the item. */
  async function giveBack(pass: GatePass, attemptId: string, tokens: number | undefined, undo: boolean, timeoutMs: number): Promise<void> {
    let { state } = pass;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const back = returnOf(pass, attemptId, state, tokens, undo);
      if (back === undefined) return;
      const result = await update(pass.key, writeReturn(back, attemptId), timeoutMs);
      if ('done' in result || result.failed === undefined) return;
      state = readGate(result.failed);
    }
  }

  return {
    async pass(spec, request, guess, timeoutMs) {
      let state = guess;
      let certain = false;
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const { take: fitting, refused } = takeFrom(spec, state, request);
        if (refused !== undefined && certain) return { kind: 'refused', ...refused };
        // A refusal from a guess is checked with the table: others may have given something back.
        const take = fitting ?? takeFrom(spec, undefined, request).take;
        if (take === undefined) return { kind: 'refused', ...(refused as GateVerdict) };
        const result = await update(spec.key, writeTake(take, request.attemptId, request.expiresAtMs), timeoutMs);
        if ('done' in result) return { kind: 'passed', pass: passOf(spec, request.attemptId, take, readGate(result.done)) };
        state = result.failed === undefined ? undefined : readGate(result.failed);
        certain = true;
      }
      throw Object.assign(new Error('the limits are changed faster than they can be read'), { name: 'ThrottlingException' });
    },

    leave: (pass, attemptId, tokens, timeoutMs = SLOW_TIMEOUT_MS) => giveBack(pass, attemptId, tokens, false, timeoutMs),

    undo: (pass, attemptId, timeoutMs = SLOW_TIMEOUT_MS) => giveBack(pass, attemptId, 0, true, timeoutMs),

    async get(key, timeoutMs = SLOW_TIMEOUT_MS) {
      const { Item: item } = await connector.getItem({ TableName: table, Key: { pk: { S: key } }, ConsistentRead: true }, { timeoutMs });
      return item === undefined ? undefined : readGate(item);
    },

    async sweep(key, nowMs) {
      const dead = deadSlots((await this.get(key))?.slots, nowMs, MOST_SWEPT);
      if (dead.length > 0) await update(key, writeSweep(dead), SLOW_TIMEOUT_MS);
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
      const dead = (result.Items ?? []).filter((item) => deadSlots(readGate(item).slots, nowMs, 1).length > 0);
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
