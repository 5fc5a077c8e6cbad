import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApplication } from '../../lambda/admin/application';
import { createServices } from '../../lambda/admin/services';
import { createIdempotencyStore, createIdentityStore, createPageStore, createUsageRecordStore } from '../../lambda/aws/dynamodb';
import { parsePeppers } from '../../lambda/identity/peppers';
import { createIdentityRows, type KeptRows } from '../../lambda/identity/rows';
import { parseKey, verifyKey } from '../../lambda/identity/virtual-key';
import { createLedger } from '../../lambda/money/ledger';
import { systemClock } from '../../lambda/platform/runtime/clock';
import { attemptId } from '../../lambda/platform/runtime/ids';
import type { GatewayDocument } from '../../lib/private/contract';
import type { MemoryDynamoDb } from '../support/memory-dynamodb';
import { createMemoryDynamoDb, TABLE_NAMES } from '../support/memory-dynamodb';

const PEPPER = JSON.stringify({ version: '1', 1: 'p'.repeat(64) });
const BOOTSTRAP = JSON.stringify({ key_id: 'root', secret: 'r'.repeat(64) });
const SILENT = { write: () => {} };

export interface GatewayServer {
  readonly url: string;
  readonly adminKey: string;
  readonly database: MemoryDynamoDb;
  /** What each call of the data plane costs. */
  cost: bigint;
  /** Settlements that are dropped, as if their process died. */
  loseSettlements: boolean;
  close(): Promise<void>;
}

/** The admin API, and a data plane of nothing but the ledger, behind a real socket. */
export async function startGatewayServer(document: Partial<GatewayDocument> = {}): Promise<GatewayServer> {
  const database = createMemoryDynamoDb();
  const services = createServices({
    environment: {
      identityTable: TABLE_NAMES.identity,
      countersTable: TABLE_NAMES.counters,
      recordsTable: TABLE_NAMES.records,
      auditTable: TABLE_NAMES.audit,
      region: 'us-east-1',
      pepperSecret: 'pepper',
      archiveRetentionDays: undefined,
      gateway: 'test',
      bootstrapSecret: 'bootstrap',
    },
    clock: systemClock,
    log: SILENT,
    connector: database,
    secrets: { read: async (arn) => (arn === 'pepper' ? PEPPER : BOOTSTRAP) },
    document,
  });
  const application = createApplication(services);
  const identity = createIdentityStore(database, TABLE_NAMES.identity);
  const rows = createIdentityRows(identity, systemClock);
  const ledger = createLedger<KeptRows>({
    rows,
    pages: createPageStore(database, TABLE_NAMES.counters),
    records: createUsageRecordStore(database, TABLE_NAMES.records, systemClock),
    idempotency: createIdempotencyStore(database, TABLE_NAMES.records),
    clock: systemClock,
    document: { gateway: {}, defaults: {} },
    log: SILENT,
    metrics: { emit: () => {} },
    queue: { send: async () => {} },
  });
  const state = { cost: 10_000_000n, loseSettlements: false };

  async function complete(authorization: string): Promise<{ status: number; id: string; body: object }> {
    const parsed = parseKey(authorization.replace('Bearer ', ''));
    const found = parsed === undefined ? undefined : (await rows.anew(parsed.keyId)).rows;
    const key = found?.key;
    const id = attemptId(systemClock.now());
    if (
      parsed === undefined ||
      found === undefined ||
      key === undefined ||
      !verifyKey(key.hashes, parsed, parsePeppers(PEPPER), systemClock.now())
    )
      return { status: 401, id, body: { error: { code: 'invalid_api_key' } } };
    const result = await ledger.admit({
      attemptId: id,
      rows: rows.withTags(found, {}, found.marks.overrides),
      tags: {},
      operation: 'chat',
      dialect: 'openai-chat',
      originalModel: 'smart',
      candidateModels: ['simulated/smart'],
      bound: { costNanoUsd: state.cost * 2n, tokens: 100 },
      stream: false,
      expiresAtMs: systemClock.now() + 900_000,
    });
    if (!result.admitted)
      return { status: result.refusal.reason === 'budget_spent' ? 402 : 429, id, body: { error: { code: result.refusal.reason } } };
    if (!state.loseSettlements) {
      await result.reservation.settle({
        status: 200,
        outcome: 'ok',
        costNanoUsd: state.cost,
        attempts: [],
        latencyMs: 1,
        overheadMs: 1,
        provider: 'simulated',
        requestModel: 'smart',
      });
    }
    return { status: 200, id: result.reservation.attemptId, body: { choices: [] } };
  }

  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    if (pathname.startsWith('/prod/admin/v1')) {
      const answer = await application({
        method: request.method ?? '',
        path: pathname.slice('/prod/admin/v1'.length),
        query: searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks),
      });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } else if (pathname === '/prod/v1/models') {
      response.writeHead(200).end(JSON.stringify({ data: [{ id: 'smart' }] }));
    } else if (pathname === '/prod/v1/chat/completions') {
      const { status, id, body } = await complete(request.headers.authorization ?? '');
      response.writeHead(status, { 'x-gateway-request-id': id }).end(JSON.stringify(body));
    } else {
      response.writeHead(403).end('{"message":"Missing Authentication Token"}');
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prod`,
    adminKey: `sk-gw-root-${'r'.repeat(64)}`,
    database,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}
