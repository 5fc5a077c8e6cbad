import type { Secrets } from '../identity';
import { GatewayError } from '../platform/error';
import type { Clock } from '../platform/runtime';
import type { AwsJsonCall, AwsJsonService } from './aws-json';

/** Gets a secret's current string from wherever it is kept. */
export type FetchSecret = (arn: string) => Promise<string>;

interface Kept {
  readonly value: string;
  readonly fetchedMs: number;
  readonly freshUntilMs: number;
}

const LIFETIME_MS = 300_000;
/** Environments that started together must not ask together. */
const JITTER = 0.2;
const RETRY_AFTER_FAILURE_MS = 10_000;
const TIMEOUT_MS = 1_500;
const SERVICE: AwsJsonService = { name: 'secretsmanager', version: '1.1', target: 'secretsmanager' };

/** Secrets Manager by our own signed call. */
export function secretsManager(call: AwsJsonCall, endpoint?: string): FetchSecret {
  const service = endpoint === undefined ? SERVICE : { ...SERVICE, endpoint };
  return async (arn) => {
    const { SecretString: text } = await call(service, 'GetSecretValue', { SecretId: arn }, TIMEOUT_MS);
    if (typeof text !== 'string') throw Object.assign(new Error('the secret holds no string'), { name: 'ResourceNotFoundException' });
    return text;
  };
}

/** @param random 0 to 1, for the jitter */
export function createSecrets(load: FetchSecret, clock: Clock, random: () => number = Math.random): Secrets {
  const kept = new Map<string, Kept>();
  const pending = new Map<string, Promise<string>>();

  const fetchOnce = (arn: string): Promise<string> => {
    let running = pending.get(arn);
    if (running === undefined) {
      running = fetchAndKeep(arn).finally(() => pending.delete(arn));
      pending.set(arn, running);
    }
    return running;
  };

  const fetchAndKeep = async (arn: string): Promise<string> => {
    const known = kept.get(arn);
    try {
      const value = await load(arn);
      const now = clock.monotonic();
      kept.set(arn, { value, fetchedMs: now, freshUntilMs: now + LIFETIME_MS * (1 - JITTER * random()) });
      return value;
    } catch (error) {
      if (known === undefined) throw unavailable(error);
      kept.set(arn, { ...known, freshUntilMs: clock.monotonic() + RETRY_AFTER_FAILURE_MS });
      return known.value;
    }
  };

  return {
    read: (arn) => {
      const known = kept.get(arn);
      return known !== undefined && clock.monotonic() < known.freshUntilMs ? known.value : fetchOnce(arn);
    },
    refresh: (arn) => {
      const known = kept.get(arn);
      const recent = known !== undefined && clock.monotonic() - known.fetchedMs < RETRY_AFTER_FAILURE_MS;
      return recent ? known.value : fetchOnce(arn);
    },
  };
}

const CONFIGURATION_FAULTS = new Set([
  'AccessDeniedException',
  'ResourceNotFoundException',
  'DecryptionFailure',
  'InvalidRequestException',
  'ValidationException',
]);

function unavailable(error: unknown): GatewayError {
  const misconfigured = error instanceof Error && CONFIGURATION_FAULTS.has(error.name);
  return new GatewayError({
    code: misconfigured ? 'misconfigured' : 'secret_unavailable',
    message: misconfigured
      ? 'The gateway is misconfigured. Its operator finds the reason in the log.'
      : 'A secret that the gateway needs cannot be read just now.',
    ...(misconfigured ? {} : { retryAfterMs: 5_000 }),
    cause: error,
  });
}
