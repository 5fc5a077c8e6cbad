import fc from 'fast-check';

export interface Step {
  readonly action: string;
  readonly input: Record<string, unknown>;
}

export const TABLES = ['fuzz-items', 'fuzz-counters'];

/** Two tables: one with a sort key and two indexes, one as plain as the counters. */
export function tableInputs(): Record<string, unknown>[] {
  const definitions = ['pk', 'sk', 'gk'].map((name) => ({ AttributeName: name, AttributeType: 'S' }));
  return [
    {
      TableName: TABLES[0],
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [...definitions, { AttributeName: 'gn', AttributeType: 'N' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-gk',
          KeySchema: [
            { AttributeName: 'gk', KeyType: 'HASH' },
            { AttributeName: 'gn', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
        { IndexName: 'keys', KeySchema: [{ AttributeName: 'gk', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    },
    {
      TableName: TABLES[1],
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    },
  ];
}

const text = fc.constantFrom('a', 'b', 'ab', 'é', '~');
const number = fc.constantFrom('0', '1', '-1', '7', '25', '1000000000000', '0.1', '-3.75', '12345678901234567890123456789012345678');
const stringSet = fc.uniqueArray(text, { minLength: 1, maxLength: 3 });
const scalar = fc.oneof(
  text.map((S) => ({ S })),
  number.map((N) => ({ N })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
  fc.constantFrom('AA==', '/w==').map((B) => ({ B })),
);
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  stringSet.map((SS) => ({ SS })),
  fc.array(scalar, { maxLength: 3 }).map((L) => ({ L })),
  fc.dictionary(fc.constantFrom('x', 'y'), scalar, { maxKeys: 2 }).map((M) => ({ M })),
);

const pk = fc.constantFrom('p', 'q').map((S) => ({ S }));
const sk = fc.constantFrom('1', '2', '10').map((S) => ({ S }));
const itemKey = fc.record({ pk, sk });
const counterKey = fc.record({ pk });

const attributes = fc.record(
  {
    a: value,
    n: number.map((N) => ({ N })),
    s: stringSet.map((SS) => ({ SS })),
    l: fc.array(scalar, { maxLength: 3 }).map((L) => ({ L })),
    m: fc.dictionary(fc.constantFrom('x', 'y'), scalar, { maxKeys: 2 }).map((M) => ({ M })),
    gk: fc.constantFrom('g', 'h').map((S) => ({ S })),
    gn: number.map((N) => ({ N })),
  },
  { requiredKeys: [] },
);

/** Every value an expression may name; only those that it names are sent. */
const expressionValues = fc.record({
  ':v': value,
  ':w': value,
  ':n': number.map((N) => ({ N })),
  ':m': number.map((N) => ({ N })),
  ':s': stringSet.map((SS) => ({ SS })),
  ':l': fc.array(scalar, { minLength: 1, maxLength: 2 }).map((L) => ({ L })),
  ':g': fc.constantFrom('g', 'h').map((S) => ({ S })),
  ':t': text.map((S) => ({ S })),
  ':low': fc.constant({ N: '-1' }),
  ':high': fc.constant({ N: '25' }),
  ':map': fc.constant({ S: 'M' }),
  ':one': fc.constant({ N: '1' }),
  ':list': fc.constant({ S: 'L' }),
  ':empty': fc.constant({ L: [] }),
  ':type': fc.constantFrom('S', 'N', 'SS', 'M').map((S) => ({ S })),
});

const updates = fc.constantFrom(
  'SET a = :v',
  'SET n = :n',
  'SET n = if_not_exists(n, :n) + :m',
  'SET n = n - :m',
  'ADD n :n',
  'ADD n :n, #counter :m',
  'ADD s :s',
  'ADD a :n',
  'DELETE s :s',
  'REMOVE a',
  'REMOVE n, s',
  'SET l = list_append(if_not_exists(l, :empty), :l)',
  'SET m = :v',
  'SET #counter = n, n = :n',
  'SET gk = :g, gn = :n',
  'SET gk = :g REMOVE gn',
  'REMOVE gk',
  'SET a = :v ADD n :n DELETE s :s REMOVE m',
);
/** Of parts, with the condition under which both engines agree that the part's parent is there (see `KNOWN` in the test). */
const partUpdates = fc.constantFrom(
  ['REMOVE m.x', 'attribute_type(m, :map)'],
  ['SET m.x = :v', 'attribute_type(m, :map)'],
  ['SET a = :v ADD n :n REMOVE m.x, m.y', 'attribute_type(m, :map)'],
  // The oracle fills the gap up to an index beyond the list's end with nulls; the documentation says the value is appended.
  ['SET l[1] = :v', 'attribute_type(l, :list) AND size(l) >= :one'],
  ['REMOVE n, s, l[0]', 'attribute_type(l, :list)'],
  ['REMOVE l[0], l[1]', 'attribute_type(l, :list)'],
);
/** Refused whatever the item holds. The oracle sees some of these only after the condition, or not at all inside a transaction. */
const invalidUpdates = fc.constantFrom(
  'SET pk = :t',
  'SET a = :v, a = :n',
  'ADD a :t',
  'SET a = :n + :t',
  'SET a = :absent',
  'SET reserved = ',
  'SET size = :n',
);
const conditions = fc.constantFrom(
  'attribute_exists(pk)',
  'attribute_not_exists(pk)',
  'attribute_not_exists(n) OR n < :n',
  'n >= :n AND n <= :m',
  'n BETWEEN :low AND :high',
  'a = :w',
  'a <> :w',
  'contains(s, :t)',
  'contains(a, :t)',
  'begins_with(a, :t)',
  'attribute_type(a, :type)',
  'size(s) > :n',
  'NOT (a IN (:w, :n, :t))',
  'm.x = :w OR attribute_exists(m.y)',
  'l[0] = :w',
  '#counter > n',
);

/** Adds the names and values that the expressions use, as DynamoDB demands. */
function withNames(input: Record<string, unknown>, expressions: readonly (string | undefined)[], values: Record<string, unknown>) {
  const written = expressions.join(' ');
  const used = Object.entries(values).filter(([name]) => new RegExp(`${name}\\b`).test(written));
  return {
    ...input,
    ...(used.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(used) }),
    ...(written.includes('#counter') ? { ExpressionAttributeNames: { '#counter': 'counter' } } : {}),
  };
}

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const table = fc.constantFrom(0, 1);
const onFailure = maybe(fc.constantFrom('ALL_OLD', 'NONE'));

const conditionalUpdate = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(updates, maybe(conditions)) },
  { weight: 1, arbitrary: partUpdates.map(([expression, condition]): [string, string] => [expression as string, condition as string]) },
);
const update = fc
  .tuple(table, itemKey, counterKey, conditionalUpdate, expressionValues, onFailure)
  .map(([which, key, plain, [expression, condition], values, old]) =>
    withNames(
      {
        TableName: TABLES[which],
        Key: which === 0 ? key : plain,
        UpdateExpression: expression,
        ...(condition === undefined ? {} : { ConditionExpression: condition }),
        ...(old === undefined ? {} : { ReturnValuesOnConditionCheckFailure: old }),
      },
      [expression, condition],
      values,
    ),
  );
const invalidUpdate = fc
  .tuple(itemKey, invalidUpdates, expressionValues)
  .map(([Key, expression, values]) => withNames({ TableName: TABLES[0], Key, UpdateExpression: expression }, [expression], values));
const put = fc
  .tuple(table, itemKey, counterKey, attributes, maybe(conditions), expressionValues, onFailure)
  .map(([which, key, plain, item, condition, values, old]) =>
    withNames(
      {
        TableName: TABLES[which],
        Item: { ...item, ...(which === 0 ? key : plain) },
        ...(condition === undefined ? {} : { ConditionExpression: condition }),
        ...(old === undefined ? {} : { ReturnValuesOnConditionCheckFailure: old }),
      },
      [condition],
      values,
    ),
  );
const remove = fc
  .tuple(table, itemKey, counterKey, maybe(conditions), expressionValues, onFailure)
  .map(([which, key, plain, condition, values, old]) =>
    withNames(
      {
        TableName: TABLES[which],
        Key: which === 0 ? key : plain,
        ...(condition === undefined ? {} : { ConditionExpression: condition }),
        ...(old === undefined ? {} : { ReturnValuesOnConditionCheckFailure: old }),
      },
      [condition],
      values,
    ),
  );
const check = fc.tuple(itemKey, conditions, expressionValues, onFailure).map(([key, condition, values, old]) =>
  withNames(
    {
      TableName: TABLES[0],
      Key: key,
      ConditionExpression: condition,
      ...(old === undefined ? {} : { ReturnValuesOnConditionCheckFailure: old }),
    },
    [condition],
    values,
  ),
);

const ranges = fc.constantFrom('', ' AND gn < :n', ' AND gn >= :n', ' AND gn BETWEEN :low AND :high', ' AND gn = :n');
const query = fc
  .tuple(
    fc.constantFrom(undefined, 'by-gk', 'keys'),
    ranges,
    fc.constantFrom('', ' AND sk > :t', ' AND begins_with(sk, :t)'),
    fc.boolean(),
    maybe(fc.integer({ min: 1, max: 3 })),
    expressionValues,
    pk,
  )
  .map(([index, range, sortRange, forward, limit, values, hash]) => {
    const condition = index === undefined ? `pk = :pk${sortRange}` : `gk = :g${index === 'by-gk' ? range : ''}`;
    return withNames(
      {
        TableName: TABLES[0],
        KeyConditionExpression: condition,
        ScanIndexForward: forward,
        ...(index === undefined ? {} : { IndexName: index }),
        // Entries of an index with equal keys have no defined order, so only the table is read in part.
        ...(limit === undefined || index !== undefined ? {} : { Limit: limit }),
      },
      [condition],
      { ...values, ':pk': hash, ':t': { S: '1' } },
    );
  });

const returnOld = maybe(fc.constantFrom('ALL_OLD', 'NONE'));
const returnAny = maybe(fc.constantFrom('ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW', 'NONE'));
/** Of a changed part, `UPDATED_...` answers the part here and the whole attribute at the oracle. */
const withReturn = (input: Record<string, unknown>, returned: string | undefined) =>
  returned === undefined || (returned.startsWith('UPDATED_') && /[.[]/.test(String(input.UpdateExpression)))
    ? input
    : { ...input, ReturnValues: returned };

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(update, returnAny).map(([input, returned]) => ({ action: 'UpdateItem', input: withReturn(input, returned) })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(put, returnOld).map(([input, returned]) => ({ action: 'PutItem', input: withReturn(input, returned) })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(remove, returnOld).map(([input, returned]) => ({ action: 'DeleteItem', input: withReturn(input, returned) })),
  },
  { weight: 1, arbitrary: invalidUpdate.map((input) => ({ action: 'UpdateItem', input })) },
  { weight: 1, arbitrary: itemKey.map((Key) => ({ action: 'GetItem', input: { TableName: TABLES[0], Key } })) },
  { weight: 2, arbitrary: query.map((input) => ({ action: 'Query', input })) },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.oneof(
          update.map((Update) => ({ Update })),
          put.map((Put) => ({ Put })),
          remove.map((Delete) => ({ Delete })),
          check.map((ConditionCheck) => ({ ConditionCheck })),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((TransactItems) => ({ action: 'TransactWriteItems', input: { TransactItems } })),
  },
);
