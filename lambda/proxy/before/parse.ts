import { GUARDRAIL_ID, MOST_GUARDRAILS, SENSITIVITIES, type SensitivityLabel } from '../../../lib/private/contract';
import type { Caller, RequestHeaders } from '../../identity';
import { GatewayError, invalidRequest, unsupported } from '../../platform/error';
import type { Exchange } from '../../platform/http';
import { parseJson, parseJsonDocument, REQUEST_LIMITS, tooLarge } from '../../platform/json';
import type { LiveConfiguration } from '../../routing';
import type { Operation } from '../../wire/model';
import type { AnswerKind, BodyKind, OperationDeclaration } from '../../wire/operations';
import { type CallEnvelope, type CallFacts, storedReferenceIn } from '../../wire/protocols';
import type { Gateway } from '../gateway';
import type { CallDocument, CallOptions, ModelCall } from './call';
import { checkFieldNames } from './field-names';
import { headerText } from './headers';
import type { FoundRoute } from './routes';

const MAX_LABELS = 32;
const LABEL_NAME = /^[A-Za-z0-9_.:-]{1,64}$/;
const LONGEST_LABEL = 256;

/**
 * Reads what is asked for.
 *
 * @throws GatewayError 400 naming the field, 413, 415
 */
export async function parse(
  gateway: Gateway,
  exchange: Exchange,
  match: FoundRoute,
  caller: Caller,
  requestId: string,
  configuration: LiveConfiguration,
): Promise<ModelCall> {
  const { route } = match;
  const operation = gateway.offer.operations[route.operation as Operation];
  const read = READERS[operation.body](exchange, configuration.document.maxBodyBytes);
  const document = read instanceof Promise ? await read : read;
  checkFieldNames(document.value);
  const codec = gateway.offer.protocols.dialect(route.dialect, operation.name);
  const dialect = codec instanceof Promise ? await codec : codec;
  const envelope = envelopeOf(exchange.headers, match, document);
  const facts = factsOf({ operation, dialect, envelope }, document);
  const reference = facts.storedReferences[0] ?? storedReferenceIn(document.value);
  if (reference !== undefined) {
    throw unsupported(
      reference,
      `${reference} refers to state at the provider, which this gateway's callers share; send the content instead.`,
    );
  }
  const options = readOptions(exchange.headers);
  const answer = answerKind(operation, facts);
  return { requestId, exchange, route, operation, answer, dialect, envelope, document, facts, options, caller, configuration };
}

/** What a body says of itself. Counts and vectors never come as a stream, whatever a body that was meant for an answer says. */
export function factsOf(
  { operation, dialect, envelope }: Pick<ModelCall, 'operation' | 'dialect' | 'envelope'>,
  document: CallDocument,
): CallFacts {
  const inspected = dialect.inspect(document.value, envelope);
  return operation.answers.includes('sse') ? inspected : { ...inspected, stream: false };
}

function envelopeOf(headers: RequestHeaders, { route, model }: FoundRoute, { form }: CallDocument): CallEnvelope {
  return {
    headers,
    ...(model === undefined ? {} : { model }),
    ...(route.stream === undefined ? {} : { stream: route.stream }),
    ...(form === undefined ? {} : { files: form.files }),
  };
}

function answerKind({ answers }: OperationDeclaration, { stream }: CallFacts): AnswerKind {
  if (stream) return 'sse';
  return answers.includes('bytes') ? 'bytes' : 'json';
}

/** How a body of each kind is read. */
const READERS: Readonly<Record<BodyKind, (exchange: Exchange, maxBytes: number) => CallDocument | Promise<CallDocument>>> = {
  json({ headers, body }, maxBytes) {
    checkEncoding(headers);
    const type = headerText(headers, 'content-type');
    // A missing content type is taken for JSON, as the providers do.
    if (type !== 'application/json' && type !== undefined && type !== '' && !/^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i.test(type)) {
      throw unsupportedMedia('Send the body as content-type application/json.');
    }
    if (body.length > maxBytes) throw tooLarge(maxBytes);
    return parseJsonDocument(body, { ...REQUEST_LIMITS, maxBytes });
  },
  async multipart({ headers, body }, maxBytes) {
    checkEncoding(headers);
    const type = headerText(headers, 'content-type') ?? '';
    if (!/^multipart\/form-data(?=\s*;|$)/i.test(type)) throw unsupportedMedia('Send the body as content-type multipart/form-data.');
    if (body.length > maxBytes) throw tooLarge(maxBytes);
    const { boundaryOf, readForm } = await import('../../platform/multipart');
    const document = readForm(body, boundaryOf(type));
    // A server that reads names in any case must not take a file for a field either.
    checkFieldNames(Object.fromEntries(document.form.files.map(({ name }) => [name, null])));
    return document;
  },
};

/** A body comes in the plain. */
function checkEncoding(headers: RequestHeaders): void {
  const encoding = headerText(headers, 'content-encoding');
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity')
    throw unsupportedMedia('Send the body without content-encoding.');
}

function unsupportedMedia(message: string): GatewayError {
  return new GatewayError({ code: 'unsupported_media_type', message });
}

/** @throws GatewayError 400 that names the header */
export function readOptions(headers: RequestHeaders): CallOptions {
  const timeout = headerText(headers, 'x-gateway-timeout-ms');
  const maxCostUsd = headerText(headers, 'x-gateway-max-cost-usd');
  if (timeout !== undefined && !/^[1-9]\d{0,8}$/.test(timeout)) {
    throw invalidRequest(
      'x-gateway-timeout-ms',
      'The header x-gateway-timeout-ms must be a whole number of milliseconds.',
      'invalid_header',
    );
  }
  return {
    labels: Object.assign(readLabels(headers, 'x-gateway-metadata'), readLabels(headers, 'x-gateway-tags')),
    timeoutMs: timeout === undefined ? undefined : Number(timeout),
    maxCostUsd,
    sensitivity: readSensitivity(headers),
    guardrails: readGuardrails(headers),
  };
}

function readSensitivity(headers: RequestHeaders): SensitivityLabel | undefined {
  const text = headerText(headers, 'x-gateway-sensitivity');
  if (text === undefined) return undefined;
  const label = SENSITIVITIES.find((known) => known === text);
  if (label !== undefined) return label;
  const message = `The header x-gateway-sensitivity must be one of ${SENSITIVITIES.join(', ')}.`;
  throw invalidRequest('x-gateway-sensitivity', message, 'invalid_header');
}

const NO_GUARDRAILS: readonly string[] = [];

function readGuardrails(headers: RequestHeaders): readonly string[] {
  const text = headerText(headers, 'x-gateway-guardrails');
  if (text === undefined || text === '') return NO_GUARDRAILS;
  const ids = text.split(',').map((id) => id.trim());
  if (ids.length <= MOST_GUARDRAILS && ids.every((id) => GUARDRAIL_ID.test(id))) return ids;
  const message = `The header x-gateway-guardrails takes at most ${MOST_GUARDRAILS} ids of guardrail policies, with commas between them.`;
  throw invalidRequest('x-gateway-guardrails', message, 'invalid_header');
}

/** `name=value,name=value`, or a JSON object of strings. */
function readLabels(headers: RequestHeaders, header: string): Record<string, string> {
  const text = headerText(headers, header);
  if (text === undefined || text === '') return {};
  const entries = text.startsWith('{') ? jsonEntries(text) : text.split(',').map(pair);
  if (entries === undefined || entries.length > MAX_LABELS) throw badLabels(header);
  const labels: [string, string][] = [];
  for (const [name, value] of entries) {
    if (!LABEL_NAME.test(name) || name === '__proto__' || typeof value !== 'string' || value.length > LONGEST_LABEL)
      throw badLabels(header);
    labels.push([name, value]);
  }
  return Object.fromEntries(labels);
}

function jsonEntries(text: string): [string, unknown][] | undefined {
  const value = parseJson(text);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : undefined;
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), 'true'] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function badLabels(header: string): GatewayError {
  const message = `The header ${header} takes name=value,name=value or a JSON object of strings: at most ${MAX_LABELS}, names of 64 and values of ${LONGEST_LABEL} characters.`;
  return invalidRequest(header, message, 'invalid_header');
}
