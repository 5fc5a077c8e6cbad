import type { CapacityConfig, NetworkConfig, ProviderConfig } from '../../lib/private/contract';
import { usd } from '../money/pricing';
import { deployedValue } from '../platform/document';
import { withoutTrailingSlash } from '../platform/runtime';
import type { AwsRuntimeService, ProviderDefinition } from '../wire/providers';
import { baseUrlFor, providerDefinition } from '../wire/providers';

/** Where a provider is reached in one Region. */
export interface ProviderSite {
  /** Absent for providers without Regions. */
  readonly region?: string;
  /** `https://host[:port]`. */
  readonly origin: string;
  /** Path that endpoints are appended to; empty or beginning with `/`, without a trailing slash. */
  readonly basePath: string;
}

/** Nano-USD of a million tokens. */
export interface CapacityRates {
  readonly input: bigint;
  readonly output: bigint;
}

/** A provider of the document with everything known at run time filled in. */
export interface ConfiguredProvider {
  readonly id: string;
  readonly config: ProviderConfig;
  readonly definition: ProviderDefinition;
  readonly network: NetworkConfig;
  /** Where it may be called, in order of preference: Regions, or undefined for the one address of a provider without them. */
  readonly locations: readonly (string | undefined)[];
  /** The same, as far as prices depend on it. */
  readonly regions: readonly string[];
  /** What its servers cost by what they do. */
  readonly capacity?: CapacityRates;
  /** Regions and geographies that process a call of a model that goes to one of the locations; undefined where nobody says. */
  areasOf(model: string, location: string | undefined): readonly string[] | undefined;
  /** In order of preference. Throws `GatewayError` 503 `provider_misconfigured` when the configuration gives no usable address. */
  sites(): readonly ProviderSite[];
  readonly secretArn?: string;
  /** Role of another AWS account that calls are signed with. */
  readonly role?: { readonly arn: string; readonly externalId?: string };
}

/**
 * Fills in a provider.
 *
 * @param functionRegion where a provider with Regions is called when the document names none
 * @param startedUrl base URL of a provider that this process started itself
 * @param awsEndpoint where calls to AWS's own services go instead, signed as ever; a provider called with a key keeps its address
 * @param definition what is known of its kind
 */
export function configureProvider(
  config: ProviderConfig,
  deployValue: (name: string) => string | undefined,
  functionRegion: string,
  startedUrl?: string,
  awsEndpoint: (service: AwsRuntimeService) => string | undefined = () => undefined,
  definition = providerDefinition(config.kind),
): ConfiguredProvider {
  const secretArn = deployedValue(config.credential?.secretArn, deployValue);
  const roleArn = deployedValue(config.role?.arn, deployValue);
  const givenUrl = startedUrl ?? deployedValue(config.baseUrl, deployValue);
  const isOurs = givenUrl === undefined && secretArn === undefined && definition.awsService !== undefined;
  const awsUrl = isOurs ? awsEndpoint(definition.awsService) : undefined;
  const configuredUrl = givenUrl ?? awsUrl;
  const locations = regionsOf(config, definition, configuredUrl, functionRegion);
  const residence = residenceOf(definition, configuredUrl);
  // A server of one's own runs where the function does, unless it is said to be elsewhere.
  const home = config.residency ?? residence ?? (config.network === 'public' ? undefined : functionRegion);
  let sites: readonly ProviderSite[] | undefined;
  return {
    id: config.id,
    config,
    definition,
    locations,
    regions: locations.flatMap((region) => region ?? residence ?? []),
    ...(config.capacity === undefined ? {} : { capacity: ratesOf(config.capacity) }),
    areasOf(model, location) {
      if (location === undefined) return home === undefined ? undefined : [home];
      return definition.processedIn === undefined ? [location] : definition.processedIn(model, location);
    },
    network: awsUrl === undefined ? config.network : networkOf(awsUrl),
    ...(secretArn === undefined ? {} : { secretArn }),
    ...(roleArn === undefined ? {} : { role: { ...config.role, arn: roleArn } }),
    sites: () => {
      sites ??= locations.map((region) => siteOf(baseUrlFor(definition, configuredUrl, region), region));
      return sites;
    },
  };
}

/** The same provider, called at some of its locations alone. */
export function atLocations(provider: ConfiguredProvider, locations: readonly (string | undefined)[]): ConfiguredProvider {
  return {
    ...provider,
    locations,
    regions: provider.regions.filter((region) => locations.includes(region)),
    sites: () => provider.sites().filter(({ region }) => locations.includes(region)),
  };
}

function regionsOf(
  config: ProviderConfig,
  definition: ProviderDefinition,
  configuredUrl: string | undefined,
  functionRegion: string,
): readonly (string | undefined)[] {
  const regional = definition.auth.kind === 'sigv4' || (configuredUrl ?? definition.baseUrl)?.includes('{region}') === true;
  if (!regional) return [undefined];
  if (config.regions !== undefined && config.regions.length > 0) return config.regions;
  return [definition.auth.kind === 'sigv4' ? functionRegion : 'global'];
}

function ratesOf({ input_usd: input, output_usd: output }: CapacityConfig): CapacityRates {
  return { input: usd(input), output: usd(output) };
}

function residenceOf({ residence }: ProviderDefinition, url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : residence?.(new URL(url).host);
}

/** AWS is reached at private addresses through interface endpoints; plain http only on this machine. */
function networkOf(awsUrl: string): NetworkConfig {
  return awsUrl.startsWith('http:') ? 'loopback' : 'vpc';
}

function siteOf(baseUrl: string, region: string | undefined): ProviderSite {
  const url = new URL(baseUrl);
  return { ...(region === undefined ? {} : { region }), origin: url.origin, basePath: withoutTrailingSlash(url.pathname) };
}
