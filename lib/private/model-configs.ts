import type { ModelCapabilities } from '../model-capabilities';
import type { ModelOverride, TokenPrices } from '../model-override';
import {
  CAPABILITY_FIELDS,
  type CapabilitiesConfig,
  type CapabilityName,
  capabilityField,
  LEAST_LENGTH_TOKENS,
  type ModelConfig,
} from './contract';
import { checkGlob, checkPriceUsd } from './validation';

type Value = CapabilitiesConfig[string];

const MOST_TOKENS = 1_000_000_000;
const MOST = 1_000_000;

const PRICE_FIELDS: Readonly<Record<keyof TokenPrices, string>> = {
  input: 'input',
  output: 'output',
  cacheRead: 'cache_read',
  cacheWrite5m: 'cache_write_5m',
  cacheWrite1h: 'cache_write_1h',
  reasoning: 'reasoning',
};

/** The document's form of what is said of models. Throws, naming value and fix, on what makes no sense. */
export function modelConfigs(overrides: readonly ModelOverride[], ids: ReadonlySet<string>): ModelConfig[] {
  const seen = new Set<string>();
  return overrides.map(({ model, props }) => {
    checkGlob('the model of a ModelOverride', model);
    const [prefix = '', ...rest] = model.split('/');
    if (rest.length === 0 || !(prefix.includes('*') || ids.has(prefix))) {
      throw new Error(
        `the ModelOverride "${model}" names no configured provider; write "<provider id>/<model>" with one of ${[...ids].join(', ')}`,
      );
    }
    if (seen.has(model)) throw new Error(`two ModelOverrides are of "${model}"; say all of it in one of them`);
    seen.add(model);
    const capabilities = capabilitiesConfig(model, props.capabilities ?? {});
    const prices = pricesConfig(model, props.price ?? {});
    const config: ModelConfig = {
      id: model,
      ...(Object.keys(capabilities).length === 0 ? {} : { capabilities }),
      ...(Object.keys(prices).length === 0 ? {} : { usd_per_million_tokens: prices }),
      ...(props.free === undefined ? {} : { free: props.free }),
    };
    if (Object.keys(config).length === 1) {
      throw new Error(`the ModelOverride "${model}" says nothing; give "capabilities", "price" or "free"`);
    }
    return config;
  });
}

function capabilitiesConfig(model: string, capabilities: ModelCapabilities): CapabilitiesConfig {
  return Object.fromEntries(
    Object.entries(capabilities).flatMap(([name, value]: [string, Value | undefined]) => {
      if (value === undefined) return [];
      const wanted = wantedInstead(name, value);
      if (wanted === undefined) return [[capabilityField(name), value]];
      throw new Error(`the capability "${name}" of the ModelOverride "${model}" is ${JSON.stringify(value)}; give ${wanted}`);
    }),
  );
}

/** What the value of a capability must be when it is not that. */
function wantedInstead(name: string, value: Value): string | undefined {
  const field = Object.hasOwn(CAPABILITY_FIELDS, name) ? CAPABILITY_FIELDS[name as CapabilityName] : undefined;
  if (field === undefined) return `none of that name, but one of ${Object.keys(CAPABILITY_FIELDS).join(', ')}`;
  switch (field) {
    case 'yes-or-no':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'length':
      return wantedCount(value, LEAST_LENGTH_TOKENS);
    case 'tokens':
      return wantedCount(value, 1);
    case 'number':
      return typeof value === 'number' && value > 0 && value <= MOST ? undefined : `a number above 0 and at most ${MOST}`;
    case 'day':
      return isDay(value) ? undefined : 'a day such as "2027-03-31"';
    default:
      return Array.isArray(value) && value.every((one) => (field as readonly string[]).includes(one))
        ? undefined
        : `a list of ${field.map((one) => `"${one}"`).join(', ')}`;
  }
}

function wantedCount(value: Value, least: number): string | undefined {
  const isCount = Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= MOST_TOKENS;
  return isCount ? undefined : `a whole number from ${least} to ${MOST_TOKENS}`;
}

function isDay(value: Value): boolean {
  return /^20\d\d-\d\d-\d\d$/.test(String(value)) && !Number.isNaN(Date.parse(String(value)));
}

function pricesConfig(model: string, prices: TokenPrices): Record<string, string> {
  return Object.fromEntries(
    Object.entries(prices).flatMap(([name, usd]: [string, string | undefined]) =>
      usd === undefined
        ? []
        : [[PRICE_FIELDS[name as keyof TokenPrices], checkPriceUsd(`the price "${name}" of the ModelOverride "${model}"`, usd)]],
    ),
  );
}
