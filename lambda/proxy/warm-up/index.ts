import { Writable } from 'node:stream';
import type { GatewayDocument, ProviderConfig } from '../../../lib/private/contract';
import { createIdentityStore, createLeanDynamoDb, type DynamoDbConnector } from '../../aws/dynamodb';
import { openAwsSession } from '../../aws/session';
import { formatKey, hashSecret } from '../../identity';
import { loadPriceBook } from '../../money/deployed-book';
import type { Transport } from '../../platform/http';
import { createLog, createMetrics, type Environment, systemClock } from '../../platform/runtime';
import { createTransport } from '../../platform/transport';
import { providerDefinition } from '../../wire/providers';
import { assembleGateway } from '../assemble';
import type { Gateway } from '../gateway';
import { exchangeFromEvent } from '../hosts/lambda-event';
import { serve } from '../pipeline';
import { createStandInConnect } from './connection';
import { createStandInTable } from './table';

/** What is spent before the first request, in milliseconds; Lambda's initialisation has the CPU to itself, for ten seconds. */
const LIMITS = { cpuMs: 250, durationMs: 3_000 };
const MOST_ROUNDS = 30;

const PEPPER = 'stand-in-'.repeat(4);
const KEY = formatKey('aaaaaaaaaaaaaaaa', 'A'.repeat(43));
const CREDENTIALS = async () => ({ accessKeyId: 'AKIASTANDIN', secretAccessKey: 'stand-in' });
const NOWHERE = (): void => undefined;
const GREETING = [{ role: 'user', content: 'Good morning' }];

/** Paths of the dialects and what a caller of each says. */
const CALLS: readonly (readonly [path: string, body: object])[] = [
  ['/v1/chat/completions', { messages: GREETING, max_tokens: 64 }],
  ['/v1/messages', { messages: GREETING, max_tokens: 64, system: 'Be brief.' }],
  ['/v1/responses', { input: GREETING, max_output_tokens: 64 }],
];

interface FirstCall {
  readonly path: string;
  readonly body: object;
}

/** Calls that were made, and those of them that were answered as they should be. */
export interface WarmedUp {
  readonly made: number;
  readonly answered: number;
}

/**
 * Runs the code of first requests before there are any: each dialect, streamed and whole, to each kind of provider that is configured. What
 * would leave the process is answered by stand-ins in memory, and nothing is recorded, logged or measured. Without it the first request of
 * an environment waits for code to be loaded and compiled. Never rejects.
 */
export async function warmUp(environment: Environment, document: GatewayDocument, limits = LIMITS): Promise<WarmedUp> {
  const counts = { answered: 0, made: 0 };
  const table = createStandInTable();
  const transport = createTransport({ connect: createStandInConnect(table) });
  try {
    let calls = callsOf(document);
    if (calls.length === 0) return counts;
    const gateway = await openStandIn(environment, document, table, transport);
    const began = { cpu: process.cpuUsage(), ms: gateway.clock.monotonic() };
    for (let round = 0; round < MOST_ROUNDS && calls.length > 0; round++) {
      const answered: FirstCall[] = [];
      for (const call of calls) {
        const { user, system } = process.cpuUsage(began.cpu);
        if ((user + system) / 1_000 > limits.cpuMs || gateway.clock.monotonic() - began.ms > limits.durationMs) return counts;
        counts.made += 1;
        if ((await answer(gateway, call)) !== 200) continue;
        counts.answered += 1;
        answered.push(call);
      }
      // What is refused runs the same few steps each time.
      calls = answered;
    }
  } catch {
    // The code is as cold as it was; a request finds out for itself what is wrong.
  } finally {
    transport.close();
  }
  return counts;
}

async function openStandIn(
  environment: Environment,
  document: GatewayDocument,
  table: DynamoDbConnector,
  transport: Transport,
): Promise<Gateway> {
  const call = openAwsSession(environment, { transport, credentials: CREDENTIALS });
  const now = new Date(systemClock.now()).toISOString();
  await createIdentityStore(table, environment.identityTable).create('key', {
    id: KEY.keyId,
    status: 'active',
    role: 'caller',
    hashes: [{ pepperVersion: 1, hmac: hashSecret(PEPPER, KEY.keyId, KEY.secret) }],
    lastFour: KEY.lastFour,
    budgets: [{ limit_usd: '1000000', period: 'month' }],
    limits: { requests_per_minute: 1_000_000 },
    generation: 1,
    createdAt: now,
    updatedAt: now,
  });
  return assembleGateway({
    document: { ...document, unknownPrice: { policy: 'ceiling', ceilingUsd: '10' }, gateway: {}, defaults: {}, routes: [] },
    environment,
    priceBook: await loadPriceBook(),
    transport,
    bedrockSdk: transport,
    dynamodb: createLeanDynamoDb(call, 'https://stand-in.invalid'),
    fetchSecret: async () => secretFor(document.providers),
    queue: { send: async () => undefined },
    log: createLog('info', NOWHERE),
    metrics: createMetrics('stand-in', systemClock.now, NOWHERE),
    awsCredentials: CREDENTIALS,
  });
}

/** One text for every secret: the pepper, and a key under each name that a provider reads. */
function secretFor(providers: readonly ProviderConfig[]): string {
  const fields = providers.map(({ credential }) => credential?.field).filter((field) => field !== undefined);
  return JSON.stringify({ version: '1', 1: PEPPER, ...Object.fromEntries(fields.map((field) => [field, 'stand-in'])) });
}

/** The first provider of each kind; whoever signs in at Google would have to make a key for it. */
function callsOf({ providers }: GatewayDocument): readonly FirstCall[] {
  const first = [...new Map(providers.filter(({ kind }) => !signsInAtGoogle(kind)).map((provider) => [provider.kind, provider])).values()];
  return first.flatMap(({ id }) =>
    CALLS.flatMap(([path, body]) => [false, true].map((stream) => ({ path, body: { model: `${id}/stand-in`, stream, ...body } }))),
  );
}

function signsInAtGoogle(kind: ProviderConfig['kind']): boolean {
  return providerDefinition(kind).auth.kind === 'google-service-account';
}

async function answer(gateway: Gateway, { path, body }: FirstCall): Promise<number> {
  let answered = 0;
  const headers = { authorization: [`Bearer ${KEY.text}`], 'content-type': ['application/json'] };
  const event = { httpMethod: 'POST', path, multiValueHeaders: headers, body: JSON.stringify(body) };
  const exchange = exchangeFromEvent(event, { getRemainingTimeInMillis: () => 30_000 }, gateway.clock.monotonic(), (status) => {
    answered = status;
    return new Writable({ write: (_chunk, _encoding, done) => done() });
  });
  if (exchange !== undefined) await serve(gateway, exchange);
  return answered;
}
