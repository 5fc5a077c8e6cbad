import type { ProviderConfig, ProviderKind, RouteConfig } from '../../lib/private/contract';
import { startGateway, type TestGateway, type TestGatewayOptions, type TestReply } from './gateway';
import { jsonReply, type SeenRequest, startUpstream, type Upstream } from './upstream';

/** What stands after the origin in each kind's base URL, which tells the calls of one provider from another's. */
const HOSTS = {
  openai: '/openai/v1',
  'azure-openai': '/azure',
  anthropic: '/anthropic',
  bedrock: '/bedrock',
  'google-ai-studio': '/gemini',
  'vertex-ai': '/vertex',
  mistral: '/mistral/v1',
  deepseek: '/deepseek',
  xai: '/xai/v1',
  vllm: '/vllm/v1',
  'openai-compatible': '/compatible/v1',
} as const satisfies Partial<Record<ProviderKind, string>>;

export type Host = keyof typeof HOSTS;

export interface Hosts {
  readonly gateway: TestGateway;
  readonly upstream: Upstream;
  /** Every call as it came, parsed. */
  sent(): { readonly path: string; readonly headers: SeenRequest['headers']; readonly body: Sent }[];
  /** Calls the model of a host through a path of the gateway. */
  ask(path: string, body: Readonly<Record<string, unknown>>, headers?: Record<string, string>): Promise<TestReply>;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
export type Sent = any;

/** A gateway before every vendor, each played by one scripted provider on loopback; providers are named like their kinds. */
export async function startHosts(
  changes: Partial<Record<Host, Partial<ProviderConfig>>> = {},
  options: Omit<TestGatewayOptions, 'document'> = {},
  routes: RouteConfig[] = [],
): Promise<Hosts> {
  const upstream = await startUpstream();
  const providers = Object.entries(HOSTS).map(
    ([kind, path]): ProviderConfig => ({
      id: kind,
      kind: kind as Host,
      baseUrl: { value: upstream.origin + path },
      network: 'loopback',
      free: true,
      ...(kind === 'bedrock' ? { regions: ['us-east-1'] } : { credential: { secretArn: { value: 'arn:key' } } }),
      ...(kind === 'vertex-ai' ? { settings: { project: 'p-1' } } : {}),
      ...changes[kind as Host],
    }),
  );
  const gateway = await startGateway({
    document: { providers, routes },
    secrets: { 'arn:key': 'provider-key' },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    ...options,
  });
  return {
    gateway,
    upstream,
    sent: () => upstream.requests.map(({ path, headers, body }) => ({ path, headers, body: JSON.parse(body.toString()) })),
    ask: (path, body, headers = {}) => gateway.call(path, body, headers),
    close: async () => {
      await gateway.close();
      await upstream.close();
    },
  };
}

/** A stream of unnamed events that ends the connection. */
export function events(...data: readonly (object | string)[]): string {
  return data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');
}

/** A provider that says `ok` in the wire format of whatever path is called. */
export function saysOk({ path }: { readonly path: string }) {
  if (path.includes('/responses')) return jsonReply({ id: 'r', object: 'response', status: 'completed', model: 'm', output: [] });
  if (path.includes('generateContent'))
    return jsonReply({ candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] });
  if (path.includes('/converse'))
    return jsonReply({ output: { message: { role: 'assistant', content: [{ text: 'ok' }] } }, stopReason: 'end_turn', usage: {} });
  if (path.includes('/messages'))
    return jsonReply({
      id: 'm',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'ok' }],
      stop_reason: 'end_turn',
      usage: {},
    });
  return jsonReply({ id: 'c', choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }] });
}
