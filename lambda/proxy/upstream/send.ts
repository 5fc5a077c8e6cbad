import type { OutboundRequest, Transport } from '../../platform/http';
import { spliceFields } from '../../platform/http';
import type { JsonObject } from '../../platform/json';
import { writeJson } from '../../platform/json';
import type { FormDocument } from '../../platform/multipart';
import type { ProviderSite, Target } from '../../routing';
import { holdThinking } from '../../wire/fitting';
import type { AnyRequest } from '../../wire/model';
import type { Capabilities } from '../../wire/models';
import type { ProtocolCodec } from '../../wire/protocols';
import type { Endpoint, TakenHeaders } from '../../wire/providers';
import { applyQuirks, joinPath } from '../../wire/providers';
import type { BoundedCall, RoutedCall } from '../before/call';
import { forwardedHeaders, headerText } from '../before/headers';
import { setsParameters } from '../choosing/parameters';
import type { Gateway } from '../gateway';
import { type AnswerStage, openStages } from '../relay/stages';
import { credentialOf } from './authorize';
import {
  BY_ROUTE,
  callersNames,
  capabilitiesAt,
  capsByOlderName,
  droppedOf,
  endpointFor,
  inCallersWords,
  isBeyond,
  mayBeBeyond,
  notOffered,
  quirksForModel,
  withParameters,
} from './fitting';
import { capFor, mostOutputOf } from './written-cap';

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
  /** Request fields that the caller did not ask for, with their values and the reason. */
  readonly written: readonly string[];
  /** The decoded call, where it had to be translated or its answer is read on the way. */
  readonly decoded?: AnyRequest;
  /** What reads or changes the answer. */
  readonly stages: readonly AnswerStage[];
}

const USER_AGENT = 'cdk-llm-gateway';

/**
 * Translates, addresses and signs a call for one target.
 *
 * @param freshCredential reads the credential anew: the known one was refused
 * @param traceparent of the trace that the call is a part of
 * @throws GatewayError 400 for what this target cannot do, 503 when the provider's configuration or credential is unusable
 */
export async function prepare(
  gateway: Gateway,
  bounded: BoundedCall,
  target: Target,
  site: ProviderSite,
  freshCredential: boolean,
  traceparent: string | undefined,
): Promise<PreparedCall> {
  const { call } = bounded;
  const { provider } = target;
  const place = endpointFor(call, target, site);
  const endpoint = place instanceof Promise ? await place : place;
  const codec = gateway.offer.protocols.protocol(endpoint.protocol, call.operation.name);
  const protocol = codec instanceof Promise ? await codec : codec;
  if (protocol === undefined) throw notOffered(provider.id);
  const passThrough =
    endpoint.protocol === call.dialect.name && !setsParameters(call, target) && !(mayBeBeyond(call) && (await isBeyond(call, target)));
  const capped = capFor(gateway, bounded, target, protocol, passThrough);
  const cap = capped instanceof Promise ? await capped : capped;
  const usual = passThrough && capsByOlderName(call, target) ? quirksForModel(call, target) : provider.definition.quirks;
  const quirks = usual instanceof Promise ? await usual : usual;
  const written = passThrough
    ? passedBody(call, target, endpoint, quirks, cap.tokens)
    : translatedBody(
        call,
        target,
        protocol,
        endpoint,
        await capabilitiesAt(call.configuration, target, mostOutputOf(bounded, target)),
        cap.tokens,
      );
  const stages = openStages(gateway.stages, call);
  // Whoever reads answers must understand them: a call that the common model cannot hold is refused by what is in it.
  const decoded = written.decoded ?? (stages.length === 0 ? undefined : decodedFor(call, target));
  const headers: Record<string, string> = {
    'content-type': written.type ?? 'application/json',
    accept: acceptOf(call, protocol),
    'user-agent': USER_AGENT,
  };
  Object.assign(headers, endpoint.headers);
  // A call that is written anew in its own dialect asks for the same features.
  const taken = endpoint.protocol === call.dialect.name ? callersHeaders(call, endpoint) : NO_HEADERS;
  Object.assign(headers, taken.headers);
  if (traceparent !== undefined) headers['traceparent'] = traceparent;
  const request = {
    method: 'POST' as const,
    origin: site.origin,
    path: joinPath(site.basePath, endpoint.path),
    headers,
    body: written.body,
    network: provider.network,
    region: site.region,
    role: provider.role,
  };
  const kept = credentialOf(gateway.secrets, provider, freshCredential);
  const credential = kept instanceof Promise ? await kept : kept;
  const proof = gateway.authorizer.authorize(provider.definition.auth, credential, request);
  Object.assign(headers, proof instanceof Promise ? await proof : proof);
  return {
    target,
    site,
    protocol: written.protocol ?? protocol,
    passThrough,
    transport: endpoint.transport === undefined ? gateway.transport : gateway.otherTransports[endpoint.transport],
    dropped: [...call.withheld, ...cap.dropped, ...written.dropped, ...taken.dropped],
    written: [...cap.written, ...written.written],
    ...(decoded === undefined ? {} : { decoded }),
    stages,
    request,
  };
}

const NO_HEADERS = { headers: {}, dropped: [] } as const;

function callersHeaders({ exchange, route }: RoutedCall, endpoint: Endpoint): TakenHeaders {
  const forwarded = forwardedHeaders(exchange.headers, route.dialect);
  return endpoint.takenHeaders?.(forwarded) ?? { headers: forwarded, dropped: [] };
}

interface WrittenBody {
  readonly body: Buffer;
  /** Default: JSON. */
  readonly type?: string | undefined;
  readonly dropped: readonly string[];
  readonly written: readonly string[];
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
  if (document.form !== undefined) return passedForm(call, document, target);
  const history = dialect.forwardChanges?.(document.value, {
    maker: target.provider.definition.maker === true,
    runsNoTools: endpoint.runsNoTools === true,
  });
  const forgotten = call.mayStore
    ? undefined
    : dialect.forget?.(
        history === undefined ? document.value : { ...document.value, ...history.changes },
        target.provider.definition.storesChat === true,
      );
  const dropped = joined(history?.dropped, forgotten?.dropped);
  const thinking =
    maxOutputTokens === undefined || dialect.thinkingBudgets === undefined
      ? undefined
      : holdThinking(document.value, dialect.thinkingBudgets, maxOutputTokens, facts.maxOutputTokens);
  const written = thinking?.written ?? NOTHING;
  const changes: JsonObject = {};
  if (dialect.modelField !== undefined) changes[dialect.modelField] = endpoint.model ?? target.model;
  if (maxOutputTokens !== undefined) changes[facts.maxOutputField] = maxOutputTokens;
  Object.assign(changes, thinking?.changes, dialect.usageFields?.(document.value, facts), history?.changes, forgotten?.changes);
  if (quirks.length > 0) {
    const changed: JsonObject = { ...document.value, ...changes };
    const reshaped = applyQuirks(changed, endpoint.protocol, quirks, document.value);
    if (reshaped.body !== changed)
      return { body: Buffer.from(JSON.stringify(reshaped.body)), dropped: joined(dropped, reshaped.dropped), written };
  }
  return { body: spliceFields(document, changes), dropped, written };
}

const NOTHING: readonly string[] = [];

/** Both lists, each name once; a list with nothing to add to it as it is. */
function joined(first: readonly string[] = NOTHING, second: readonly string[] = NOTHING): readonly string[] {
  if (first.length + second.length <= 1) return first.length === 0 ? second : first;
  return [...new Set([...first, ...second])];
}

/** Nothing but the model's name is exchanged in a form, where the form is what names it. */
function passedForm({ dialect, exchange }: RoutedCall, { bytes, form }: FormDocument, { model }: Target): WrittenBody {
  const { modelField } = dialect;
  return {
    body: modelField === undefined ? bytes : form.with(modelField, model),
    type: headerText(exchange.headers, 'content-type'),
    dropped: [],
    written: [],
  };
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
  const said = decodedFor(call, target);
  const { request: decoded, set } = setsParameters(call, target)
    ? withParameters(said, target.parameters ?? {})
    : { request: said, set: [] };
  const capped = maxOutputTokens === undefined ? decoded : { ...decoded, maxOutputTokens };
  const lowered = maxOutputTokens === undefined ? undefined : { tokens: maxOutputTokens, asked: call.facts.maxOutputTokens };
  const showsPictures = call.dialect.showsPictures === true;
  const { fetchesNothing = false } = endpoint;
  const place = { quirks, capabilities, showsPictures, fetchesNothing, ...(lowered === undefined ? {} : { lowered }) };
  const own = callersNames(call, decoded);
  const { mediaLocations } = target.provider.config;
  const facts = { requestModel: endpoint.model ?? target.model, quirks: new Set(quirks), capabilities, mediaLocations };
  const [fitted, encoded] = inCallersWords(own, () => {
    const fits = call.operation.fit?.(protocol, capped, place) ?? { protocol, request: capped, dropped: [], written: [] };
    return [fits, protocol.encodeRequest(fits.request, facts)] as const;
  });
  const body = { ...endpoint.fields, ...encoded.body };
  const reshaped = applyQuirks(endpoint.settle?.(body) ?? body, endpoint.protocol, quirks);
  return {
    body: Buffer.from(writeJson(reshaped.body)),
    dropped: droppedOf(decoded, own, [...fitted.dropped, ...encoded.dropped, ...reshaped.dropped]),
    written: [
      ...set.map(([field, value]) => `${own.name(field)}=${value} (${BY_ROUTE})`),
      ...fitted.written.map(({ field, value }) => `${own.name(field)}=${value}`),
    ],
    decoded: capped,
    protocol: fitted.protocol,
  };
}

function decodedFor({ dialect, document, envelope }: RoutedCall, { model }: Target): AnyRequest {
  return { ...dialect.decodeRequest(document.value, envelope), model };
}

function acceptOf(call: RoutedCall, protocol: ProtocolCodec): string {
  if (call.answer === 'bytes') return '*/*';
  if (call.answer === 'json') return 'application/json';
  return protocol.framing === 'sse' ? 'text/event-stream' : 'application/vnd.amazon.eventstream';
}
