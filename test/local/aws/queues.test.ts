import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createQueues, type Queues } from '../../../local/aws/queues';

let now = 1_800_000_000_000;
let queues: Queues;
let arn: string;

beforeEach(() => {
  queues = createQueues({ region: 'us-east-1', account: '123456789012', now: () => now });
  const deadLetterTargetArn = queues.create({ name: 'dead' });
  arn = queues.create({ name: 'work', visibilityTimeoutSeconds: 60, redrivePolicy: { deadLetterTargetArn, maxReceiveCount: '2' } });
});

test('a message that is not deleted comes back after its visibility timeout, then goes to the dead-letter queue', async () => {
  queues.send(arn, 'poison');

  const [first] = await queues.receive(arn);
  const hidden = await queues.receive(arn);
  now += 60_000;
  const [second] = await queues.receive(arn);
  now += 60_000;
  const third = await queues.receive(arn);

  expect([first?.receiveCount, second?.receiveCount]).toEqual([1, 2]);
  expect([hidden, third]).toEqual([[], []]);
  expect((await queues.receive('dead')).map(({ body }) => body)).toEqual(['poison']);
  expect(queues.size('work')).toBe(0);
});

test('an old receipt deletes nothing, a release gives the message back at once', async () => {
  queues.send('work', 'x');
  const [first] = await queues.receive('work');
  queues.release('work', [first?.receiptHandle ?? '']);
  const [second] = await queues.receive('work');

  queues.delete('work', [first?.receiptHandle ?? '']);
  expect(queues.size('work')).toBe(1);
  queues.delete('work', [second?.receiptHandle ?? '']);
  expect(queues.size('work')).toBe(0);
});

test('a long poll ends with the first message, and with its signal', async () => {
  const polled = queues.receive('work', { waitMs: 20_000 });
  queues.send('work', 'late');
  const stop = new AbortController();
  const stopped = queues.receive('dead', { waitMs: 20_000, signal: stop.signal });
  stop.abort();

  expect((await polled).map(({ body }) => body)).toEqual(['late']);
  expect(await stopped).toEqual([]);
});

test('a subscriber gets batches, keeps what it deletes, and sees the rest again', async () => {
  const seen: string[][] = [];
  let done: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  for (const body of ['a', 'b', 'c']) queues.send('work', body);

  const stop = queues.onMessages('work', 2, async (messages) => {
    seen.push(messages.map(({ body }) => body));
    if (seen.length === 2) done();
    if (messages.some(({ body }) => body === 'c')) throw new Error('fails');
    return messages.map(({ receiptHandle }) => receiptHandle);
  });
  await finished;
  await stop();

  expect(seen).toEqual([['a', 'b'], ['c']]);
  expect(queues.size('work')).toBe(1);
});

test('records carry what a function’s event carries', async () => {
  const id = queues.send('work', '{"a":1}');
  const records = queues.records('work', await queues.receive('work'));

  expect(records).toEqual([
    {
      messageId: id,
      receiptHandle: expect.any(String),
      body: '{"a":1}',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(now),
        ApproximateFirstReceiveTimestamp: String(now),
        SenderId: '123456789012',
      },
      messageAttributes: {},
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: 'us-east-1',
    },
  ]);
});

test('messages that were not deleted are there after a restart, also those in flight', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'queues-'));
  const openQueues = () => {
    const opened = createQueues({ region: 'us-east-1', account: '123456789012', directory, now: () => now });
    opened.create({ name: 'dead' });
    opened.create({ name: 'work', redrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:123456789012:dead', maxReceiveCount: 1 } });
    return opened;
  };
  const first = openQueues();
  for (const body of ['gone', 'poison', 'waiting']) first.send('work', body);
  const [gone] = await first.receive('work');
  first.delete('work', [gone?.receiptHandle ?? '']);
  await first.receive('work');
  now += 30_000;
  await first.receive('work', { most: 2 });

  const second = openQueues();

  expect((await second.receive('work', { most: 10 })).map(({ body }) => body)).toEqual(['waiting']);
  expect((await second.receive('dead', { most: 10 })).map(({ body }) => body)).toEqual(['poison']);
  first.close();
  second.close();
  rmSync(directory, { recursive: true });
});
