import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../../lambda/archive';
import { createS3ObjectStore } from '../../../lambda/aws/s3';
import { createSigV4Signer } from '../../../lambda/aws/signing';
import { systemClock } from '../../../lambda/platform/runtime';
import { createTransport, type SocketTransport } from '../../../lambda/platform/transport';
import type { Principal } from '../../../local/aws/authorizer';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws/endpoint';
import { createObjects, type Objects } from '../../../local/aws/objects';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';

/** The local S3 checks what our client signs as S3 does, and does what it asks. */

const place = { region: 'eu-central-1', account: '123456789012' };
const credentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret', sessionToken: 'token' };
const ODD_KEYS = ['a', 'a/b', 'a/b/c', "sp ace/(it's)!*", 'plus+and=and&', 'ümlaut/日本', '%2F', 'a.next'];

let directory: string;
let dynamodb: DynamoDbEngine;
let objects: Objects;
let endpoint: AwsEndpoint;
let transport: SocketTransport;
let allowed: Principal['statements'];

async function start(): Promise<void> {
  objects = createObjects({ directory });
  for (const bucket of ['bucket', 'other']) objects.create(bucket);
  dynamodb = await openDynamoDb(place);
  endpoint = await startAwsEndpoint({
    ...place,
    dynamodb,
    objects,
    callers: () => ({
      principal: { id: 'Proxy', arn: 'arn:aws:sts::123456789012:assumed-role/r/f', statements: allowed },
      credentials,
      invocation: () => undefined,
    }),
  });
}

async function stop(): Promise<void> {
  await endpoint.close();
  await dynamodb.close();
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'objects-test-'));
  transport = createTransport();
  allowed = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
  await start();
});

afterEach(async () => {
  transport.close();
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

const own = (bucket = 'bucket'): ObjectStore =>
  createS3ObjectStore(
    {
      transport,
      signer: createSigV4Signer(systemClock),
      credentials: async () => credentials,
      region: place.region,
      endpoint: endpoint.url,
    },
    bucket,
  );

test.each(ODD_KEYS)('an object under %s is put, read, listed and deleted', async (key) => {
  const store = own();

  expect(await store.put(key, Buffer.from('one'))).toBe('done');
  expect(await store.put(key, Buffer.from('two'))).toBe('done');
  expect((await store.get(key))?.toString()).toBe('two');
  expect(objects.read('bucket', key)?.body.toString()).toBe('two');
  expect(await store.list('')).toEqual({ keys: [key], more: false });
  await store.remove(key);
  await store.remove(key);
  expect(await store.get(key)).toBeUndefined();
});

test('what is put only where nothing is never replaces anything', async () => {
  const store = own();

  expect(await store.put('k', Buffer.from('first'), { onlyNew: true })).toBe('done');
  expect(await store.put('k', Buffer.from('second'), { onlyNew: true })).toBe('exists');
  expect((await store.get('k'))?.toString()).toBe('first');
});

test('lists are in order, by prefix, and go on behind a key', async () => {
  const store = own();
  for (const key of ['b/2', 'a/1', 'b/1', 'b/3', 'c']) await store.put(key, Buffer.from(key));

  expect(await store.list('b/', { limit: 2 })).toEqual({ keys: ['b/1', 'b/2'], more: true });
  expect(await store.list('b/', { limit: 2, after: 'b/2' })).toEqual({ keys: ['b/3'], more: false });
  expect(await store.list('')).toEqual({ keys: ['a/1', 'b/1', 'b/2', 'b/3', 'c'], more: false });
});

test('everything is there after a restart, in files that are the user’s alone', async () => {
  const bytes = Buffer.from([0, 255, 10, 13]);
  for (const key of ODD_KEYS) await own().put(key, bytes);
  await stop();
  await start();

  expect((await own().list('')).keys).toEqual([...ODD_KEYS].sort());
  for (const key of ODD_KEYS) expect(await own().get(key)).toEqual(bytes);
  const files = readdirSync(join(directory, 'bucket'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files).toHaveLength(ODD_KEYS.length);
  for (const file of files) expect(statSync(join(file.parentPath, file.name)).mode & 0o077).toBe(0);
});

test('a role is held to the prefixes that its statements name, lists included', async () => {
  allowed = [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::bucket/mine/*' },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::bucket', Condition: { StringLike: { 's3:prefix': ['mine/*'] } } },
  ];
  const store = own();

  expect(await store.put('mine/a', Buffer.from('x'))).toBe('done');
  expect((await store.list('mine/')).keys).toEqual(['mine/a']);
  await expect(store.list('')).rejects.toMatchObject({ name: 'AccessDenied', status: 403 });
  await expect(store.put('yours/a', Buffer.from('x'))).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(store.remove('mine/a')).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(own('other').get('mine/a')).rejects.toMatchObject({ name: 'AccessDenied' });
});
