import type { IdentityStore } from '../../identity';
import { GATEWAY_ID } from '../../money/ledger';
import type { Clock } from '../../platform/runtime';
import type { Health } from '../../routing';

/** Whether calls can be served: asked by what sends callers to another Region. */
export interface DeepHealth {
  /** Of some seconds ago at the most, however often it is asked. Never rejects. */
  isGood(): Promise<boolean>;
}

export interface DeepHealthParts {
  readonly identity: Pick<IdentityStore, 'states'>;
  readonly health: Pick<Health, 'isDown'>;
  readonly clock: Clock;
}

/** Anybody may ask, and pays nothing for it. */
const KEPT_MS = 5_000;
const READ_TIMEOUT_MS = 1_500;

/** Good: the table answers, and not every provider that was called of late is failing. */
export function createDeepHealth({ identity, health, clock }: DeepHealthParts): DeepHealth {
  let kept: Promise<boolean> | undefined;
  let askedMs = 0;

  const look = async (): Promise<boolean> => {
    try {
      // What other processes tell of providers is read along.
      await identity.states([['gateway', GATEWAY_ID]], READ_TIMEOUT_MS);
      return !health.isDown();
    } catch {
      return false;
    }
  };

  return {
    isGood() {
      const nowMs = clock.monotonic();
      if (kept === undefined || nowMs - askedMs >= KEPT_MS) {
        askedMs = nowMs;
        kept = look();
      }
      return kept;
    },
  };
}
