import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';

/** Empty text counts as none. */
const UNKNOWN_THOUGHT = ' ';

/** A body as DeepSeek takes it, and what was left out. */
interface Thinking {
  readonly body: JsonObject;
  readonly dropped?: readonly string[];
}

/**
 * DeepSeek thinks unless it is told not to, and while it does it can't be made to use a tool, and wants the thinking of every turn back once
 * tools were called. So who switches it off has that said in its words; who makes it use a tool has it switched off; and thinking that is not known,
 * because another model thought it or the client kept none, is a blank.
 *
 * @returns undefined when the body has nothing to change
 * @see https://api-docs.deepseek.com/guides/thinking_mode
 */
export function withThinkingRules(body: JsonObject): Thinking | undefined {
  const { reasoning_effort: effort, ...rest } = body;
  if (isOff(body['thinking'])) return undefined;
  if (effort === 'none') return { body: { ...rest, thinking: { type: 'disabled' } } };
  if (isForced(body['tool_choice'])) {
    const asks = effort !== undefined || body['thinking'] !== undefined;
    return { body: { ...rest, thinking: { type: 'disabled' } }, ...(asks ? { dropped: ['reasoning'] } : {}) };
  }
  const messages = body['messages'];
  if (!Array.isArray(messages) || !messages.some(callsTools)) return undefined;
  if (!messages.some(lacksThinking)) return undefined;
  return {
    body: {
      ...body,
      messages: messages.map((message) => (lacksThinking(message) ? { ...message, reasoning_content: UNKNOWN_THOUGHT } : message)),
    },
  };
}

function isOff(thinking: JsonValue | undefined): boolean {
  return isJsonObject(thinking) && thinking['type'] === 'disabled';
}

function isForced(choice: JsonValue | undefined): boolean {
  return choice === 'required' || isJsonObject(choice);
}

function callsTools(message: JsonValue): boolean {
  return isJsonObject(message) && Array.isArray(message['tool_calls']) && message['tool_calls'].length > 0;
}

function lacksThinking(message: JsonValue): message is JsonObject {
  return (
    isJsonObject(message) &&
    message['role'] === 'assistant' &&
    !(typeof message['reasoning_content'] === 'string' && message['reasoning_content'] !== '')
  );
}
