import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { AssistantPart } from '../../model/request';
import type { ModelResponse } from '../../model/response';
import { objectOf } from '../../protocols/lenient';
import type { EncodeContext } from '../../protocols/protocol';
import { writeCitation } from './citations';
import { writeFinishReason } from './finish-reason';
import { writeCallState, writeOpaque } from './signatures';
import { writeUsage } from './usage';

/** An answer that is a picture and nothing else, of a model that nobody knew to make one: nobody is to pay for an empty answer unknowingly. */
export const UNSHOWN_PICTURE = 'The model answered with a picture, which cannot be shown here. Call it by Chat Completions or Responses.';

/** The first alternative; callers of Messages cannot ask for more. */
export function encodeResponse(response: ModelResponse, context: EncodeContext): JsonObject {
  const choice = response.choices[0];
  const parts = choice?.content ?? [];
  const content = parts.flatMap(writeBlock);
  return {
    id: response.id ?? `msg_${context.requestId}`,
    type: 'message',
    role: 'assistant',
    model: response.model ?? context.originalModel,
    content: content.length === 0 && parts.some(({ type }) => type === 'image') ? [{ type: 'text', text: UNSHOWN_PICTURE }] : content,
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
