import { createHash } from 'node:crypto';
import { type AwsAnswer, AwsError, type AwsRequest, type AwsService } from './service';
import { element, textElement } from './xml';

export interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
}

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

/** S3's stand-in, in memory: single objects by path-style addresses. */
export function createObjects(): Objects {
  const buckets = new Map<string, Map<string, StoredObject>>();
  const named = (bucket: string): Map<string, StoredObject> => {
    const found = buckets.get(bucket);
    if (found === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return found;
  };
  const run = (request: AwsRequest, bucket: string, key: string): AwsAnswer => {
    const objects = named(bucket);
    const stored = objects.get(key);
    switch (request.method) {
      case 'PUT': {
        const { body } = request;
        objects.set(key, { body, contentType: String(request.headers['content-type'] ?? 'application/octet-stream') });
        return { status: 200, headers: { etag: etagOf(body) }, body: '' };
      }
      case 'DELETE':
        objects.delete(key);
        return { status: 204, headers: {}, body: '' };
      default:
        if (stored === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
        return {
          status: 200,
          headers: { etag: etagOf(stored.body), 'content-type': stored.contentType, 'content-length': String(stored.body.length) },
          body: request.method === 'HEAD' ? '' : stored.body,
        };
    }
  };

  return {
    create(bucket) {
      if (!buckets.has(bucket)) buckets.set(bucket, new Map());
    },
    read: (bucket, key) => buckets.get(bucket)?.get(key),
    keys: (bucket) => [...(buckets.get(bucket)?.keys() ?? [])],
    service: {
      understand(request) {
        const [, bucket = '', ...rest] = request.url.pathname.split('/').map(decodeURIComponent);
        const key = rest.join('/');
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
          run: () => run(request, bucket, key),
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

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
