import { createQueues } from '../../../local/aws/queues';
import type { StreamRecord } from '../../../local/dynamodb/types';
import { failedItems } from '../../../local/event-sources/batch-response';
import { type EventSourceDefinition, readEventSources } from '../../../local/event-sources/event-source-definition';
import { startQueueSource } from '../../../local/event-sources/queue-source';
import { StreamSource } from '../../../local/event-sources/stream-source';
import { localAccount } from '../../../local/template/account';
import type { JsonObject } from '../../../local/template/json';
import { StackModel } from '../../../local/template/stack-model';

const MAPPING: EventSourceDefinition = {
  logicalId: 'Mapping',
  sourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/x',
  functionName: 'usage',
  batchSize: 10,
  windowMs: 0,
  bisect: true,
  maxRetries: 2,
  maxAgeMs: Number.POSITIVE_INFINITY,
  reportsItemFailures: true,
  onFailureArn: 'arn:aws:sqs:us-east-1:000000000000:failed',
};

function record(number: number, createdMs = Date.now()): StreamRecord {
  return {
    eventID: String(number),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: MAPPING.sourceArn,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(createdMs / 1_000),
      Keys: {},
      SequenceNumber: String(number),
      SizeBytes: 1,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

type Answer = (batch: number[]) => object | undefined;

/** Runs a stream source over a function that answers as told, until everything is delivered or given up. */
async function deliver(numbers: number[], answer: Answer, overrides: Partial<EventSourceDefinition> = {}) {
  const batches: number[][] = [];
  const failures: JsonObject[] = [];
  const source = new StreamSource({
    definition: { ...MAPPING, ...overrides },
    target: {
      definition: { arn: 'arn:function' },
      async invokeBuffered(event) {
        const { Records } = JSON.parse(Buffer.from(event).toString('utf8')) as { Records: StreamRecord[] };
        const batch = Records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));
        batches.push(batch);
        return Buffer.from(JSON.stringify(answer(batch) ?? null));
      },
    },
    sendFailure: (_queue, body) => failures.push(JSON.parse(body)),
    backoffMs: 1,
  });
  source.accept(numbers.map((number) => record(number)));
  await source.drained();
  await source.close();
  return { batches, failures };
}

const failing = (...identifiers: (number | string)[]): object => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier: String(itemIdentifier) })),
});

function poison(number: number): Answer {
  return (batch) => {
    if (batch.includes(number)) throw new Error('poison');
    return undefined;
  };
}

describe('a stream', () => {
  test('is delivered in order, in batches of at most the given size', async () => {
    const { batches } = await deliver([1, 2, 3, 4, 5], () => undefined, { batchSize: 2 });

    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('resumes at the first record that the function reports', async () => {
    let asked = 0;
    const { batches, failures } = await deliver([1, 2, 3, 4], () => {
      asked += 1;
      return asked === 1 ? failing(4, 3) : failing();
    });

    expect(batches).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ]);
    expect(failures).toEqual([]);
  });

  test.each([1, 2, 3, 4, 5])('K02 a poison record at position %i is given up alone, and the others proceed', async (position) => {
    const { batches, failures } = await deliver([1, 2, 3, 4, 5], poison(position));
    const alone = batches.filter((batch) => batch.length === 1 && batch[0] === position);

    expect(alone).toHaveLength(3);
    expect(failures).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({ condition: 'RetryAttemptsExhausted', functionArn: 'arn:function' }),
        DDBStreamBatchInfo: expect.objectContaining({
          startSequenceNumber: String(position),
          endSequenceNumber: String(position),
          batchSize: 1,
          streamArn: MAPPING.sourceArn,
        }),
      }),
    ]);
    expect(
      batches
        .filter((batch) => !batch.includes(position))
        .flat()
        .sort(),
    ).toEqual([1, 2, 3, 4, 5].filter((number) => number !== position));
  });

  test('without halving, the whole batch is given up', async () => {
    const { batches, failures } = await deliver([1, 2, 3], poison(2), { bisect: false });

    expect(batches).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(failures).toMatchObject([{ DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '3', batchSize: 3 } }]);
  });

  test('an answer that names a record which is not in the batch fails the batch', async () => {
    const { failures } = await deliver([1], () => failing('unknown'));

    expect(failures).toHaveLength(1);
  });

  test('records that are too old are given up without a retry', async () => {
    const { batches, failures } = await deliver([1], poison(1), { maxAgeMs: -1 });

    expect(batches).toHaveLength(1);
    expect(failures).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
  });

  test('K03 a function that fails now and then gets every record in the end, each first time in order', async () => {
    let turn = 0;
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const done: number[] = [];
    await deliver(
      numbers,
      (batch) => {
        turn += 1;
        if (turn % 3 === 1) throw new Error('crash');
        done.push(...batch);
        return undefined;
      },
      { maxRetries: Number.POSITIVE_INFINITY },
    );

    expect([...new Set(done)]).toEqual(numbers);
  });

  test('closing delivers what waits for its batch to fill', async () => {
    const seen: number[] = [];
    const source = new StreamSource({
      definition: { ...MAPPING, windowMs: 60_000 },
      target: {
        definition: { arn: 'arn:function' },
        invokeBuffered: async (event) => {
          seen.push(JSON.parse(Buffer.from(event).toString('utf8')).Records.length);
          return Buffer.from('null');
        },
      },
      sendFailure: () => {},
    });

    source.accept([record(1), record(2)]);
    await source.close();

    expect(seen).toEqual([2]);
  });
});

test('a queue’s messages are deleted unless the function reports them', async () => {
  const queues = createQueues({ region: 'us-east-1', account: '000000000000' });
  const sourceArn = queues.create({ name: 'jobs', visibilityTimeoutSeconds: 30 });
  const bodies: string[][] = [];
  const delivered = new Promise<void>((resolve) => {
    for (const body of ['good', 'bad', 'fine']) queues.send('jobs', body);
    const stop = startQueueSource(
      { ...MAPPING, sourceArn },
      {
        definition: { arn: 'arn:function' },
        async invokeBuffered(event) {
          const { Records } = JSON.parse(Buffer.from(event).toString('utf8')) as { Records: { messageId: string; body: string }[] };
          bodies.push(Records.map(({ body }) => body));
          void stop().then(resolve);
          return Buffer.from(JSON.stringify(failing(...Records.filter(({ body }) => body === 'bad').map(({ messageId }) => messageId))));
        },
      },
      queues,
    );
  });
  await delivered;

  expect(bodies).toEqual([['good', 'bad', 'fine']]);
  expect(queues.size('jobs')).toBe(1);
});

test('what counts as a failed item', () => {
  const known = ['1', '2'];

  expect(failedItems(Buffer.from('null'), known)).toEqual(new Set());
  expect(failedItems(Buffer.from('{"batchItemFailures":[]}'), known)).toEqual(new Set());
  expect(failedItems(Buffer.from('{"batchItemFailures":[{"itemIdentifier":"2"}]}'), known)).toEqual(new Set(['2']));
  expect(failedItems(Buffer.from('{"batchItemFailures":[{"itemIdentifier":""}]}'), known)).toBe('all');
  expect(failedItems(Buffer.from('{"batchItemFailures":[{}]}'), known)).toBe('all');
  expect(failedItems(Buffer.from('not json'), known)).toBe('all');
});

test('records that the filter leaves out wake nobody, and those between them keep their order', async () => {
  const { batches } = await deliver([1, 2, 3, 4, 5, 6], () => undefined, {
    batchSize: 2,
    filter: (each) => Number((each as StreamRecord).dynamodb.SequenceNumber) > 3,
  });

  expect(batches).toEqual([[4], [5, 6]]);
});

describe('the template', () => {
  const model = (resources: JsonObject): StackModel =>
    new StackModel('app', { Resources: resources }, { account: localAccount(), endpoint: '' });

  test('says how a mapping behaves, and Lambda’s defaults fill the gaps', () => {
    const [plain, full] = readEventSources(
      model({
        Plain: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: 'arn:aws:sqs:r:a:q', FunctionName: 'f' } },
        Full: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: MAPPING.sourceArn,
            FunctionName: 'f',
            BatchSize: 25,
            MaximumBatchingWindowInSeconds: 1,
            BisectBatchOnFunctionError: true,
            MaximumRetryAttempts: 10,
            MaximumRecordAgeInSeconds: 60,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:r:a:failed' } },
          },
        },
        Off: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { Enabled: false, EventSourceArn: 'x', FunctionName: 'f' } },
      }),
    );

    expect(plain).toMatchObject({ batchSize: 10, windowMs: 0, bisect: false, maxRetries: Number.POSITIVE_INFINITY });
    expect(full).toMatchObject({
      batchSize: 25,
      windowMs: 1_000,
      bisect: true,
      maxRetries: 10,
      maxAgeMs: 60_000,
      reportsItemFailures: true,
    });
  });

  test('says which records a function is called for', () => {
    const filtered = (pattern: object): JsonObject => ({
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: MAPPING.sourceArn,
          FunctionName: 'f',
          FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] },
        },
      },
    });
    const [mapping] = readEventSources(
      model(filtered({ eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'a#' }, 'b'] } } } })),
    );
    const named = (pk: string, eventName = 'INSERT') => ({ ...record(1), eventName, dynamodb: { Keys: { pk: { S: pk } } } });

    expect([named('a#1'), named('b'), named('b#'), named('a#1', 'REMOVE'), record(1)].map((each) => mapping?.filter?.(each))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(() => readEventSources(model(filtered({ eventName: [{ 'anything-but': 'REMOVE' }] })))).toThrow(
      'Mapping: FilterCriteria: eventName: the local run\'s event patterns have values and prefixes only, not {"anything-but":"REMOVE"}',
    );
    expect(readEventSources(model(filtered({ eventName: [{ exists: true }] })), () => false)).toEqual([]);
  });
});
