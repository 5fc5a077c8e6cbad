import type { JsonObject } from '../../../platform/json/value';
import { objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { isGatewayDetail, isGatewayToken } from './reasoning';

/**
 * A history may hold thinking of another provider in the gateway's own marks, when a conversation moves to a provider that is
 * called in the caller's dialect. It means nothing there, and strict servers refuse it.
 *
 * @returns the fields to change; undefined when the body can be forwarded as it is
 */
export function forwardChanges(body: JsonObject): JsonObject | undefined {
  return changedMessages(body, (message) => {
    const calls = objectsOf(message['tool_calls']);
    const marked = calls.some((call) => isGatewayToken(tokenOf(call)));
    const details = objectsOf(message['reasoning_details']);
    const foreign = details.some(isGatewayDetail);
    if (!marked && !foreign) return message;
    return {
      ...message,
      ...(marked ? { tool_calls: calls.map((call) => (isGatewayToken(tokenOf(call)) ? withoutExtra(call) : call)) } : {}),
      ...(foreign ? { reasoning_details: details.filter((detail) => !isGatewayDetail(detail)) } : {}),
    };
  });
}

/** The call without any thinking of earlier turns, for providers that refuse the fields; undefined when there is none. */
export function withoutReasoning(body: JsonObject): JsonObject | undefined {
  const changes = changedMessages(body, (message) => {
    const calls = objectsOf(message['tool_calls']);
    const extra = calls.some((call) => 'extra_content' in call);
    if (!('reasoning_content' in message) && !('reasoning_details' in message) && !extra) return message;
    const { reasoning_content: _text, reasoning_details: _details, ...rest } = message;
    return extra ? { ...rest, tool_calls: calls.map(withoutExtra) } : rest;
  });
  return changes === undefined ? undefined : { ...body, ...changes };
}

function changedMessages(body: JsonObject, change: (message: JsonObject) => JsonObject): JsonObject | undefined {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return undefined;
  let changed = false;
  const written = messages.map((item) => {
    const message = objectOf(item);
    if (message === undefined || message['role'] !== 'assistant') return item;
    const next = change(message);
    if (next !== message) changed = true;
    return next;
  });
  return changed ? { messages: written } : undefined;
}

function tokenOf(call: JsonObject): string | undefined {
  return textOf(objectOf(objectOf(call['extra_content'])?.['google'])?.['thought_signature']);
}

function withoutExtra(call: JsonObject): JsonObject {
  const { extra_content: _extra, ...rest } = call;
  return rest;
}
