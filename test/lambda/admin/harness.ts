import type { APIGatewayProxyEvent } from 'aws-lambda';
import { createApplication } from '../../../lambda/admin/application';
import { fromEvent } from '../../../lambda/admin/event';
import type { Services } from '../../../lambda/admin/services';
import { createServices } from '../../../lambda/admin/services';
import { createLog } from '../../../lambda/platform/runtime/log';
import type { GatewayDocument } from '../../../lib/private/contract';
import { createMemoryBucket, type MemoryBucket } from '../../support/memory-bucket';
import type { MemoryDynamoDb } from '../../support/memory-dynamodb';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../support/memory-dynamodb';

export const ROOT = `sk-gw-root-${'r'.repeat(64)}`;
const PEPPER = JSON.stringify({ version: '1', 1: 'p'.repeat(64) });
const BOOTSTRAP = JSON.stringify({ key_id: 'root', secret: 'r'.repeat(64) });

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: Record<string, unknown> & {
    data: Record<string, unknown>[];
    next_cursor: string | null;
    error: { code: string; message: string; param: string | null; type: string };
  };
}

interface Secrets {
  readonly pepper: string;
  readonly bootstrap: string;
}

export interface CallOptions {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The admin API over the memory table, called as API Gateway calls it. */
export interface AdminHarness {
  readonly database: MemoryDynamoDb;
  /** The archive's. */
  readonly bucket: MemoryBucket;
  readonly services: Services;
  readonly lines: string[];
  clock: number;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** Creates an entry as root. */
  make(resource: string, body: unknown): Promise<Record<string, unknown> & { id: string }>;
  /** Creates a key as root and answers its text and id. */
  key(body: unknown): Promise<{ readonly text: string; readonly id: string }>;
}

export function createAdminHarness(document: Partial<GatewayDocument> = {}, secrets: Partial<Secrets> = {}): AdminHarness {
  const database = createMemoryDynamoDb();
  const bucket = createMemoryBucket();
  const lines: string[] = [];
  const state = { now: Date.parse('2026-11-24T12:00:00Z') };
  const services = createServices({
    environment: {
      identityTable: TABLE_NAMES.identity,
      countersTable: TABLE_NAMES.counters,
      recordsTable: TABLE_NAMES.records,
      auditTable: TABLE_NAMES.audit,
      region: 'us-east-1',
      pepperSecret: 'pepper',
      archiveRetentionDays: 400,
      gateway: 'test',
      bootstrapSecret: 'bootstrap',
    },
    clock: { now: () => state.now, monotonic: () => state.now },
    log: createLog('debug', (line) => lines.push(line)),
    connector: database,
    archive: bucket,
    contents: bucket,
    secrets: { read: async (name) => ({ pepper: PEPPER, bootstrap: BOOTSTRAP, ...secrets })[name as keyof Secrets] },
    document,
  });
  const application = createApplication(services);
  const harness: AdminHarness = {
    database,
    bucket,
    services,
    lines,
    get clock() {
      return state.now;
    },
    set clock(now) {
      state.now = now;
    },
    async call(method, path, { key = ROOT, body, headers = {} } = {}) {
      const answer = await application(fromEvent(toEvent(method, path, key, body, headers)));
      return {
        status: answer.status,
        headers: answer.headers,
        text: answer.body,
        json: answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined,
      };
    },
    async make(resource, body) {
      const { json, status, text } = await harness.call('POST', `/${resource}`, { body });
      if (status !== 201) throw new Error(text);
      return json as never;
    },
    async key(body) {
      const { key, id } = await harness.make('keys', body);
      return { text: key as string, id };
    },
  };
  return harness;
}

function toEvent(
  method: string,
  path: string,
  key: string | null,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): APIGatewayProxyEvent {
  const [bare = '', query = ''] = path.split('?');
  const multiValueQueryStringParameters: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query))
    multiValueQueryStringParameters[name] = [...(multiValueQueryStringParameters[name] ?? []), value];
  return {
    httpMethod: method,
    path: `/admin/v1${bare}`,
    headers: { ...(key === null ? {} : { Authorization: `Bearer ${key}` }), ...headers },
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters,
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEvent;
}
