import type { CapacityPrice } from '../capacity-price';
import type { HealthProbe } from '../health-probe';
import type { CapacityConfig, ModelConfig, ProbeConfig } from './contract';
import { checkUsd } from './validation';

const NANO = 1_000_000_000n;
const SECONDS = 3_600n;
const TOKENS = 1_000_000n;
const MOST_TOKENS_PER_SECOND = 1_000_000_000;
const PATH = /^\/[A-Za-z0-9._~/-]{0,255}$/;

/** A provider whose servers are paid by the hour. */
interface Priced {
  readonly capacity: CapacityPrice;
  readonly free?: boolean;
}

/** US dollars of a million tokens, rounded up to a nano-dollar. Throws, naming provider, field, value and fix, on what makes no sense. */
export function capacityConfig(id: string, { capacity, free }: Priced): CapacityConfig {
  const { usdPerHour, tokensPerSecond, inputTokensPerSecond, charged } = capacity;
  if (charged === true && free === true)
    throw new Error(`"capacity" of provider "${id}" is charged, and "free" says that it costs nothing; leave one of them out`);
  checkUsd(`"capacity.usdPerHour" of provider "${id}"`, usdPerHour);
  for (const [name, value] of Object.entries({ tokensPerSecond, inputTokensPerSecond })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1 && value <= MOST_TOKENS_PER_SECOND)) continue;
    throw new Error(`"capacity.${name}" of provider "${id}" is ${value}; give a whole number from 1 to ${MOST_TOKENS_PER_SECOND}`);
  }
  const priceOf = (perSecond: number): string => perMillion(nanoUsd(usdPerHour), BigInt(perSecond));
  return { input_usd: priceOf(inputTokensPerSecond ?? tokensPerSecond), output_usd: priceOf(tokensPerSecond) };
}

/** What is said of the models of a provider that is charged by its capacity. */
export function chargedByCapacity(id: string, priced: Priced): ModelConfig {
  const { input_usd: input, output_usd: output } = capacityConfig(id, priced);
  return { id: `${id}/*`, usd_per_million_tokens: { input, output } };
}

export function probeConfig(id: string, kind: string, { path, interval }: HealthProbe): ProbeConfig {
  const isEndpoint = kind === 'sagemaker';
  const seconds = interval?.toSeconds() ?? (isEndpoint ? 60 : 10);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3_600)
    throw new Error(`"healthProbe.interval" of provider "${id}" is ${seconds} s; give 1 s to an hour`);
  if (!isEndpoint) return { path: checkPath(id, path ?? '/health'), every_seconds: seconds };
  if (path !== undefined)
    throw new Error(`"healthProbe.path" of provider "${id}" is "${path}", and SageMaker is asked for no path; leave it out`);
  return { every_seconds: seconds };
}

function checkPath(id: string, path: string): string {
  if (!PATH.test(path) || path.includes('..'))
    throw new Error(
      `"healthProbe.path" of provider "${id}" is "${path}"; give a path of letters, digits and . _ ~ / -, for example "/health"`,
    );
  return path;
}

function nanoUsd(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole) * NANO + BigInt(fraction.padEnd(9, '0'));
}

function perMillion(nanoUsdPerHour: bigint, tokensPerSecond: bigint): string {
  const hourly = SECONDS * tokensPerSecond;
  const nano = (nanoUsdPerHour * TOKENS + hourly - 1n) / hourly;
  return `${nano / NANO}.${String(nano % NANO).padStart(9, '0')}`;
}
