import type { JsonObject } from '../../platform/json';
import type { WireFormat } from '../models';
import { type Endpoint, type EndpointRequest, endpointOf, type Offers, type ProviderDefinition } from './provider';
import type { QuirkName } from './quirks';

/** Wire formats that a compatible provider may serve below one base URL. */
export type CompatibleProtocol = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

const CHAT_PATHS: Readonly<Record<CompatibleProtocol, string>> = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'anthropic-messages': '/messages',
};

/** What the catalogue calls them. */
const WORDS: Readonly<Record<CompatibleProtocol, WireFormat>> = {
  'openai-chat': 'chat',
  'openai-responses': 'responses',
  'anthropic-messages': 'messages',
};

/** What tells one OpenAI-compatible provider from the next. */
export interface OpenAiStyle extends Pick<ProviderDefinition, 'kind' | 'telemetryName' | 'models' | 'selfHosted'> {
  /** Version segment included, such as `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
  readonly auth?: ProviderDefinition['auth'];
  readonly quirks?: readonly QuirkName[];
  /** Wire formats for chat, the first being the default. Default: `openai-chat` alone. */
  readonly protocols?: readonly CompatibleProtocol[];
  readonly embeddings?: boolean;
}

/**
 * A provider that speaks OpenAI's dialect (and perhaps more) below one base URL.
 * The setting `protocols`, a comma-separated list, overrides which wire formats an installation serves.
 */
export function openAiStyle(style: OpenAiStyle): ProviderDefinition {
  return {
    kind: style.kind,
    telemetryName: style.telemetryName,
    ...(style.baseUrl === undefined ? {} : { baseUrl: style.baseUrl }),
    auth: style.auth ?? { kind: 'bearer' },
    models: style.models,
    ...(style.selfHosted === undefined ? {} : { selfHosted: style.selfHosted }),
    // Free-text tools are OpenAI's own, and Azure's.
    quirks: [...(style.quirks ?? []), 'no-free-text-tools'],
    endpoint(request) {
      const served = servedProtocols(request.config.settings?.['protocols']) ?? style.protocols ?? ['openai-chat'];
      return compatibleEndpoint(request, served, style.embeddings ?? false);
    },
  };
}

/** Chooses, of the wire formats that are served and in which the model takes the call, the caller's own, else the first. */
export function choose(
  { preferred, taken }: Pick<EndpointRequest, 'preferred' | 'taken'>,
  served: readonly CompatibleProtocol[],
): CompatibleProtocol {
  const fitting = taken === undefined ? served : served.filter((protocol) => taken.includes(WORDS[protocol]));
  // Where none fits, the call is at least sent.
  const open = fitting.length === 0 ? served : fitting;
  return open.find((protocol) => protocol === preferred) ?? open[0] ?? 'openai-chat';
}

/** @param chatFields of Chat Completions, where a call is written in that */
export function compatibleEndpoint(
  request: EndpointRequest,
  served: readonly CompatibleProtocol[],
  embeddings: boolean,
  chatFields?: JsonObject,
): Endpoint | undefined {
  const offers: Offers = {
    chat: (asked) => {
      const protocol = choose(asked, served);
      const fields = chatFields === undefined || protocol !== 'openai-chat' ? {} : { fields: chatFields };
      return { protocol, path: CHAT_PATHS[protocol], headers: {}, ...fields };
    },
    embeddings: embeddings ? () => ({ protocol: 'openai-chat', path: '/embeddings', headers: {} }) : 'not-offered',
    'count-tokens': 'not-offered',
  };
  return endpointOf(offers, request);
}

function servedProtocols(setting: string | undefined): CompatibleProtocol[] | undefined {
  const named = setting?.split(',').map((name) => name.trim());
  const known = named?.filter((name): name is CompatibleProtocol => name in CHAT_PATHS);
  return known !== undefined && known.length > 0 ? known : undefined;
}
