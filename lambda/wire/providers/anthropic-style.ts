import type { ProviderKind } from '../../../lib/private/contract';
import { endpointOf, type Offers, type ProviderDefinition } from './provider';

/** Sent when the caller names no version of its own. */
const ANTHROPIC_VERSION = '2023-06-01';
const headers = { 'anthropic-version': ANTHROPIC_VERSION };

const OFFERS: Offers = {
  chat: () => ({ protocol: 'anthropic-messages', path: '/v1/messages', headers }),
  'count-tokens': () => ({ protocol: 'anthropic-messages', path: '/v1/messages/count_tokens', headers }),
  embeddings: 'not-offered',
};

/** A provider that speaks Anthropic's Messages. Its base URL carries no version: the path does. */
export function anthropicStyle(style: {
  readonly kind: ProviderKind;
  readonly telemetryName: string;
  readonly baseUrl?: string;
  readonly models: readonly string[];
  readonly selfHosted?: true;
  readonly maker?: true;
}): ProviderDefinition {
  return { ...style, auth: { kind: 'header', name: 'x-api-key' }, quirks: [], endpoint: (request) => endpointOf(OFFERS, request) };
}
