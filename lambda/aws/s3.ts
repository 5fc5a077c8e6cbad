import { hash } from 'node:crypto';
import type { ObjectStore } from '../archive';
import { type Transport, TransportError } from '../platform/http';
import { NEVER_CANCELLED, type Pause, pause, withoutTrailingSlash } from '../platform/runtime';
import { AwsServiceError } from './aws-json';
import type { AwsCredentialSource, SigV4Signer } from './signing';

export interface S3Options {
  readonly transport: Transport;
  readonly signer: SigV4Signer;
  readonly credentials: AwsCredentialSource;
  readonly region: string;
  /** Where calls go instead of the Region's own endpoint. */
  readonly endpoint?: string | undefined;
  /** Between attempts. Default: time passes. */
  readonly pause?: Pause;
}

type Method = 'GET' | 'PUT' | 'DELETE';
interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Whatever is asked can be asked again: what was put is put as it was, and is what stands there. Not a bucket that is silent: somebody
 * waits.
 */
const ATTEMPTS = 4;
/** A bucket that is asked for too much says 503, and is better in moments. */
const FIRST_PAUSE_MS = 100;
const TIMEOUT_MS = 20_000;
const MOST_OBJECT_BYTES = 64 * 1024 * 1024;
const MOST_LISTED = 1_000;
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * A bucket by our own signed calls, at path-style addresses, so that all buckets of a Region share their connections.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export function createS3ObjectStore(options: S3Options, bucket: string): ObjectStore {
  const { region } = options;
  const origin = withoutTrailingSlash(options.endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
  const once = async (method: Method, path: string, headers: Record<string, string>, body: Buffer): Promise<Reply> => {
    const network = origin.startsWith('http:') ? ('loopback' as const) : ('vpc' as const);
    const request = { method, origin, path: `/${bucket}${path}`, headers, body, network };
    const signed = options.signer.sign(request, await options.credentials(), 's3', region);
    const deadlines = { connectMs: TIMEOUT_MS, headersMs: TIMEOUT_MS, idleMs: TIMEOUT_MS, totalMs: TIMEOUT_MS };
    try {
      const reply = await options.transport.send({ ...request, headers: { ...headers, ...signed } }, deadlines, NEVER_CANCELLED);
      return { status: reply.status, body: await reply.whole(MOST_OBJECT_BYTES) };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const name = error.failure === 'timeout' ? 'TimeoutError' : 'NetworkingError';
      throw Object.assign(new Error('the call to S3 has no answer', { cause: error }), { name });
    }
  };
  const call = async (method: Method, path: string, headers: Record<string, string> = {}, body = NOTHING): Promise<Reply> => {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await once(method, path, headers, body).catch((error: Error) => error);
      const isWorthAnother = reply instanceof Error ? reply.name === 'NetworkingError' : reply.status >= 500 || reply.status === 429;
      if (!isWorthAnother || attempt === ATTEMPTS) {
        if (reply instanceof Error) throw reply;
        return reply;
      }
      await (options.pause ?? pause)(Math.random() * FIRST_PAUSE_MS * 4 ** (attempt - 1));
    }
  };

  return {
    async put(key, body, { onlyNew = false, contentType = 'application/octet-stream' } = {}) {
      const headers = {
        'content-type': contentType,
        // A bucket with Object Lock takes nothing without it.
        'x-amz-checksum-sha256': hash('sha256', body, 'base64'),
        ...(onlyNew ? { 'if-none-match': '*' } : {}),
      };
      const reply = await call('PUT', `/${escaped(key)}`, headers, body);
      if (onlyNew && reply.status === 412) return 'exists';
      refuse(reply);
      return 'done';
    },
    async get(key) {
      const reply = await call('GET', `/${escaped(key)}`);
      if (reply.status === 404) return undefined;
      refuse(reply);
      return reply.body;
    },
    async list(prefix, { after, limit = MOST_LISTED } = {}) {
      const query = `list-type=2&max-keys=${limit}&prefix=${escapedPart(prefix)}${after === undefined ? '' : `&start-after=${escapedPart(after)}`}`;
      const reply = await call('GET', `?${query}`);
      refuse(reply);
      const text = reply.body.toString('utf8');
      const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => unescaped(key));
      return { keys, more: text.includes('<IsTruncated>true</IsTruncated>') };
    },
    async remove(key) {
      const reply = await call('DELETE', `/${escaped(key)}`);
      if (reply.status !== 404) refuse(reply);
    },
  };
}

/** @throws AwsServiceError unless the call succeeded */
function refuse({ status, body }: Reply): void {
  if (status < 300) return;
  const name = /<Code>([A-Za-z]{1,100})<\/Code>/.exec(body.subarray(0, 10_000).toString('utf8'))?.[1];
  throw new AwsServiceError(name ?? 'UnknownError', status, {});
}

function escaped(key: string): string {
  return key.split('/').map(escapedPart).join('/');
}

function escapedPart(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => ENTITIES[entity] as string);
}
