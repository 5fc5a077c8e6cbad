import type { ProbeConfig } from '../../../lib/private/contract';
import type { IsEndpointWell } from '../../aws/sagemaker-endpoints';
import type { Transport } from '../../platform/http';
import { type Clock, NEVER_CANCELLED } from '../../platform/runtime';
import { type Health, knownPlaces, type Place, type Target } from '../../routing';

/** Asks servers of one's own whether they are well, so that no call has to find out. */
export interface Probes {
  /**
   * Behind an answer: asks those servers of the targets that were not asked for a while.
   *
   * @returns undefined where there is none; never rejects
   */
  after(targets: readonly Target[]): Promise<void> | undefined;
}

const DEADLINES = { connectMs: 1_000, headersMs: 2_000, idleMs: 2_000, totalMs: 2_000 };
const EMPTY = Buffer.alloc(0);
/** A server that does not even say that it is well rests until it was asked again, and longer. */
const REST_INTERVALS = 2;

export function createProbes({
  health,
  transport,
  isEndpointWell,
  clock,
}: {
  readonly health: Health;
  readonly transport: Transport;
  readonly isEndpointWell: IsEndpointWell;
  readonly clock: Clock;
}): Probes {
  /** Monotonic, by what is asked. */
  const askedMs = new Map<string, number>();

  /** What is due, each server once with all that it stands for. */
  const dueOf = (targets: readonly Target[]): ReadonlyMap<string, readonly Place[]> => {
    const due = new Map<string, Place[]>();
    const nowMs = clock.monotonic();
    for (const place of knownPlaces(targets)) {
      const { probe } = place.target.provider.config;
      if (probe === undefined) continue;
      const server = probe.path === undefined ? place.key : `${place.site.origin}${probe.path}`;
      if (nowMs - (askedMs.get(server) ?? Number.NEGATIVE_INFINITY) < probe.every_seconds * 1_000) continue;
      due.set(server, [...(due.get(server) ?? []), place]);
    }
    for (const server of due.keys()) askedMs.set(server, nowMs);
    return due;
  };

  const isServerWell = ({ site: { origin }, target: { provider } }: Place, path: string): Promise<boolean> => {
    const request = { method: 'GET' as const, origin, path, headers: { accept: '*/*' }, body: EMPTY, network: provider.network };
    return transport.send(request, DEADLINES, NEVER_CANCELLED).then(
      (reply) => {
        reply.destroy();
        return reply.status < 300;
      },
      () => false,
    );
  };

  const ask = async (places: readonly Place[]): Promise<void> => {
    const [place] = places as readonly [Place];
    const { model, provider } = place.target;
    const { path, every_seconds: everySeconds } = provider.config.probe as ProbeConfig;
    const askedAt = clock.now();
    const isWell = await (path === undefined
      ? isEndpointWell({ model, region: place.site.region ?? '', role: provider.role })
      : isServerWell(place, path));
    if (isWell === undefined) return;
    for (const { key } of places) health.probed(key, isWell, askedAt, REST_INTERVALS * everySeconds * 1_000);
  };

  return {
    after(targets) {
      if (!areProbed(targets)) return undefined;
      const due = dueOf(targets);
      if (due.size === 0) return undefined;
      return Promise.all([...due.values()].map(ask)).then(() => health.tell());
    },
  };
}

function areProbed(targets: readonly Target[]): boolean {
  for (const { provider } of targets) if (provider.config.probe !== undefined) return true;
  return false;
}
