import type { ProviderKind } from '../../../lib/private/contract';
import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

/** Sent when the caller names no version of its own. */
const ANTHROPIC_VERSION = '2023-06-01';

/** A provider that speaks Anthropic's Messages. Its base URL carries no version: the path does. */
export function anthropicStyle(style: {
  readonly kind: ProviderKind;
  readonly telemetryName: string;
  readonly baseUrl?: string;
  readonly models: readonly string[];
  readonly selfHosted?: true;
}): ProviderDefinition {
  return { ...style, auth: { kind: 'header', name: 'x-api-key' }, quirks: [], endpoint };
}

function endpoint({ operation }: EndpointRequest): Endpoint | undefined {
  const headers = { 'anthropic-version': ANTHROPIC_VERSION };
  if (operation === 'chat') return { protocol: 'anthropic-messages', path: '/v1/messages', headers };
  if (operation === 'count-tokens') return { protocol: 'anthropic-messages', path: '/v1/messages/count_tokens', headers };
  return undefined;
}
