import type { ProviderConfig, ProviderKind } from '../../../lib/private/contract';
import type { JsonObject } from '../../platform/json';
import type { Operation, ProtocolName, ProviderOperation } from '../model/request';
import type { WireFormat } from '../models';

/** Where and how one call goes out: everything but the host, which only configuration decides. */
export interface Endpoint {
  readonly protocol: ProtocolName;
  /** Appended to the provider's base URL; begins with `/`; every variable segment is percent-encoded here. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The model's name in the body, where it is another than the target's. */
  readonly model?: string;
  /** Top-level fields that configuration adds to a body that the gateway writes. */
  readonly fields?: JsonObject;
  /**
   * A body that the gateway wrote, as configuration has it.
   *
   * @throws GatewayError 400 for what a caller may not ask for
   */
  settle?(body: JsonObject): JsonObject;
  /** What the provider takes of the caller's headers, and the names of those that it gets less of. Absent: all. */
  takenHeaders?(forwarded: Readonly<Record<string, string>>): TakenHeaders;
  /** It runs no tools itself. */
  readonly runsNoTools?: true;
  /** Media are read by their bytes alone, none by an address. Absent: whoever writes the call knows. */
  readonly fetchesNothing?: true;
  /** Sends the call by another way than the gateway's own HTTP. */
  readonly transport?: TransportName;
}

/** Ways of sending a call beside the gateway's own HTTP. */
export type TransportName = 'bedrock-sdk' | 'sagemaker';

/** What a provider takes of headers. */
export interface TakenHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly dropped: readonly string[];
}

/** How a model takes a call, as far as that is known. */
export interface WaysToCall {
  /** Wire formats in which it does, where it does not in all. */
  readonly taken?: readonly WireFormat[];
  /** Whether its host counts a prompt's tokens before it is sent. */
  readonly countsTokens?: boolean;
}

/** What a kind of provider needs to know to address a call. */
export interface EndpointRequest extends WaysToCall {
  readonly operation: Operation;
  /** The model's name at the provider, already validated (`isSafeModelName`). */
  readonly model: string;
  readonly stream: boolean;
  readonly config: ProviderConfig;
  /** The caller's own wire format, so that a provider with several can answer in the same one. */
  readonly preferred: string;
  /** See `CallFacts.nativeFields`. */
  readonly nativeFields?: readonly string[];
  /** Region or location of this attempt, for providers whose path names it (Vertex AI). Default: the first of `config.regions`. */
  readonly region?: string;
}

/** Services of AWS that run models. */
export type AwsRuntimeService = 'BEDROCK_RUNTIME' | 'SAGEMAKER_RUNTIME';

/** How a call proves who we are to the provider. */
export type AuthScheme =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'sigv4'; readonly service: string }
  | { readonly kind: 'google-service-account'; readonly scope: string }
  | { readonly kind: 'none' };

/**
 * One kind of provider: protocol + endpoint + auth + named quirks. Data and tiny functions, no I/O.
 * One more OpenAI-compatible provider is a declaration of a few lines.
 */
export interface ProviderDefinition {
  readonly kind: ProviderKind;
  /** Value of `gen_ai.provider.name`. */
  readonly telemetryName: string;
  /** Default base URL without trailing slash; `{region}` is replaced. Absent: the configuration must give one. */
  readonly baseUrl?: string;
  readonly auth: AuthScheme;
  /** AWS's own service behind it: `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`, where set, takes the default base URL's place. */
  readonly awsService?: AwsRuntimeService;
  /** Lives in the function's own process (`lambda/simulated`), which starts it and so learns its base URL. */
  readonly startsInProcess?: true;
  /** A server that its owner runs, in a network of the owner's: it fetches no URL for callers unless it is configured to. */
  readonly selfHosted?: true;
  /** The scheme of addresses in buckets that it reads with the gateway's own credential. Absent: it reads them, if at all, with its own. */
  readonly readsBuckets?: 's3' | 'gs';
  /** Made the wire format that it speaks. */
  readonly maker?: true;
  /** Keeps Chat Completions too, unless a call says `store: false`. */
  readonly storesChat?: true;
  /** Models that think take no cap in this field; the quirk mends it. Some of them think although no effort is asked for. */
  readonly thinkers?: { readonly noCapIn: string; readonly quirk: string; readonly unasked: RegExp };
  /** Globs of bare model names this kind serves (`gpt-*`, `claude-*`). */
  readonly models: readonly string[];
  /** See `TargetFacts.quirks`. */
  readonly quirks: readonly string[];
  /** Where a host of this kind keeps to, when its prices depend on that. */
  residence?(host: string): string | undefined;
  /** Regions and geographies that may process a call of a model which goes to a Region; undefined where nobody says. Absent: the Region alone. */
  processedIn?(model: string, region: string): readonly string[] | undefined;
  /** Whether a chat is looked at by a guardrail of the provider's, which bills for that beside the tokens. Absent: none ever is. */
  isGuarded?(config: ProviderConfig, nativeFields: readonly string[]): boolean;
  /** Says where the call goes; undefined when the provider does not offer the operation. */
  endpoint(request: EndpointRequest): Endpoint | undefined;
}

/** Where a provider serves each operation; every one that any may be asked for has to be answered for. */
export type Offers = Readonly<Record<ProviderOperation, Offer>>;

type Offer = ((request: EndpointRequest) => Endpoint | undefined) | 'not-offered';

/** Chooses by the operation. */
export function endpointOf(offers: Offers, request: EndpointRequest): Endpoint | undefined {
  const { [request.operation]: offer = 'not-offered' }: Readonly<Partial<Record<Operation, Offer>>> = offers;
  return offer === 'not-offered' ? undefined : offer(request);
}

/** Characters a model name may hold: enough for every provider's ids and ARNs, nothing that could change a URL. */
export function isSafeModelName(name: string): boolean {
  return (
    name.length > 0 && name.length <= 256 && /^[A-Za-z0-9][A-Za-z0-9._:/@+~-]*$/.test(name) && !name.includes('..') && !name.includes('//')
  );
}
