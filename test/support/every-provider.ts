import { loadPriceBook } from '../../lambda/money/deployed-book';
import type { ProviderConfig, ProviderKind } from '../../lib/private/contract';
import { startGateway, type TestGateway } from './gateway';
import { jsonReply, startUpstream, type Upstream } from './upstream';

const KINDS: readonly ProviderKind[] = [
  'openai',
  'azure-openai',
  'anthropic',
  'anthropic-compatible',
  'bedrock',
  'google-ai-studio',
  'vertex-ai',
  'mistral',
  'cohere',
  'deepseek',
  'groq',
  'xai',
  'cerebras',
  'together',
  'fireworks',
  'openrouter',
  'perplexity',
  'hugging-face',
  'nvidia-nim',
  'ollama',
  'vllm',
  'lm-studio',
  'llama-cpp',
  'sglang',
  'sagemaker',
  'openai-compatible',
];

/** A gateway that has a provider of every kind, under the kind's name and at one upstream, with the shipped prices. */
export async function startEveryProvider({ origin }: Upstream): Promise<TestGateway> {
  const providers = KINDS.map(
    (kind): ProviderConfig => ({
      id: kind,
      kind,
      baseUrl: { value: origin },
      network: 'loopback',
      free: true,
      ...(kind === 'vertex-ai' ? { settings: { project: 'p' }, regions: ['global'] } : {}),
      ...(kind === 'bedrock' || kind === 'sagemaker' ? { regions: ['us-east-1'] } : { credential: { secretArn: { value: 'arn:key' } } }),
    }),
  );
  return startGateway({
    priceBook: await loadPriceBook(),
    document: { providers },
    secrets: { 'arn:key': 'provider-key' },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 's' }),
  });
}

/** What left for a call, and what it was told of it. */
export interface SentCall {
  readonly status: number;
  readonly path: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  readonly body: any;
  readonly warnings: string;
  readonly text: string;
}

/** For a file's tests: makes a call whose provider answers with a refusal, since what counts is what left. */
export function sentToEveryProvider() {
  let upstream: Upstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.script(jsonReply({ error: { message: 'seen' } }, 400));
    gateway = await startEveryProvider(upstream);
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  return async (path: string, body: object, headers: Record<string, string> = {}): Promise<SentCall> => {
    const before = upstream.requests.length;
    const reply = await gateway.call(path, body, headers);
    const call = upstream.requests[before];
    return {
      status: reply.status,
      path: call?.path,
      body: call === undefined ? undefined : JSON.parse(call.body.toString()),
      warnings: reply.headers['x-gateway-warnings'] ?? '',
      text: reply.text,
    };
  };
}
