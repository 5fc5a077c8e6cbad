import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObjectStore } from '../../../lambda/archive';
import { createS3ObjectStore } from '../../../lambda/aws/s3';
import { createSigV4Signer } from '../../../lambda/aws/signing';
import { systemClock } from '../../../lambda/platform/runtime';
import { createTransport, type SocketTransport } from '../../../lambda/platform/transport';

/** A bucket that does what the list says, one call after the other, and takes everything once that is over. */
let server: Server;
let transport: SocketTransport;
let moods: (number | 'reset')[];
let taken: string[];
let waits: number[];

beforeEach(async () => {
  [moods, taken, waits] = [[], [], []];
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      taken.push(`${request.method} ${Buffer.concat(pieces)}`);
      const mood = moods.shift() ?? 200;
      if (mood === 'reset') return request.socket.destroy();
      response.statusCode = mood;
      return response.end(mood === 200 ? '' : '<Error><Code>SlowDown</Code></Error>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  transport = createTransport();
});

afterEach(async () => {
  transport.close();
  await new Promise((resolve) => server.close(resolve));
});

const bucket = (): ObjectStore =>
  createS3ObjectStore(
    {
      transport,
      signer: createSigV4Signer(systemClock),
      credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      pause: async (ms) => {
        waits.push(ms);
      },
    },
    'bucket',
  );

test.each([[[503]], [[503, 500, 429]], [[503, 503, 503]]] as const)('an object is put by a bucket that says %p first', async (first) => {
  moods = [...first];

  expect(await bucket().put('k', Buffer.from('text'))).toBe('done');

  expect(taken).toEqual(Array.from({ length: first.length + 1 }, () => 'PUT text'));
  expect(waits).toHaveLength(first.length);
  for (const [index, wait] of waits.entries()) expect(wait).toBeLessThan(100 * 4 ** index);
});

test('a connection that breaks is another attempt, for what is read too', async () => {
  moods = ['reset', 'reset', 200];

  expect(await bucket().get('k')).toEqual(Buffer.alloc(0));
});

test('a bucket that goes on so is told of by its own code', async () => {
  moods = [503, 503, 503, 503, 503];

  await expect(bucket().put('k', Buffer.from('text'))).rejects.toMatchObject({ name: 'SlowDown', status: 503 });
  expect(taken).toHaveLength(4);
});

test('what is not allowed is asked for once', async () => {
  moods = [403];

  await expect(bucket().put('k', Buffer.from('text'))).rejects.toMatchObject({ status: 403 });
  expect(taken).toHaveLength(1);
});
