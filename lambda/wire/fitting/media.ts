import { unsupported } from '../../platform/error';
import type { ModelRequest } from '../model/request';
import type { Capabilities } from '../models';

/**
 * Media that the model does not take are refused before they are sent: some hosts answer, and bill, as if they had not been there.
 *
 * @throws GatewayError 400 naming the part
 */
export function refuseForeignMedia({ messages }: ModelRequest, can: Capabilities): void {
  if (can.videoInput !== false) return;
  for (const [index, { content }] of messages.entries()) {
    const film = content.findIndex(({ type }) => type === 'video');
    const path = `messages[${index}].content[${film}]`;
    if (film >= 0) throw unsupported(path, `${path} is a film, which the chosen model does not take.`);
  }
}
