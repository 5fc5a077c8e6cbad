import type { JsonObject, JsonValue } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { AssistantPart, Opaque } from '../../model/request';
import type { ModelResponse } from '../../model/response';
import { defined, nonEmptyText, objectOf, objectsOf, textOf } from '../lenient';
import { unreadableAnswer } from '../provider-error';
import { readCitation } from './citations';
import { converseFinishReason } from './finish-reason';
import { converseUsage } from './usage';

/** @throws GatewayError 502 when the body is not an answer */
export function decodeResponse(body: JsonObject): ModelResponse {
  const message = objectOf(objectOf(body['output'])?.['message']);
  if (message === undefined) throw unreadableAnswer();
  const content = objectsOf(message['content']).flatMap(readBlock);
  const finishReason = converseFinishReason(
    body,
    content.some((part) => part.type === 'tool-call'),
  );
  const usage = converseUsage(body);
  return defined({ choices: [{ content, finishReason }], usage, serviceTier: usage?.serviceTier });
}

export function opaque(value: string): Opaque {
  return { protocol: 'bedrock-converse', value };
}

/** Blocks of kinds that we do not know are left out. */
function readBlock(block: JsonObject): AssistantPart[] {
  const text = nonEmptyText(block['text']);
  if (text !== undefined) return [{ type: 'text', text }];

  const cited = objectOf(block['citationsContent']);
  if (cited !== undefined) return citedText(cited);

  const reasoning = objectOf(block['reasoningContent']);
  if (reasoning !== undefined) return readReasoning(reasoning);

  const toolUse = objectOf(block['toolUse']);
  // Tools that Bedrock ran itself are its own business.
  if (toolUse !== undefined && toolUse['type'] !== 'server_tool_use') return readToolUse(toolUse);

  const image = objectOf(block['image']);
  const data = nonEmptyText(objectOf(image?.['source'])?.['bytes']);
  if (image === undefined || data === undefined) return [];
  return [{ type: 'image', source: { kind: 'base64', mediaType: `image/${textOf(image['format']) ?? 'png'}`, data } }];
}

function citedText(block: JsonObject): AssistantPart[] {
  const text = objectsOf(block['content'])
    .map((content) => textOf(content['text']) ?? '')
    .join('');
  const citations = objectsOf(block['citations']).map(readCitation);
  return text === '' && citations.length === 0 ? [] : [{ type: 'text', text, ...(citations.length === 0 ? {} : { citations }) }];
}

function readReasoning(reasoning: JsonObject): AssistantPart[] {
  const redacted = nonEmptyText(reasoning['redactedContent']);
  if (redacted !== undefined) return [{ type: 'reasoning', text: '', redacted: opaque(redacted) }];
  const shown = objectOf(reasoning['reasoningText']);
  if (shown === undefined) return [];
  const signature = nonEmptyText(shown['signature']);
  return [{ type: 'reasoning', text: textOf(shown['text']) ?? '', ...(signature === undefined ? {} : { signature: opaque(signature) }) }];
}

function readToolUse(toolUse: JsonObject): AssistantPart[] {
  const name = nonEmptyText(toolUse['name']);
  const id = nonEmptyText(toolUse['toolUseId']);
  if (name === undefined || id === undefined) return [];
  return [{ type: 'tool-call', id, name, arguments: argumentsOf(toolUse['input']) }];
}

/** Some models' arguments come as the text of an object, and none at all as an empty text. */
function argumentsOf(input: JsonValue | undefined): string {
  const text = textOf(input);
  if (text === undefined) return JSON.stringify(input ?? {});
  return objectOf(parseJson(text)) === undefined ? JSON.stringify(text === '' ? {} : text) : text;
}
