import type { Server } from 'node:http';
import { request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createIdentityStore } from '../../lambda/aws/dynamodb/identity';
import { isRequestItem, readRecord } from '../../lambda/aws/dynamodb/request-record';
import type { KeyRecord } from '../../lambda/identity/entities';
import { generateKey, hashSecret } from '../../lambda/identity/virtual-key';
import type { KeptRecord } from '../../lambda/money/ports';
import { createPriceBook } from '../../lambda/money/pricing';
import { createTransport } from '../../lambda/platform/http/transport';
import { systemClock } from '../../lambda/platform/runtime/clock';
import { readEnvironment } from '../../lambda/platform/runtime/environment';
import { createLog } from '../../lambda/platform/runtime/log';
import { createMetrics } from '../../lambda/platform/runtime/metrics';
import { assembleGateway, type GatewayParts } from '../../lambda/proxy/assemble';
import type { Gateway } from '../../lambda/proxy/gateway';
import { createGatewayServer, type GatewayServerOptions } from '../../lambda/proxy/hosts/server';
import { serve } from '../../lambda/proxy/pipeline';
import { DEFAULT_DEADLINES, type GatewayDocument, MAX_BODY_BYTES, type ProviderConfig, type RouteConfig } from '../../lib/private/contract';
import { createMemoryDynamoDb, type MemoryDynamoDb, TABLE_NAMES } from './memory-dynamodb';

export const PEPPER = 'test-pepper-'.repeat(6);

/** A gateway on loopback over a table in memory. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly port: number;
  readonly table: MemoryDynamoDb;
  /** Text of a key without limits. */
  readonly key: string;
  /** Lines of the log, parsed; the metrics are not among them. */
  readonly log: Record<string, unknown>[];
  readonly metrics: Record<string, unknown>[];
  /** Calls that still settle are waited for. */
  settled(): Promise<void>;
  addKey(changes?: Partial<KeyRecord>): Promise<string>;
  changeKey(text: string, changes: Partial<KeyRecord>): Promise<void>;
  records(): KeptRecord[];
  call(path: string, body: unknown, headers?: Record<string, string | string[]>): Promise<TestReply>;
  send(method: string, path: string, headers?: Record<string, string | string[]>, body?: Buffer | string): Promise<TestReply>;
  /** A bare connection, for what no client would send. */
  socket(): Socket;
  close(): Promise<void>;
}

export interface TestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly json: any;
}

export interface TestGatewayOptions extends Partial<Omit<GatewayParts, 'document'>> {
  readonly document?: Partial<GatewayDocument>;
  readonly pepperSecret?: string;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly callerGone?: GatewayServerOptions['callerGone'];
  readonly bodies?: GatewayServerOptions['bodies'];
}

/** An OpenAI-compatible provider at a scripted upstream. */
export function compatible(id: string, origin: string, changes: Partial<ProviderConfig> = {}): ProviderConfig {
  return { id, kind: 'openai-compatible', baseUrl: { value: `${origin}/v1` }, network: 'loopback', free: true, ...changes };
}

/** A compatible provider and those of OpenAI and Anthropic, all free and at one upstream. */
export function freeProviders(origin: string): ProviderConfig[] {
  return [
    compatible('chat', origin),
    { id: 'openai', kind: 'openai', baseUrl: { value: `${origin}/v1` }, network: 'loopback', free: true },
    { id: 'anthropic', kind: 'anthropic', baseUrl: { value: origin }, network: 'loopback', free: true },
  ];
}

/** A route to targets named `provider/model`, in order. */
export function route(alias: string, ...targets: readonly string[]): RouteConfig {
  return {
    alias,
    targets: targets.map((target) => {
      const [provider = '', model = ''] = target.split('/');
      return { provider, model };
    }),
  };
}

export async function startGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const table = createMemoryDynamoDb();
  const log: Record<string, unknown>[] = [];
  const metrics: Record<string, unknown>[] = [];
  const running = new Set<Promise<void>>();
  const document: GatewayDocument = {
    version: 1,
    providers: [],
    routes: [],
    maxBodyBytes: MAX_BODY_BYTES,
    unknownPrice: { policy: 'refuse' },
    gateway: {},
    defaults: {},
    ...options.document,
    deadlines: { ...DEFAULT_DEADLINES, ...options.document?.deadlines },
  };
  const transport = createTransport();
  const gateway = assembleGateway({
    environment: readEnvironment({
      IDENTITY_TABLE: TABLE_NAMES.identity,
      COUNTERS_TABLE: TABLE_NAMES.counters,
      RECORDS_TABLE: TABLE_NAMES.records,
      PEPPER_SECRET_ARN: 'arn:pepper',
    }),
    dynamodb: table,
    fetchSecret: async (arn) => {
      if (arn === 'arn:pepper') return options.pepperSecret ?? JSON.stringify({ version: '1', '1': PEPPER });
      const secret = options.secrets?.[arn];
      if (secret === undefined) throw Object.assign(new Error('no such secret'), { name: 'ResourceNotFoundException' });
      return secret;
    },
    queue: { send: async () => undefined },
    transport,
    priceBook: createPriceBook({ version: 'test', date: '2026-11-29', lists: {} }),
    log: createLog('info', (text) => {
      const line = JSON.parse(text);
      log.push(line);
      if ('_aws' in line) metrics.push(line);
    }),
    metrics: createMetrics('test', systemClock.now, (line) => metrics.push(JSON.parse(line))),
    tickMs: 20,
    random: () => 0,
    ...options,
    document,
  });
  const server: Server = createGatewayServer(
    (exchange) => {
      const done = serve(gateway, exchange);
      running.add(done);
      void done.finally(() => running.delete(done));
      return done;
    },
    {
      clock: gateway.clock,
      maxBodyBytes: document.maxBodyBytes,
      ...(options.callerGone === undefined ? {} : { callerGone: options.callerGone }),
      ...(options.bodies === undefined ? {} : { bodies: options.bodies }),
    },
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const identity = createIdentityStore(table, TABLE_NAMES.identity);

  const addKey = async (changes: Partial<KeyRecord> = {}): Promise<string> => {
    const key = generateKey();
    await identity.create('key', {
      id: key.keyId,
      status: 'active',
      role: 'caller',
      hashes: [{ pepperVersion: 1, hmac: hashSecret(PEPPER, key.keyId, key.secret) }],
      lastFour: key.lastFour,
      generation: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      ...changes,
    });
    return key.text;
  };
  const changeKey = async (text: string, changes: Partial<KeyRecord>): Promise<void> => {
    const id = text.split('-')[2] as string;
    const record = (await identity.get('key', id, { consistent: true })) as KeyRecord;
    await identity.replace('key', { ...record, generation: record.generation + 1, ...changes }, record.generation);
  };
  const key = await addKey();
  table.resetCounts();
  const send = (method: string, path: string, headers: Record<string, string | string[]> = {}, body: Buffer | string = '') =>
    sendRequest(port, method, path, headers, body);
  return {
    gateway,
    url: `http://127.0.0.1:${port}`,
    port,
    table,
    key,
    log,
    metrics,
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    addKey,
    changeKey,
    records: () => table.items(TABLE_NAMES.records).filter(isRequestItem).map(readRecord),
    call: (path, body, headers = {}) =>
      send(
        'POST',
        path,
        { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        typeof body === 'string' ? body : JSON.stringify(body),
      ),
    send,
    socket: () => connect(port, '127.0.0.1'),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      while (running.size > 0) await Promise.all(running);
      transport.close();
    },
  };
}

function sendRequest(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | string[]>,
  body: Buffer | string,
): Promise<TestReply> {
  return new Promise((fulfil, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        fulfil({
          status: response.statusCode as number,
          headers: response.headers as Record<string, string | undefined>,
          text,
          get json() {
            return JSON.parse(text);
          },
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
