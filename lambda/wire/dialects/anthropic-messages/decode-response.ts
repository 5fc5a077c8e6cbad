import type { JsonObject } from '../../../platform/json';
import type { AssistantPart } from '../../model/request';
import type { Choice, ModelResponse } from '../../model/response';
import { defined, nonEmptyText, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { unreadableAnswer } from '../../protocols/provider-error';
import { madeToolId } from '../../protocols/tool-ids';
import { readCitation } from './citations';
import { errorInside } from './decode-error';
import { readThinking } from './decode-messages';
import { isToolCall, readFinishReason } from './finish-reason';
import { usageOf } from './usage';

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
  const blocks = objectsOf(body['content']);
  const choice: Choice = {
    content: blocks.flatMap((block, index) => readBlock(block, id, index)),
    finishReason: readFinishReason(stop, body, blocks.some(isToolCall)),
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
