import type { JsonObject } from '../../../platform/json';
import { objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { changedMessages, withoutExtra } from '../../protocols/openai-history';
import type { ChangedFields } from '../../protocols/protocol';
import { isGatewayDetail, isGatewayToken } from './reasoning';

/**
 * A history may hold thinking of another provider in the gateway's own marks, when a conversation moves to a provider that is
 * called in the caller's dialect. It means nothing there, and strict servers refuse it.
 *
 * @returns undefined when the body can be forwarded as it is
 */
export function forwardChanges(body: JsonObject): ChangedFields | undefined {
  const changes = changedMessages(body, (message) => {
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
  return changes === undefined ? undefined : { changes, dropped: ['thinking in messages'] };
}

function tokenOf(call: JsonObject): string | undefined {
  return textOf(objectOf(objectOf(call['extra_content'])?.['google'])?.['thought_signature']);
}
