import type { Trace } from '../after/trace';
import type { BoundedCall } from '../before/call';
import type { Gateway } from '../gateway';

/**
 * Also sends a share of the calls that were answered to what their route tries out.
 *
 * @returns undefined where there is nothing to do; never rejects
 */
export function shadowed(gateway: Gateway, { call }: BoundedCall, { status, outcome, requestId }: Trace): Promise<void> | undefined {
  const { shadow } = call.resolution;
  if (shadow === undefined || status !== 200 || outcome !== 'ok') return undefined;
  if (!gateway.shadows.take(call, gateway.random, gateway.clock.monotonic())) return undefined;
  return import('./cast')
    .then(({ castShadow }) => castShadow(gateway, call, shadow, requestId))
    .catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      gateway.log.write('info', 'shadow-dropped', { requestId, code });
    })
    .finally(() => gateway.shadows.giveBack());
}
