import { GatewayError } from '../../platform/error';
import type { OutboundRequest, Transport } from '../../platform/http';
import { spliceFields } from '../../platform/http';
import type { JsonObject } from '../../platform/json';
import { parseJson } from '../../platform/json';
import type { ConfiguredProvider, ProviderSite, Target } from '../../routing';
import type { AnyRequest } from '../../wire/model';
import type { Capabilities, WireFormat } from '../../wire/models';
import type { ProtocolCodec } from '../../wire/protocols';
import type { Endpoint } from '../../wire/providers';
import { applyQuirks, joinPath } from '../../wire/providers';
import type { RoutedCall } from '../before/call';
import { forwardedHeaders } from '../before/headers';
import type { Gateway } from '../gateway';
import { type AnswerStage, openStages } from '../relay/stages';
import { capabilitiesAt, wireFormatsAt } from './capabilities';

/** A call made ready for one place. */
export interface PreparedCall {
  readonly target: Target;
  readonly site: ProviderSite;
  readonly protocol: ProtocolCodec;
  readonly request: OutboundRequest;
  readonly transport: Transport;
  /** The caller's own dialect, so bytes pass in both directions. */
  readonly passThrough: boolean;
  /** Request fields that this place cannot take and that do not change the answer's meaning. */
  readonly dropped: readonly string[];
  /** The decoded call, where it had to be translated or its answer is read on the way. */
  readonly decoded?: AnyRequest;
  /** What reads or changes the answer. */
  readonly stages: readonly AnswerStage[];
}

const USER_AGENT = 'cdk-llm-gateway';

/**
 * Translates, addresses and signs a call for one target.
 *
 * @param maxOutputTokens cap to write in place of the caller's; undefined leaves it as it is
 * @param mostOutputTokens what the model can write at most, where that is known: a higher cap that the caller did not mean for this
 * very model is lowered to it
 * @param freshCredential reads the credential anew: the known one was refused
 * @throws GatewayError 400 for what this target cannot do, 503 when the provider's configuration or credential is unusable
 */
export async function prepare(
  gateway: Gateway,
  call: RoutedCall,
  target: Target,
  site: ProviderSite,
  maxOutputTokens: number | undefined,
  mostOutputTokens: number | undefined,
  freshCredential: boolean,
): Promise<PreparedCall> {
  const { provider } = target;
  const endpoint = await endpointFor(call, target, site);
  const protocol = await gateway.protocols.protocol(endpoint.protocol, call.operation.name);
  if (protocol === undefined) throw notOffered(provider.id);
  const passThrough = endpoint.protocol === call.dialect.name;
  const quirks = provider.definition.quirks;
  const asked = maxOutputTokens ?? call.facts.maxOutputTokens;
  const lowers = asked !== undefined && mostOutputTokens !== undefined && asked > mostOutputTokens && (!passThrough || isAlias(call));
  const cap = lowers ? mostOutputTokens : maxOutputTokens;
  const written = passThrough
    ? passedBody(call, target, endpoint, quirks, cap)
    : translatedBody(call, target, protocol, endpoint, await capabilitiesAt(call.configuration, target, mostOutputTokens), cap);
  const stages = openStages(gateway.stages, call);
  // Whoever reads answers must understand them: a call that the common model cannot hold is refused by what is in it.
  const decoded = written.decoded ?? (stages.length === 0 ? undefined : decodedFor(call, target));
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: acceptOf(call, protocol),
    'user-agent': USER_AGENT,
  };
  Object.assign(headers, endpoint.headers);
  if (passThrough) Object.assign(headers, forwardedHeaders(call.exchange.headers, call.route.dialect));
  const request = {
    method: 'POST' as const,
    origin: site.origin,
    path: joinPath(site.basePath, endpoint.path),
    headers,
    body: written.body,
    network: provider.network,
    region: site.region,
  };
  const credential = await credentialOf(gateway, provider, freshCredential);
  Object.assign(headers, await gateway.authorizer.authorize(provider.definition.auth, credential, request));
  return {
    target,
    site,
    protocol: written.protocol ?? protocol,
    passThrough,
    transport: endpoint.transport === 'bedrock-sdk' ? gateway.bedrockSdk : gateway.transport,
    dropped: [...call.withheld, ...(lowers ? [`${call.facts.maxOutputField} above ${mostOutputTokens}`] : []), ...written.dropped],
    ...(decoded === undefined ? {} : { decoded }),
    stages,
    request,
  };
}

/** The caller named no model of a provider's, so it cannot know what the one that it got can do. */
function isAlias({ resolution }: RoutedCall): boolean {
  return resolution.reason === 'alias';
}

/** A call in its own dialect goes out in it, unless its model may not take it there. */
async function endpointFor(call: RoutedCall, target: Target, site: ProviderSite): Promise<Endpoint> {
  const endpoint = endpointOf(call, target, site);
  const effortWithTools = call.facts.effortWithTools === true;
  if (endpoint.protocol === call.dialect.name && !effortWithTools) return endpoint;
  const taken = await wireFormatsAt(call.configuration, target, effortWithTools);
  return taken === undefined ? endpoint : endpointOf(call, target, site, taken);
}

function endpointOf(call: RoutedCall, { provider, model }: Target, site: ProviderSite, taken?: readonly WireFormat[]): Endpoint {
  const endpoint = provider.definition.endpoint({
    operation: call.operation.name,
    model,
    stream: call.facts.stream,
    config: provider.config,
    preferred: call.dialect.name,
    ...(taken === undefined ? {} : { taken }),
    ...(site.region === undefined ? {} : { region: site.region }),
  });
  if (endpoint !== undefined) return endpoint;
  throw notOffered(provider.id);
}

function notOffered(provider: string): GatewayError {
  return new GatewayError({
    code: 'operation_not_supported',
    message: `The provider '${provider}' does not offer this endpoint for the model.`,
    param: 'model',
  });
}

interface WrittenBody {
  readonly body: Buffer;
  readonly dropped: readonly string[];
  readonly decoded?: AnyRequest;
  /** Reads the answer, where that takes more than the endpoint's own protocol. */
  readonly protocol?: ProtocolCodec;
}

function passedBody(
  call: RoutedCall,
  target: Target,
  endpoint: Endpoint,
  quirks: readonly string[],
  maxOutputTokens: number | undefined,
): WrittenBody {
  const { document, facts, dialect } = call;
  const history = dialect.forwardChanges?.(document.value, target.provider.definition.maker === true);
  const forgotten = call.mayStore
    ? undefined
    : dialect.forget?.(
        history === undefined ? document.value : { ...document.value, ...history },
        target.provider.definition.storesChat === true,
      );
  const dropped = [
    ...new Set([
      ...Object.keys(history ?? {}).map((field) => (field === 'system' ? 'system' : `thinking in ${field}`)),
      ...(forgotten?.dropped ?? []),
    ]),
  ];
  const changes = {
    ...(dialect.modelField === undefined ? {} : { [dialect.modelField]: target.model }),
    ...(maxOutputTokens === undefined ? {} : { [facts.maxOutputField]: maxOutputTokens }),
    ...dialect.usageFields?.(document.value, facts),
    ...history,
    ...forgotten?.changes,
  };
  if (quirks.length > 0) {
    const changed: JsonObject = { ...document.value, ...changes };
    const reshaped = applyQuirks(changed, endpoint.protocol, quirks, document.value);
    if (reshaped.body !== changed) return { body: Buffer.from(JSON.stringify(reshaped.body)), dropped: [...dropped, ...reshaped.dropped] };
  }
  return { body: spliceFields(document, changes), dropped };
}

function translatedBody(
  call: RoutedCall,
  target: Target,
  protocol: ProtocolCodec,
  endpoint: Endpoint,
  capabilities: Capabilities,
  maxOutputTokens: number | undefined,
): WrittenBody {
  const { quirks } = target.provider.definition;
  const decoded = decodedFor(call, target);
  const capped = maxOutputTokens === undefined ? decoded : { ...decoded, maxOutputTokens };
  const fitted = call.operation.fit?.(protocol, capped, { quirks, capabilities }) ?? { protocol, request: capped, dropped: [] };
  const encoded = protocol.encodeRequest(fitted.request, {
    requestModel: target.model,
    defaultMaxOutputTokens: maxOutputTokens ?? call.configuration.document.defaultMaxOutputTokens,
    quirks: new Set(quirks),
    capabilities,
  });
  const reshaped = applyQuirks({ ...endpoint.fields, ...encoded.body }, endpoint.protocol, quirks);
  return {
    body: Buffer.from(JSON.stringify(reshaped.body)),
    dropped: [...new Set([...(decoded.dropped ?? []), ...fitted.dropped, ...encoded.dropped, ...reshaped.dropped])],
    decoded: capped,
    protocol: fitted.protocol,
  };
}

function decodedFor({ dialect, document, envelope }: RoutedCall, { model }: Target): AnyRequest {
  return { ...dialect.decodeRequest(document.value, envelope), model };
}

function acceptOf(call: RoutedCall, protocol: ProtocolCodec): string {
  if (!call.facts.stream) return 'application/json';
  return protocol.framing === 'sse' ? 'text/event-stream' : 'application/vnd.amazon.eventstream';
}

async function credentialOf(gateway: Gateway, provider: ConfiguredProvider, fresh: boolean): Promise<string | undefined> {
  const { secretArn, config } = provider;
  if (secretArn === undefined) return undefined;
  const text = await (fresh ? gateway.secrets.refresh(secretArn) : gateway.secrets.read(secretArn));
  const field = config.credential?.field;
  if (field === undefined) return text;
  const fields = parseJson(text);
  const value = fields !== null && typeof fields === 'object' && !Array.isArray(fields) ? fields[field] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new GatewayError({
    code: 'provider_misconfigured',
    message: `The credential of the provider '${provider.id}' is not configured.`,
  });
}
