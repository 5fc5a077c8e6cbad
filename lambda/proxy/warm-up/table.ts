import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoDbConnector } from '../../aws/dynamodb';

type Stored = Record<string, AttributeValue>;
type Values = Readonly<Record<string, AttributeValue | undefined>>;

const DONE = { $metadata: {} } as const;

/**
 * The tables in memory, for calls that only run the code: at start, and in the bench, where what a table costs has rows of its own. It costs next
 * to nothing: it knows the few writes of the request path by the names of their values and does them in plain numbers. Budgets and rates
 * are kept and refuse; records of requests are taken and forgotten; lists are empty; which requests are open nobody asks.
 */
export function createStandInTable(): DynamoDbConnector {
  const rows = new Map<string, Stored>();
  const counters = new Map<string, { remaining: bigint; readonly item: Stored }>();
  const gates = new Map<string, { tat: number; step: number }>();

  /** `SET remaining = :remaining, ...` where there is no counter yet. */
  function create(key: string, values: Values): Stored {
    const remaining = bigintOf(values[':remaining']);
    const item: Stored = {
      pk: { S: key },
      remaining: { N: String(remaining) },
      limit: values[':limit'] as AttributeValue,
      generation: values[':generation'] as AttributeValue,
      open: { M: {} },
    };
    counters.set(key, { remaining, item });
    return item;
  }

  /** `SET remaining = remaining - :take` while there is enough. */
  function take(key: string, amount: bigint): Stored {
    const counter = counters.get(key);
    if (counter === undefined) throw refused(undefined);
    if (counter.remaining < amount) throw refused(counter.item);
    counter.remaining -= amount;
    counter.item['remaining'] = { N: String(counter.remaining) };
    return counter.item;
  }

  /** One request at a rate: its theoretical arrival time moves by `:minute_step`, or begins anew at `:minute_next`. */
  function pass(key: string, values: Values): Stored {
    const gate = gates.get(key) ?? { tat: 0, step: 0 };
    gates.set(key, gate);
    const now = numberOf(values[':minute_now']);
    if (values[':minute_next'] === undefined) {
      if (gate.tat < now || gate.tat > numberOf(values[':minute_latest'])) throw refused(gateItem(gate));
      gate.tat += numberOf(values[':minute_step']);
    } else {
      if (gate.tat >= now) throw refused(gateItem(gate));
      gate.tat = numberOf(values[':minute_next']);
      gate.step = numberOf(values[':minute_step']);
    }
    return gateItem(gate);
  }

  function update({ Key, ExpressionAttributeValues: values = {} }: UpdateItemCommandInput): Stored | undefined {
    const key = Key?.['pk']?.S ?? '';
    if (values[':state'] !== undefined) return undefined;
    if (values[':take'] !== undefined) return take(key, bigintOf(values[':take']));
    if (values[':refund'] !== undefined) return take(key, -bigintOf(values[':refund']));
    if (values[':remaining'] !== undefined) return create(key, values);
    if (values[':minute_now'] !== undefined) return pass(key, values);
    throw new Error(`the stand-in does not know this write: ${Object.keys(values).join(' ')}`);
  }

  return {
    getItem: async (input) => {
      const row = rows.get(input.Key?.['pk']?.S ?? '');
      return row === undefined ? DONE : { $metadata: {}, Item: row };
    },
    putItem: async ({ Item: item = {} }) => {
      if (item['state'] === undefined) rows.set(item['pk']?.S ?? '', item);
      return DONE;
    },
    updateItem: async (input) => {
      const item = update(input);
      return item === undefined || input.ReturnValues !== 'ALL_NEW' ? DONE : { $metadata: {}, Attributes: item };
    },
    query: async () => DONE,
    scan: async () => DONE,
    deleteItem: unexpected,
    transactWriteItems: unexpected,
  };
}

function gateItem({ tat, step }: { readonly tat: number; readonly step: number }): Stored {
  return { minute_tat: { N: String(tat) }, minute_epoch: { N: '0' }, minute_step: { N: String(step) } };
}

function numberOf(value: AttributeValue | undefined): number {
  return Number(value?.N);
}

function bigintOf(value: AttributeValue | undefined): bigint {
  return BigInt(value?.N ?? '0');
}

function refused(item: Stored | undefined): Error {
  const error = Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException' });
  return item === undefined ? error : Object.assign(error, { Item: item });
}

async function unexpected(): Promise<never> {
  throw new Error('the stand-in does not expect this call');
}
