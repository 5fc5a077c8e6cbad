import { GatewayError } from '../../lambda/platform/error';
import type { JsonObject, JsonValue } from '../../lambda/platform/json/value';
import { anthropicMessages } from '../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../lambda/wire/dialects/openai-responses';
import type { ModelRequest } from '../../lambda/wire/model/request';
import { bedrockConverse } from '../../lambda/wire/protocols/bedrock-converse';
import { cohereV2 } from '../../lambda/wire/protocols/cohere-v2';
import { gemini } from '../../lambda/wire/protocols/gemini';
import type { Dialect, Protocol } from '../../lambda/wire/protocols/protocol';
import { targetFacts } from './target';

/** Calls in a caller's dialect: what is sent on keeps every field, or the call is refused by name. */

const TARGET = targetFacts('claude-sonnet-4-5');
const CODECS: Readonly<Record<string, Dialect & Protocol>> = { 'openai-chat': openAiChat, 'anthropic-messages': anthropicMessages };

export interface RequestRow {
  readonly id: string;
  readonly wireFormat: string;
  readonly body: JsonObject;
}

/** Registers the checks of calls in the dialects that have a codec both ways; a skipped test where there is none. */
export function describeRequests(all: readonly RequestRow[]): void {
  const rows = all.filter(({ wireFormat }) => wireFormat in CODECS);
  if (rows.length === 0) test.skip('calls sent in come out the same', () => undefined);
  for (const row of rows) {
    test(`${row.id} sent in comes out the same, or is refused by name`, () => comesOutTheSame(row));
    test(`${row.id} crosses to the other dialect and back, or is refused by name`, () => crosses(row));
  }
}

function codecOf({ wireFormat }: RequestRow): Dialect & Protocol {
  const codec = CODECS[wireFormat];
  if (codec === undefined) throw new Error(`no codec for ${wireFormat}`);
  return codec;
}

function comesOutTheSame(row: RequestRow): void {
  const codec = codecOf(row);
  const target = targetFacts(row.body['model'] as string);

  const attempt = refusalOr(() => codec.encodeRequest(codec.decodeRequest(row.body), target));

  if (attempt instanceof GatewayError) expect(attempt).toMatchObject({ status: 400, param: expect.stringMatching(/./) });
  else {
    // An effort that the model does not know is asked for as the nearest.
    const changed = attempt.dropped.includes('reasoning.effort') ? ['output_config', 'reasoning', 'reasoning_effort'] : [];
    const dropped = [...attempt.dropped, ...changed];
    expect(withoutFields(normal(attempt.body), dropped)).toEqual(withoutFields(normal(row.body), dropped));
  }
}

function crosses(row: RequestRow): void {
  const codec = codecOf(row);
  const other = codec === openAiChat ? anthropicMessages : openAiChat;
  const attempt = refusalOr(() => {
    const first = codec.decodeRequest(row.body);
    return { first, crossed: other.decodeRequest(other.encodeRequest(first, TARGET).body) };
  });
  if (attempt instanceof GatewayError) {
    expect(attempt).toMatchObject({ status: 400, param: expect.stringMatching(/./) });
    return;
  }
  const { first, crossed } = attempt;
  const documents = first.messages.some(({ content }) => content.some(({ type }) => type === 'document'));
  // A document of text becomes text where there are no documents.
  expect(words(crossed)).toEqual(documents ? expect.arrayContaining(words(first)) : words(first));
  expect(crossed.tools?.map(({ name, parameters }) => ({ name, parameters }))).toEqual(
    first.tools?.map(({ name, parameters }) => ({ name, parameters: parameters ?? { type: 'object', properties: {} } })),
  );
  expect(crossed.maxOutputTokens).toBe(first.maxOutputTokens);
}

/** All that is said; thinking stays with the provider that signed it. */
function words(request: ModelRequest): string[] {
  const texts = request.messages
    .flatMap((message) => message.content as readonly { type: string; text?: string }[])
    .flatMap((part) => (part.type === 'reasoning' ? [] : (part.text ?? [])));
  return texts.filter((text) => text !== '');
}

function refusalOr<T>(attempt: () => T): T | GatewayError {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** Two spellings of the same call in one: a text for a list of one text, no empty and no default fields. */
function normal(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) {
    const [first] = value;
    if (value.length === 1 && isPlainText(first)) return (first as JsonObject)['text'] ?? null;
    return value.map(normal);
  }
  if (typeof value !== 'object' || value === null) return value ?? null;
  const fields = Object.entries(value)
    .filter(([name, inner]) => inner !== null && inner !== undefined && inner !== '' && !(name === 'stream' && inner === false))
    .filter(([name, inner]) => name !== 'type' || (inner !== 'custom' && inner !== 'function'))
    .filter(([name]) => name !== 'stream_options' && name !== 'prompt_cache_breakpoint')
    .map(([name, inner]) => [name === 'max_tokens' ? 'max_completion_tokens' : name, normal(inner)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields);
}

function isPlainText(value: JsonValue | undefined): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && value['type'] === 'text' && Object.keys(value).length === 2
  );
}

function withoutFields(value: JsonValue, fields: readonly string[]): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !fields.includes(name))) as JsonObject;
}

/** Dialects that a call may come in. */
const DIALECTS: Readonly<Record<string, Dialect>> = { ...CODECS, 'openai-responses': openAiResponses };

/** Models of the wire formats that are no dialect, and OpenAI's newer one. */
export const OTHER_TARGETS: readonly [Protocol, string][] = [
  [bedrockConverse, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  [bedrockConverse, 'us.amazon.nova-pro-v1:0'],
  [gemini, 'gemini-3-pro-preview'],
  [cohereV2, 'command-a-03-2025'],
];

export function encodeFor(protocol: Protocol, model: string, request: ModelRequest): { body: JsonObject; dropped: readonly string[] } {
  return protocol.encodeRequest(request, targetFacts(model));
}

function wordsOfPart(part: ModelRequest['messages'][number]['content'][number]): string[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [part.text];
    case 'image':
      return [part.source.kind === 'url' ? part.source.url : part.source.data];
    case 'video':
      return [part.source.kind === 'url' ? part.source.url : part.source.data];
    case 'document': {
      if (part.source.kind === 'url') return [part.source.url];
      // A document of text may become text.
      return part.source.mediaType === 'text/plain' ? [] : [part.source.data];
    }
    case 'audio':
      return [part.data];
    case 'tool-call':
      return [part.name];
    case 'tool-result':
      return part.content.flatMap((item) => (item.type === 'text' ? [item.text] : []));
    case 'reasoning':
      return [];
  }
}

/** Everything in the request that the model must see, as JSON would write it. */
function wordsOf(request: ModelRequest): string[] {
  const texts = request.messages.flatMap((message) => message.content.flatMap(wordsOfPart));
  const tools = (request.tools ?? []).flatMap((tool) => [tool.name, tool.description ?? '']);
  return [...texts, ...tools, ...(request.stop ?? [])].filter((word) => word !== '').map((word) => JSON.stringify(word).slice(1, -1));
}

function crossing(decode: () => ModelRequest, protocol: Protocol, model: string): void {
  let request: ModelRequest | undefined;
  try {
    request = decode();
    const { body, dropped } = encodeFor(protocol, model, request);
    const written = JSON.stringify(body);
    for (const word of wordsOf(request)) expect(written).toContain(word);
    expect(dropped.every((name) => /^[a-z_.]+$/.test(name))).toBe(true);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error).toMatchObject({ status: 400, param: expect.stringMatching(/./) });
  }
}

/** Registers the crossing of each call to each of the other wire formats: every word arrives, or the call is refused by name. */
export function describeCrossings(all: readonly RequestRow[]): void {
  const rows = all.filter(({ wireFormat }) => wireFormat in DIALECTS);
  if (rows.length === 0) test.skip('calls cross to the other wire formats', () => undefined);
  for (const [protocol, model] of OTHER_TARGETS) {
    for (const { id, wireFormat, body } of rows) {
      test(`${id} crosses to ${model}`, () => crossing(() => (DIALECTS[wireFormat] as Dialect).decodeRequest(body), protocol, model));
    }
  }
}
