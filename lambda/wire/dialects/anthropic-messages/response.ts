import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { AssistantPart } from '../../model/request';
import type { Choice, ModelResponse } from '../../model/response';
import { defined, nonEmptyText, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import type { EncodeContext } from '../../protocols/protocol';
import { unreadableAnswer } from '../../protocols/provider-error';
import { madeToolId } from '../../protocols/tool-ids';
import { withCallersToolNames } from '../../protocols/tool-names';
import { readCitation, writeCitation } from './content';
import { errorInside } from './error';
import { readFinishReason, writeFinishReason } from './finish-reason';
import { readThinking } from './messages';
import { writeCallState, writeOpaque } from './signatures';
import { usageOf, writeUsage } from './usage';

/**
 * Reads a whole answer. Throws `GatewayError` when it is an error, or no answer.
 *
 * @see https://docs.claude.com/en/api/messages
 */
export function decodeResponse(body: JsonObject): ModelResponse {
  const failure = errorInside(body);
  if (failure !== undefined) throw failure.error;
  if (!Array.isArray(body['content'])) throw unreadableAnswer();
  const id = nonEmptyText(body['id']);
  const stop = nonEmptyText(body['stop_reason']) ?? 'end_turn';
  const choice: Choice = {
    content: objectsOf(body['content']).flatMap((block, index) => readBlock(block, id, index)),
    finishReason: readFinishReason(stop, nonEmptyText(body['stop_sequence'])),
  };
  return defined({ id, model: nonEmptyText(body['model']), choices: [choice], usage: usageOf(body) });
}

/** Blocks of server-side tools have no place in the common model; their calls are in the usage. */
function readBlock(block: JsonObject, id: string | undefined, index: number): AssistantPart[] {
  switch (block['type']) {
    case 'text': {
      const citations = objectsOf(block['citations']).map(readCitation);
      return [
        defined({ type: 'text' as const, text: textOf(block['text']) ?? '', citations: citations.length === 0 ? undefined : citations }),
      ];
    }
    case 'thinking':
    case 'redacted_thinking':
      return [readThinking(block)];
    case 'tool_use':
      return [
        {
          type: 'tool-call',
          id: nonEmptyText(block['id']) ?? madeToolId(id, 0, index),
          name: textOf(block['name']) ?? '',
          arguments: JSON.stringify(objectOf(block['input']) ?? {}),
        },
      ];
    default:
      return [];
  }
}

/** The first alternative; callers of Messages cannot ask for more. */
export function encodeResponse(answer: ModelResponse, context: EncodeContext): JsonObject {
  const response = withCallersToolNames(answer, context.request.tools);
  const choice = response.choices[0];
  return {
    id: response.id ?? `msg_${context.requestId}`,
    type: 'message',
    role: 'assistant',
    model: response.model ?? context.originalModel,
    content: (choice?.content ?? []).flatMap(writeBlock),
    ...(choice === undefined ? { stop_reason: null, stop_sequence: null } : writeFinishReason(choice.finishReason)),
    usage: writeUsage(response.usage),
  };
}

function writeBlock(part: AssistantPart): JsonObject[] {
  switch (part.type) {
    case 'text': {
      if (part.text === '') return [];
      const citations = (part.citations ?? []).map(writeCitation).filter((citation) => citation !== undefined);
      return [{ type: 'text', text: part.text, ...(citations.length === 0 ? {} : { citations }) }];
    }
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      if (part.redacted !== undefined) return [{ type: 'redacted_thinking', data: writeOpaque(part.redacted) }];
      return [{ type: 'thinking', thinking: part.text, signature: part.signature === undefined ? '' : writeOpaque(part.signature) }];
    case 'tool-call':
      return [
        ...(part.signature === undefined ? [] : [{ type: 'redacted_thinking', data: writeCallState(part.id, part.signature) }]),
        { type: 'tool_use', id: part.id, name: part.name, input: inputOf(part.arguments) },
      ];
    default:
      return [];
  }
}

/** Arguments that are not an object, as when the cap cut them, are shown as they came: an object is all that fits. */
export function inputOf(text: string): JsonObject {
  return objectOf(parseJson(text)) ?? (text === '' ? {} : { _unparsed: text });
}
