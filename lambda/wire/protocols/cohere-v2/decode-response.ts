import type { JsonObject } from '../../../platform/json';
import type { AssistantPart } from '../../model/request';
import type { ModelResponse } from '../../model/response';
import { argumentsOf, arrayOf, defined, nonEmptyText, objectOf, objectsOf, textOf } from '../lenient';
import { bareError } from '../openai-error';
import { unreadableAnswer } from '../provider-error';
import { isOfText, readCitation } from './citations';
import { cohereFinishReason } from './finish-reason';
import { cohereUsage } from './usage';

/** @throws GatewayError 502 when the body is not an answer */
export function decodeResponse(body: JsonObject): ModelResponse {
  const message = objectOf(body['message']);
  if (message === undefined) throw bareError(body)?.error ?? unreadableAnswer();
  const plan = nonEmptyText(message['tool_plan']);
  const content: AssistantPart[] = [
    ...(plan === undefined ? [] : [{ type: 'reasoning' as const, text: plan }]),
    ...readContent(message),
    ...objectsOf(message['tool_calls']).flatMap(readToolCall),
  ];
  const finishReason = cohereFinishReason(
    nonEmptyText(body['finish_reason']) ?? '',
    content.some(({ type }) => type === 'tool-call'),
  );
  return defined({ id: nonEmptyText(body['id']), choices: [{ content, finishReason }], usage: cohereUsage(body) });
}

/** Citations count their offsets in the text of the content block that they name. */
function readContent(message: JsonObject): AssistantPart[] {
  const citations = objectsOf(message['citations']).filter(isOfText);
  const plain = nonEmptyText(message['content']);
  const blocks = plain === undefined ? arrayOf(message['content']) : [{ type: 'text', text: plain }];
  return blocks.flatMap((value, index): AssistantPart[] => {
    const block = objectOf(value) ?? {};
    const thinking = nonEmptyText(block['thinking']);
    if (thinking !== undefined) return [{ type: 'reasoning', text: thinking }];
    const text = textOf(block['text']);
    if (text === undefined) return [];
    const own = citations.filter((citation) => (citation['content_index'] ?? firstText(blocks)) === index).map(readCitation);
    return text === '' && own.length === 0 ? [] : [{ type: 'text', text, ...(own.length === 0 ? {} : { citations: own }) }];
  });
}

function firstText(blocks: readonly JsonObject['x'][]): number {
  return blocks.findIndex((block) => objectOf(block)?.['type'] === 'text');
}

function readToolCall(call: JsonObject): AssistantPart[] {
  const details = objectOf(call['function']);
  const name = nonEmptyText(details?.['name']);
  const id = nonEmptyText(call['id']);
  if (name === undefined || id === undefined) return [];
  return [{ type: 'tool-call', id, name, arguments: argumentsOf(details?.['arguments']) }];
}
