import type { InboundReply, OutboundRequest, Transport } from '../platform/http';
import { TransportError } from '../platform/http';
import type { JsonObject } from '../platform/json';
import { parseJson } from '../platform/json';
import { NEVER_CANCELLED, withoutTrailingSlash } from '../platform/runtime';
import type { AwsCredentialSource } from './signing/aws-credentials';
import type { SigV4Signer } from './signing/sigv4';

/** A service that speaks AWS's JSON protocol. */
export interface AwsJsonService {
  /** Name in the signature, and in the endpoint. */
  readonly name: 'dynamodb' | 'secretsmanager' | 'sqs' | 'events' | 'sagemaker';
  /** Name in the endpoint, where that is another. */
  readonly host?: string;
  readonly version: '1.0' | '1.1';
  /** What `x-amz-target` begins with. */
  readonly target: string;
  /** Where calls go instead of the Region's own endpoint. */
  readonly endpoint?: string;
}

/** An error answer of AWS: `name` is the exception's, as the SDK would have it; further fields of the answer are copied onto it. */
export class AwsServiceError extends Error {
  public constructor(
    name: string,
    public readonly status: number,
    fields: JsonObject,
  ) {
    super(`AWS answered ${status} ${name}`);
    Object.assign(this, fields);
    this.name = name;
  }
}

export interface AwsJsonOptions {
  readonly transport: Transport;
  readonly signer: SigV4Signer;
  readonly credentials: AwsCredentialSource;
  readonly region: string;
}

/** Makes one signed call. Rejects with `AwsServiceError`, or an error named `TimeoutError` or `NetworkingError` whose outcome is unknown. */
export type AwsJsonCall = (
  service: AwsJsonService,
  operation: string,
  input: object,
  timeoutMs: number,
  /** It leaves this process once, whatever becomes of its connection. */
  once?: boolean,
) => Promise<JsonObject>;

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * Calls AWS without the SDK: about a seventh of its CPU per call, and nothing of it to load at a cold start.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export function createAwsJsonCall(options: AwsJsonOptions): AwsJsonCall {
  const addresses = createAddresses(options.region);
  return async (service, operation, input, timeoutMs, once) => {
    try {
      return await readAnswer(await send(options, addresses(service, operation), service.name, input, timeoutMs, once));
    } catch (error) {
      throw error instanceof TransportError ? named(error.failure === 'timeout' ? 'TimeoutError' : 'NetworkingError', error) : error;
    }
  };
}

/** What every call of one operation has in common. */
type Address = Pick<OutboundRequest, 'origin' | 'network' | 'headers'>;

/** A service is one object for as long as its client lives, and has few operations. */
function createAddresses(region: string): (service: AwsJsonService, operation: string) => Address {
  const known = new WeakMap<AwsJsonService, Map<string, Address>>();
  return (service, operation) => {
    let operations = known.get(service);
    if (operations === undefined) {
      operations = new Map();
      known.set(service, operations);
    }
    let address = operations.get(operation);
    if (address === undefined) {
      address = addressOf(service, operation, region);
      operations.set(operation, address);
    }
    return address;
  };
}

function addressOf({ name, host = name, version, target, endpoint }: AwsJsonService, operation: string, region: string): Address {
  const origin = endpoint ?? regionalEndpoint(host, region);
  return {
    origin: withoutTrailingSlash(origin),
    // AWS is reached at private addresses through interface endpoints; plain http only on this machine.
    network: origin.startsWith('http:') ? 'loopback' : 'vpc',
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` },
  };
}

async function send(
  { transport, signer, credentials, region }: AwsJsonOptions,
  { origin, network, headers }: Address,
  service: AwsJsonService['name'],
  input: object,
  timeoutMs: number,
  once: boolean | undefined,
): Promise<InboundReply> {
  const request = { method: 'POST' as const, origin, path: '/', headers, body: Buffer.from(JSON.stringify(input)), network, once };
  const signed = signer.sign(request, await credentials(), service, region);
  const deadlines = { connectMs: timeoutMs, headersMs: timeoutMs, idleMs: timeoutMs, totalMs: timeoutMs };
  return transport.send({ ...request, headers: { ...headers, ...signed } }, deadlines, NEVER_CANCELLED);
}

async function readAnswer(reply: InboundReply): Promise<JsonObject> {
  const body = await reply.whole(MAX_ANSWER_BYTES);
  const parsed = parseJson(body.toString('utf8'));
  const fields = parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed) ? parsed : {};
  if (reply.status < 300) return fields;
  const type = reply.headers['x-amzn-errortype'] ?? fields['__type'];
  throw new AwsServiceError(exceptionName(typeof type === 'string' ? type : ''), reply.status, fields);
}

/** `com.amazonaws.dynamodb.v20120810#Name` and `Name:http://...` are both in use. */
function exceptionName(type: string): string {
  return (type.split('#').at(-1) ?? '').split(':')[0] || 'UnknownError';
}

function regionalEndpoint(host: string, region: string): string {
  return `https://${host}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function named(name: string, cause: unknown): Error {
  return Object.assign(new Error(`the call to AWS has no answer`, { cause }), { name });
}
