import { Readable } from 'node:stream';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { InboundReply, OutboundRequest, Transport, TransportFailure } from '../platform/http';
import { failureOf, streamReply, TransportError } from '../platform/http';
import type { JsonObject } from '../platform/json';
import { parseJson } from '../platform/json';
import { entryOf } from '../platform/table';
import { encodeEventStreamMessage } from '../wire/framing';
import { blobsIn, blobsOut } from './bedrock-blobs';

type Sdk = typeof import('@aws-sdk/client-bedrock-runtime');

/**
 * Sends Bedrock calls through AWS's own client instead of the gateway's HTTP: a switch for those who need what only the SDK does
 * (provider setting `client` = `sdk`). Costs about ten times the CPU. What comes back is what the wire would have carried, so that nothing
 * after it can tell: JSON for whole answers and errors, event-stream messages for streams.
 *
 * The SDK finds credentials and signs by itself; a bearer token of the request (a Bedrock API key) is used as such.
 *
 * @param region for endpoints whose host does not name one
 */
export function createBedrockSdkTransport(region: string): Transport {
  const clients = new Map<string, Promise<{ sdk: Sdk; client: BedrockRuntimeClient }>>();

  const clientFor = (request: OutboundRequest, { basePath }: Call): Promise<{ sdk: Sdk; client: BedrockRuntimeClient }> => {
    const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1];
    const id = `${request.origin}${basePath} ${token ?? ''}`;
    let made = clients.get(id);
    if (made === undefined) {
      made = createClient(request.origin + basePath, regionOf(request.origin) ?? region, token);
      clients.set(id, made);
    }
    return made;
  };

  return {
    async send(request, deadlines, wanted) {
      const call = readPath(request.path);
      const { sdk, client } = await clientFor(request, call);
      const abort = new AbortController();
      const cancelled = (): void => abort.abort();
      if (wanted.isCancelled) abort.abort();
      wanted.join({ cancelled });
      const headersTimer = setTimeout(cancelled, deadlines.headersMs);
      try {
        return await run(sdk, client, call, request.body, abort);
      } catch (error) {
        throw transportError(error, wanted.isCancelled, abort.signal.aborted);
      } finally {
        clearTimeout(headersTimer);
      }
    },
  };
}

async function createClient(endpoint: string, region: string, token: string | undefined) {
  const sdk = await import('@aws-sdk/client-bedrock-runtime');
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const bearer = token === undefined ? {} : { token: { token }, authSchemePreference: ['httpBearerAuth'] };
  // One attempt: retries and failover are the gateway's, which accounts for each.
  const client = new sdk.BedrockRuntimeClient({ endpoint, region, maxAttempts: 1, requestHandler: new NodeHttpHandler(), ...bearer });
  return { sdk, client };
}

interface Call {
  /** What stands before the API's own path in a base URL of the configuration. */
  readonly basePath: string;
  readonly modelId: string;
  readonly send: Send;
}

/** A call of one method of the API, through the client. */
type Send = (client: BedrockRuntimeClient, sdk: Sdk, modelId: string, body: Buffer, abort: AbortController) => Promise<InboundReply>;

/** By the last segment of the path. */
const METHODS: Readonly<Record<string, Send | undefined>> = {
  async invoke(client, sdk, modelId, body, { signal: abortSignal }) {
    const invoke = new sdk.InvokeModelCommand({ modelId, body, contentType: 'application/json', accept: 'application/json' });
    const answer = await client.send(invoke, { abortSignal });
    return streamReply(200, { 'content-type': 'application/json' }, Readable.from([Buffer.from(answer.body)]));
  },
  async converse(client, sdk, modelId, body, { signal: abortSignal }) {
    const { $metadata: _, ...answer } = await client.send(new sdk.ConverseCommand(inputOf(modelId, body)), { abortSignal });
    return jsonReply(200, blobsOut(answer) as JsonObject);
  },
  async 'converse-stream'(client, sdk, modelId, body, abort) {
    const { stream } = await client.send(new sdk.ConverseStreamCommand(inputOf(modelId, body)), { abortSignal: abort.signal });
    return streamReply(200, { 'content-type': 'application/vnd.amazon.eventstream' }, streamOf(stream ?? [], abort));
  },
  async 'count-tokens'(client, sdk, modelId, body, { signal: abortSignal }) {
    const { converse } = fieldsOf(body)['input'] as { readonly converse: JsonObject };
    const count = new sdk.CountTokensCommand({ modelId, input: { converse: blobsIn(converse) as never } });
    const { inputTokens } = await client.send(count, { abortSignal });
    return jsonReply(200, { inputTokens: inputTokens ?? null });
  },
};

function inputOf(modelId: string, body: Buffer): never {
  return { modelId, ...blobsIn(fieldsOf(body)) } as never;
}

function fieldsOf(body: Buffer): JsonObject {
  return parseJson(body.toString('utf8')) as JsonObject;
}

function readPath(path: string): Call {
  const [, basePath = '', model = '', method = ''] = /^(.*)\/model\/([^/]+)\/([a-z-]+)$/.exec(path) ?? [];
  const send = entryOf(METHODS, method);
  if (send === undefined) throw new TransportError('protocol', false);
  return { basePath, modelId: decodeURIComponent(model), send };
}

function regionOf(origin: string): string | undefined {
  return /\bbedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(origin)?.[1];
}

async function run(sdk: Sdk, client: BedrockRuntimeClient, call: Call, body: Buffer, abort: AbortController): Promise<InboundReply> {
  try {
    return await call.send(client, sdk, call.modelId, body, abort);
  } catch (error) {
    const failure = serviceFailure(error);
    if (failure === undefined) throw error;
    return jsonReply(failure.status, { message: failure.message }, { 'x-amzn-errortype': failure.name });
  }
}

function jsonReply(status: number, body: JsonObject, headers: Record<string, string> = {}): InboundReply {
  const text = JSON.stringify(body);
  return streamReply(status, { 'content-type': 'application/json', ...headers }, Readable.from([Buffer.from(text)]));
}

/** Destroying it aborts the call. */
function streamOf(events: AsyncIterable<object> | Iterable<object>, abort: AbortController): Readable {
  const body = Readable.from(messagesOf(events), { objectMode: false });
  body.once('close', () => abort.abort());
  return body;
}

async function* messagesOf(events: AsyncIterable<object> | Iterable<object>): AsyncGenerator<Buffer> {
  try {
    for await (const event of events) {
      for (const [name, payload] of Object.entries(event)) yield message('event', name, blobsOut(payload));
    }
  } catch (error) {
    const failure = serviceFailure(error);
    if (failure === undefined) throw error;
    yield message('exception', failure.name, { message: failure.message });
  }
}

function message(type: 'event' | 'exception', name: string, payload: unknown): Buffer {
  const headers = { ':message-type': type, [`:${type}-type`]: name, ':content-type': 'application/json' };
  return encodeEventStreamMessage(headers, Buffer.from(JSON.stringify(payload)));
}

interface ServiceFailure {
  readonly name: string;
  readonly message: string;
  readonly status: number;
}

/** What the service answered, as opposed to what went wrong on the way. */
function serviceFailure(error: unknown): ServiceFailure | undefined {
  if (!(error instanceof Error) || !('$fault' in error)) return undefined;
  const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number } | undefined) : undefined;
  return { name: error.name, message: error.message, status: metadata?.httpStatusCode ?? 500 };
}

function transportError(error: unknown, byCaller: boolean, aborted: boolean): TransportError {
  if (error instanceof TransportError) return error;
  const failure: TransportFailure = byCaller ? 'aborted' : aborted ? 'timeout' : failureOf(withCode(error), false);
  const sent = failure !== 'dns' && failure !== 'connect' && failure !== 'tls';
  return new TransportError(failure, sent, error);
}

/** The SDK may wrap a socket's error in one that keeps its text alone. */
function withCode(error: unknown): NodeJS.ErrnoException {
  const failed = error as NodeJS.ErrnoException;
  const code = failed.code ?? /\b(E[A-Z]{4,}|EAI_[A-Z]+)\b/.exec(failed.message)?.[1];
  return code === undefined ? failed : Object.assign(new Error(failed.message), { code });
}
