import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isMeantForLoopback, systemClock } from '../../lambda/platform/runtime';
import type { DynamoDbEngine } from '../dynamodb/engine';
import { type Access, type Authorizer, type CheckedCall, createAuthorizer, type Denial, type Principal } from './authorizer';
import { type BedrockOptions, createBedrock } from './bedrock';
import type { Caller } from './callers';
import { AnswerLost, type Disturb, type Disturbance, disturbed } from './disturbance';
import { dynamoDbService } from './dynamodb';
import { createEvents, type Events } from './events';
import { jsonService } from './json-service';
import type { Place } from './names';
import { createObjects, type Objects } from './objects';
import { createQueues, type Queues } from './queues';
import { createRoles, type Roles } from './roles';
import { createSageMaker } from './sagemaker';
import { openSecrets, type Secrets } from './secrets';
import { ACCESS_DENIED, type AwsAnswer, AwsError, type AwsRequest, type AwsService } from './service';
import { proveClaim, type ReceivedRequest, readClaim } from './signature';
import { createTopics, type Topics } from './topics';
import { errorCode, type TracedCall } from './traced-call';

const MOST_BODY_BYTES = 16 * 1024 * 1024;

export interface AwsEndpointOptions extends Place {
  readonly dynamodb: DynamoDbEngine;
  /** Default: none of any kind. */
  readonly secrets?: Secrets;
  readonly queues?: Queues;
  readonly events?: Events;
  readonly topics?: Topics;
  readonly objects?: Objects;
  readonly bedrock?: Omit<BedrockOptions, keyof Place>;
  /** Whose access key it is. Asked at every call, so callers may come and go while the endpoint runs. */
  readonly callers: (accessKeyId: string) => Caller | undefined;
  /** Told of each refusal, in a sentence that says which statement is missing. */
  readonly onDenied?: (advice: string, denial: Denial, principal: Principal) => void;
  /** Told of each call that was understood, when it is over. Only then is counted what it consumes. */
  readonly onCall?: (call: TracedCall) => void;
  /** Told of what went wrong in the endpoint itself. Default: the error stream of the process. */
  readonly onError?: (error: unknown) => void;
  /** Default: any free port. */
  readonly port?: number;
}

export interface AwsEndpoint {
  /** For `AWS_ENDPOINT_URL`; without a trailing slash. */
  readonly url: string;
  /** The URL by which functions know a queue. */
  queueUrl(name: string): string;
  /** Every kind of call checked so far, with the statement that decided. */
  readonly calls: readonly CheckedCall[];
  /** Checks what AWS itself does in a role's name, such as reading a stream for a function; logged with the others. */
  authorize(principal: Principal, accesses: readonly Access[]): Denial | undefined;
  /** From now on asks before each call what shall go wrong with it; the latest one asked wins. Answers how to stop. */
  disturb(disturb: Disturb): () => void;
  close(): Promise<void>;
}

/**
 * One loopback server in place of AWS: the service is the one that the signature names, the caller the one who holds the secret of its
 * access key, and no call is made that the caller's role does not allow. Behind it are a developer's own keys of providers, and every
 * user of the machine, and every page in a browser, reaches its port: so the signature and the Host are held to as AWS would.
 */
export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const authorizer = createAuthorizer(options.onDenied);
  const roles = createRoles();
  const services = servicesOf(options, roles);
  const onError = options.onError ?? ((error) => console.error(error));
  const disturbances = new Set<Disturb>();
  const disturb: Disturb = (call) => [...disturbances].reverse().reduce<ReturnType<Disturb>>((found, ask) => found ?? ask(call), undefined);
  const closing = new AbortController();
  // Every call that is delayed listens to it, and a list is read by 32 calls at once.
  setMaxListeners(0, closing.signal);
  let url = '';
  const server = createServer((incoming, outgoing) => {
    const { port } = server.address() as AddressInfo;
    const { onCall } = options;
    const callers = (accessKeyId: string): Caller | undefined => options.callers(accessKeyId) ?? roles.callers.find(accessKeyId);
    const serving = { services, authorizer, callers, onCall, onError, disturb, closing: closing.signal, url, port };
    serve(incoming, outgoing, serving).catch(() => outgoing.destroy());
  });
  // Functions keep their connections across idle times; a reset would look like a fault of the service.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    queueUrl: (name) => `${url}/${options.account}/${name}`,
    get calls() {
      return authorizer.calls;
    },
    authorize: (principal, accesses) => authorizer.authorize(principal, accesses),
    disturb(ask) {
      disturbances.add(ask);
      return () => disturbances.delete(ask);
    },
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function servicesOf(options: AwsEndpointOptions, roles: Roles): Readonly<Record<string, AwsService>> {
  const place = { region: options.region, account: options.account };
  return {
    dynamodb: dynamoDbService(options.dynamodb, options.region, options.account),
    secretsmanager: (options.secrets ?? openSecrets(place)).service,
    sqs: (options.queues ?? createQueues(place)).service,
    events: (options.events ?? createEvents(place)).service,
    sns: (options.topics ?? createTopics()).service,
    s3: (options.objects ?? createObjects()).service,
    sts: roles.service,
    bedrock: createBedrock({ ...place, ...options.bedrock }),
    sagemaker: createSageMaker(place),
  };
}

interface Serving {
  readonly services: Readonly<Record<string, AwsService>>;
  readonly authorizer: Authorizer;
  readonly callers: (accessKeyId: string) => Caller | undefined;
  readonly onCall: ((call: TracedCall) => void) | undefined;
  readonly onError: (error: unknown) => void;
  readonly disturb: Disturb;
  readonly closing: AbortSignal;
  readonly url: string;
  readonly port: number;
}

/** What answers when no service does. */
const NOBODY: AwsService = jsonService({
  version: '1.0',
  namespace: 'com.amazon.coral.service',
  accesses: () => [],
  run: () => ({}),
});

/** Rejects when either side of the connection breaks, or has to. */
async function serve(incoming: IncomingMessage, outgoing: ServerResponse, serving: Serving): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const { method = 'GET', url: target = '/', rawHeaders } = incoming;
  const received: ReceivedRequest = { method, target, rawHeaders };
  const request: AwsRequest = {
    method,
    url: new URL(`${serving.url}${target.startsWith('/') ? target : '/'}`),
    headers: incoming.headers,
    body: Buffer.alloc(0),
    region: '',
    endpoint: serving.url,
    signal: gone.signal,
  };
  let service = NOBODY;
  let answer: AwsAnswer;
  try {
    if (!target.startsWith('/') || !isMeantForLoopback(rawHeaders, serving.port)) {
      throw new AwsError(ACCESS_DENIED, 'This is the local AWS of a gateway; it answers under its loopback address alone.', 403);
    }
    const claim = readClaim(received);
    const caller = serving.callers(claim.accessKeyId);
    if (caller === undefined) {
      throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
    }
    service = serving.services[claim.service] ?? NOBODY;
    const body = await bodyOf(incoming);
    proveClaim(claim, received, body, caller.credentials, systemClock.now());
    if (service === NOBODY) throw new AwsError('UnknownOperationException', `the local run does not stand in for ${claim.service}`);
    answer = await carryOut({ ...request, body, region: claim.region }, claim.service, service, caller, serving);
  } catch (error) {
    answer = refusal(error, service, request, serving);
  }
  // A body that nobody reads must not be taken for the next request.
  if (!incoming.complete) outgoing.setHeader('connection', 'close');
  await respond(outgoing, answer);
}

async function carryOut(
  request: AwsRequest,
  service: string,
  { understand }: AwsService,
  { principal, invocation }: Caller,
  serving: Serving,
): Promise<AwsAnswer> {
  const startMs = epochMs();
  const consumption = serving.onCall === undefined ? undefined : { readUnits: 0, writeUnits: 0 };
  const call = understand(consumption === undefined ? request : { ...request, consumption });
  const about = { service, action: call.action, principal: principal.id, accesses: call.accesses };
  const running = invocation();
  let disturbance: Disturbance | undefined;
  const told = (error?: unknown): void => {
    if (consumption === undefined) return;
    serving.onCall?.({
      ...about,
      ...(running === undefined ? {} : { invocation: { requestId: running.requestId, traceId: running.traceId } }),
      startMs,
      endMs: epochMs(),
      consumption,
      ...(error === undefined ? {} : { error: errorCode(error) }),
      ...(disturbance === undefined ? {} : { disturbance }),
    });
  };
  try {
    const denial = serving.authorizer.authorize(principal, call.accesses);
    if (denial !== undefined) throw new AwsError(ACCESS_DENIED, denial.message);
    disturbance = serving.disturb(about);
    const answer = await (disturbance === undefined
      ? call.run()
      : disturbed(disturbance, async () => call.run(), request.signal, serving.closing));
    told();
    return answer;
  } catch (error) {
    told(error);
    throw error;
  }
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** @throws AnswerLost as it came */
function refusal(error: unknown, service: AwsService, request: AwsRequest, { onError }: Serving): AwsAnswer {
  if (error instanceof AwsError) return service.refuse(error, request);
  if (error instanceof AnswerLost) throw error;
  onError(error);
  return service.refuse(new AwsError('InternalServerError', 'The local run failed; its output says why.', 500), request);
}

/** @throws AwsError when it is too large */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BODY_BYTES) throw new AwsError('RequestEntityTooLarge', 'The request is larger than 16 MB.', 413);
    chunks.push(chunk as Buffer);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

async function respond(outgoing: ServerResponse, { status, headers, body }: AwsAnswer): Promise<void> {
  if (body instanceof Readable) {
    outgoing.writeHead(status, headers as Record<string, string>);
    await pipeline(body, outgoing);
    return;
  }
  outgoing.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  outgoing.end(body);
}
