import { createHash } from 'node:crypto';
import { objectFolder } from './object-folder';
import type { ObjectPlace, StoredObject } from './object-place';
import { type AwsAnswer, AwsError, type AwsRequest, type AwsService } from './service';
import { element, textElement } from './xml';

export interface Objects {
  create(bucket: string): void;
  /** For the one who runs the stand-ins. */
  read(bucket: string, key: string): StoredObject | undefined;
  keys(bucket: string): string[];
  readonly service: AwsService;
}

const PERMISSIONS: Readonly<Record<string, string>> = {
  PUT: 's3:PutObject',
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  DELETE: 's3:DeleteObject',
};

const MOST_LISTED = 1_000;

/**
 * S3's stand-in: single objects and lists of them, by path-style addresses. With `If-None-Match: *` nothing that is there is replaced.
 *
 * @param directory where the objects are kept, as a folder of files. Default: in memory only
 */
export function createObjects({ directory }: { readonly directory?: string } = {}): Objects {
  const buckets = new Map<string, ObjectPlace>();
  const named = (bucket: string): ObjectPlace => {
    const found = buckets.get(bucket);
    if (found === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return found;
  };
  return {
    create(bucket) {
      if (!buckets.has(bucket)) buckets.set(bucket, directory === undefined ? inMemory() : objectFolder(directory, bucket));
    },
    read: (bucket, key) => buckets.get(bucket)?.read(key),
    keys: (bucket) => buckets.get(bucket)?.keys() ?? [],
    service: {
      understand(request) {
        const [, bucket = '', ...rest] = request.url.pathname.split('/').map(decodeURIComponent);
        const key = rest.join('/');
        if (key === '' && request.method === 'GET' && request.url.searchParams.get('list-type') === '2') {
          const prefix = request.url.searchParams.get('prefix') ?? '';
          const access = { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`, context: { 's3:prefix': [prefix] } };
          return { action: 'ListObjectsV2', accesses: [access], run: () => list(named(bucket), request.url.searchParams) };
        }
        const action = PERMISSIONS[request.method];
        if (action === undefined || key === '') {
          throw new AwsError(
            'NotImplemented',
            `the local S3 does not know ${request.method} on ${key === '' ? 'a bucket' : 'an object'}`,
            501,
          );
        }
        return {
          action: action.slice('s3:'.length),
          accesses: [{ action, resource: `arn:aws:s3:::${bucket}/${key}` }],
          run: () => run(request, named(bucket), key),
        };
      },
      refuse(error) {
        const denied = error.code === 'AccessDeniedException';
        const detail = [textElement('Code', denied ? 'AccessDenied' : error.code), textElement('Message', error.message)];
        return { status: denied ? 403 : error.status, headers: { 'content-type': 'application/xml' }, body: element('Error', ...detail) };
      },
    },
  };
}

function run(request: AwsRequest, objects: ObjectPlace, key: string): AwsAnswer {
  switch (request.method) {
    case 'PUT': {
      const { body, headers } = request;
      if (headers['if-none-match'] === '*' && objects.read(key) !== undefined) {
        throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
      }
      objects.write(key, { body, contentType: String(headers['content-type'] ?? 'application/octet-stream') });
      return { status: 200, headers: { etag: etagOf(body) }, body: '' };
    }
    case 'DELETE':
      objects.remove(key);
      return { status: 204, headers: {}, body: '' };
    default: {
      const stored = objects.read(key);
      if (stored === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
      return {
        status: 200,
        headers: { etag: etagOf(stored.body), 'content-type': stored.contentType, 'content-length': String(stored.body.length) },
        body: request.method === 'HEAD' ? '' : stored.body,
      };
    }
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
function list(objects: ObjectPlace, query: URLSearchParams): AwsAnswer {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const asked = Number(query.get('max-keys') ?? MOST_LISTED);
  const most = Math.min(Number.isSafeInteger(asked) && asked >= 0 ? asked : MOST_LISTED, MOST_LISTED);
  const matching = objects.keys().filter((key) => key.startsWith(prefix) && key > after);
  const shown = matching.slice(0, most);
  const more = matching.length > shown.length;
  const body = element(
    'ListBucketResult',
    textElement('Prefix', prefix),
    textElement('KeyCount', String(shown.length)),
    textElement('MaxKeys', String(most)),
    textElement('IsTruncated', String(more)),
    ...(more ? [textElement('NextContinuationToken', shown.at(-1) ?? '')] : []),
    ...shown.map((key) => element('Contents', textElement('Key', key), textElement('Size', String(objects.read(key)?.body.length ?? 0)))),
  );
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

function inMemory(): ObjectPlace {
  const objects = new Map<string, StoredObject>();
  return {
    read: (key) => objects.get(key),
    write: (key, object) => void objects.set(key, object),
    remove: (key) => void objects.delete(key),
    keys: () => [...objects.keys()].sort(),
  };
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
