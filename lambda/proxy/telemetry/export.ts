import type { NetworkConfig } from '../../../lib/private/contract';
import type { Transport } from '../../platform/http';
import { NEVER_CANCELLED } from '../../platform/runtime';

/** Where a signal goes. */
export interface Destination {
  /** `https://host[:port]`. */
  readonly origin: string;
  readonly path: string;
  readonly network: NetworkConfig;
  /** What proves the call. */
  headers(request: { readonly origin: string; readonly path: string; readonly body: Buffer }): Promise<Readonly<Record<string, string>>>;
}

/** Of what a collector says; nobody reads it. */
const MOST_BYTES = 65_536;
const DEADLINES = { connectMs: 1_000, headersMs: 2_000, idleMs: 1_000, totalMs: 3_000 };

/** @throws Error with a `name` that says why it did not arrive */
export async function exportTo(transport: Transport, destination: Destination, body: Buffer): Promise<void> {
  const { origin, path, network } = destination;
  const headers = { 'content-type': 'application/x-protobuf', 'user-agent': 'cdk-llm-gateway' };
  const proof = await destination.headers({ origin, path, body });
  const request = { method: 'POST' as const, origin, path, headers: { ...headers, ...proof }, body, network };
  const reply = await transport.send(request, DEADLINES, NEVER_CANCELLED);
  await reply.whole(MOST_BYTES);
  if (reply.status >= 300) throw Object.assign(new Error('not taken'), { name: `Http${reply.status}` });
}
