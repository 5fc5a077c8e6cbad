import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { makePrivateFolder, readPrivately, writePrivately } from './private-files';
import type { StandIns } from './stand-ins';
import { LocalRunError } from './template/failure';
import { isObject, text } from './template/json';

const FILE = 'key.json';
/** What the first key may spend in a month: enough to try, little enough to see a budget at work. */
const FIRST_BUDGET_USD = '5.00';

/** An answer of the gateway, its body parsed. */
export interface GatewayAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One JSON call to the gateway over HTTP. */
export function callGateway(method: string, url: string, key: string, body?: object): Promise<GatewayAnswer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) };
    const call = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const answer = Buffer.concat(chunks).toString('utf8');
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) });
        } catch {
          resolve({ status: response.statusCode ?? 0, body: answer });
        }
      });
    });
    call.once('error', reject);
    call.end(payload);
  });
}

/**
 * The bootstrap admin key, made of the secret that the gateway's admin function reads.
 *
 * @param secretArn value of the function's `BOOTSTRAP_SECRET_ARN`
 */
export function adminKey(standIns: StandIns, secretArn: string): string {
  const value: unknown = JSON.parse(standIns.secrets.read(secretArn) ?? 'null');
  const secret = isObject(value) ? text(value.secret) : undefined;
  if (secret === undefined) throw new LocalRunError(`the bootstrap secret ${secretArn} has no value with a "secret"`);
  return `sk-gw-root-${secret}`;
}

/**
 * The key that the local run prints: made once through the admin API, kept in the data directory.
 *
 * @throws LocalRunError when the admin API refuses
 */
export async function firstKey(url: string, admin: string, directory: string | undefined): Promise<string> {
  const file = directory === undefined ? undefined : join(directory, FILE);
  const kept = file === undefined ? undefined : await keptKey(file, url, admin);
  if (kept !== undefined) return kept;
  const { status, body } = await callGateway('POST', `${url}/admin/v1/keys`, admin, {
    name: 'first key of the local run',
    budgets: [{ limit_usd: FIRST_BUDGET_USD, period: 'month' }],
  });
  const key = isObject(body) ? text(body.key) : undefined;
  if (key === undefined || !isObject(body)) {
    throw new LocalRunError(
      `the admin API did not make the first key (status ${status}): ${JSON.stringify(body)}; --verbose shows its log`,
    );
  }
  if (file !== undefined && directory !== undefined) {
    makePrivateFolder(directory);
    writePrivately(file, JSON.stringify({ id: body.id ?? null, key }));
  }
  return key;
}

/** The kept key, unless it was deleted, blocked or revoked since. */
async function keptKey(file: string, url: string, admin: string): Promise<string | undefined> {
  if (!existsSync(file)) return undefined;
  const kept: unknown = JSON.parse(readPrivately(file));
  if (!isObject(kept)) return undefined;
  const { status, body } = await callGateway('GET', `${url}/admin/v1/keys/${text(kept.id) ?? ''}`, admin);
  return status === 200 && isObject(body) && body.status === 'active' ? text(kept.key) : undefined;
}
