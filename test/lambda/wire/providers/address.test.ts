import fc from 'fast-check';
import type { ProtocolName } from '../../../../lambda/wire/model/request';
import { providerDefinition, providerDefinitions } from '../../../../lambda/wire/providers';
import { addressName, baseUrlFor, encodeSegment, joinPath } from '../../../../lambda/wire/providers/address';
import type { EndpointRequest } from '../../../../lambda/wire/providers/provider';
import { isSafeModelName } from '../../../../lambda/wire/providers/provider';
import type { ProviderConfig, ProviderKind } from '../../../../lib/private/contract';

function config(kind: ProviderKind, settings: Record<string, string> = {}): ProviderConfig {
  return { id: 'p', kind, network: 'public', settings };
}

function endpoint(kind: ProviderKind, request: Partial<EndpointRequest> & { settings?: Record<string, string> }) {
  const { settings, ...rest } = request;
  return providerDefinition(kind).endpoint({
    operation: 'chat',
    model: 'm',
    stream: false,
    preferred: 'openai-chat',
    config: config(kind, settings),
    ...rest,
  });
}

describe('addresses of providers', () => {
  test.each<[ProviderKind, Partial<EndpointRequest> & { settings?: Record<string, string> }, ProtocolName, string]>([
    ['openai', { model: 'gpt-5' }, 'openai-chat', '/chat/completions'],
    ['openai', { model: 'gpt-5', preferred: 'openai-responses' }, 'openai-responses', '/responses'],
    ['openai', { model: 'gpt-5', preferred: 'anthropic-messages' }, 'openai-chat', '/chat/completions'],
    ['openai', { model: 'gpt-5-pro' }, 'openai-responses', '/responses'],
    ['openai', { model: 'gpt-5.1-codex' }, 'openai-responses', '/responses'],
    ['openai', { model: 'gpt-6.1-sol' }, 'openai-chat', '/chat/completions'],
    ['openai', { model: 'o4-mini-deep-research' }, 'openai-responses', '/responses'],
    ['openai', { operation: 'embeddings' }, 'openai-chat', '/embeddings'],
    ['anthropic', { stream: true }, 'anthropic-messages', '/v1/messages'],
    ['anthropic', { operation: 'count-tokens' }, 'anthropic-messages', '/v1/messages/count_tokens'],
    ['bedrock', { model: 'us.a.b-v1:0' }, 'bedrock-converse', '/model/us.a.b-v1%3A0/converse'],
    ['bedrock', { model: 'us.a.b-v1:0', stream: true }, 'bedrock-converse', '/model/us.a.b-v1%3A0/converse-stream'],
    ['bedrock', { model: 'arn:aws:x/y', operation: 'embeddings' }, 'bedrock-converse', '/model/arn%3Aaws%3Ax%2Fy/invoke'],
    ['azure-openai', { model: 'gpt-5', preferred: 'openai-responses' }, 'openai-responses', '/openai/v1/responses'],
    [
      'azure-openai',
      { model: 'gpt-4o', settings: { apiVersion: '2024-10-21' } },
      'openai-chat',
      '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
    ],
    [
      'azure-openai',
      { settings: { apiVersion: '2024-10-21', deployment: 'my-gpt' }, preferred: 'openai-responses' },
      'openai-chat',
      '/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21',
    ],
    ['google-ai-studio', { model: 'gemini-x' }, 'gemini', '/v1beta/models/gemini-x:generateContent'],
    ['google-ai-studio', { model: 'gemini-x', stream: true }, 'gemini', '/v1beta/models/gemini-x:streamGenerateContent?alt=sse'],
    [
      'google-ai-studio',
      { model: 'gemini-embedding-001', operation: 'embeddings' },
      'gemini',
      '/v1beta/models/gemini-embedding-001:batchEmbedContents',
    ],
    [
      'vertex-ai',
      { model: 'gemini-x', region: 'europe-west1', settings: { project: 'p-1' } },
      'gemini',
      '/v1beta1/projects/p-1/locations/europe-west1/publishers/google/models/gemini-x:generateContent',
    ],
    [
      'vertex-ai',
      { model: 'claude-sonnet-4-5@20250929', stream: true, settings: { project: 'p-1' } },
      'anthropic-messages',
      '/v1/projects/p-1/locations/global/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict',
    ],
    ['google-ai-studio', { model: 'gemini-x', operation: 'count-tokens' }, 'gemini', '/v1beta/models/gemini-x:countTokens'],
    ['cohere', {}, 'cohere-v2', '/v2/chat'],
    ['cohere', { operation: 'embeddings' }, 'cohere-v2', '/v2/embed'],
    ['openrouter', { preferred: 'anthropic-messages' }, 'anthropic-messages', '/messages'],
    ['vllm', { preferred: 'anthropic-messages' }, 'openai-chat', '/chat/completions'],
    ['openai-compatible', { preferred: 'openai-responses' }, 'openai-chat', '/chat/completions'],
    [
      'openai-compatible',
      { preferred: 'openai-responses', settings: { protocols: 'openai-chat, openai-responses' } },
      'openai-responses',
      '/responses',
    ],
  ])('%s answers %j by %s', (kind, request, protocol, path) => {
    expect(endpoint(kind, request)).toMatchObject({ protocol, path });
  });

  test.each<[ProviderKind, Partial<EndpointRequest>]>([
    ['anthropic', { operation: 'embeddings' }],
    ['groq', { operation: 'embeddings' }],
    ['openai', { operation: 'count-tokens' }],
    ['perplexity', { operation: 'embeddings' }],
  ])('%s does not offer %j', (kind, request) => {
    expect(endpoint(kind, request)).toBeUndefined();
  });

  test('Bedrock takes its guardrail and its client from the settings', () => {
    const guarded = endpoint('bedrock', { settings: { guardrailId: 'g1', client: 'sdk' } });
    expect(guarded).toMatchObject({ protocol: 'bedrock-converse', path: '/model/m/converse', transport: 'bedrock-sdk' });
    expect(guarded?.settle?.({ messages: [] })).toEqual({
      messages: [],
      guardrailConfig: { guardrailIdentifier: 'g1', guardrailVersion: 'DRAFT', trace: 'enabled' },
    });
    const plain = endpoint('bedrock', {});
    expect(plain).toMatchObject({ protocol: 'bedrock-converse', path: '/model/m/converse', headers: {} });
    expect(plain?.settle?.({ messages: [] })).toEqual({ messages: [] });
  });

  test.each([
    ['bedrock', undefined, 'us-east-1', 'https://bedrock-runtime.us-east-1.amazonaws.com'],
    ['bedrock', undefined, 'cn-north-1', 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
    ['vertex-ai', undefined, 'europe-west1', 'https://europe-west1-aiplatform.googleapis.com'],
    ['vertex-ai', undefined, 'global', 'https://aiplatform.googleapis.com'],
    ['openai', 'https://proxy.example/v1/', undefined, 'https://proxy.example/v1'],
    ['openai', undefined, undefined, 'https://api.openai.com/v1'],
  ] as const)('%s with base URL %s in %s is at %s', (kind, configured, region, expected) => {
    expect(baseUrlFor(providerDefinition(kind), configured, region)).toBe(expected);
  });

  test.each([
    ['/v1', '/v1/messages', '/v1/messages'],
    ['', '/v1/messages', '/v1/messages'],
    ['/v1/', '/chat/completions', '/v1/chat/completions'],
    ['/proxy/openai/v1', '/openai/v1/responses', '/proxy/openai/v1/responses'],
    ['/replay', '/v1/messages', '/replay/v1/messages'],
    ['/openai', '/openai/deployments/a/chat/completions?api-version=1', '/openai/deployments/a/chat/completions?api-version=1'],
  ])('%s and %s join to %s', (base, path, expected) => {
    expect(joinPath(base, path)).toBe(expected);
  });

  test('C03 nothing in a Region, project, deployment or model can change the host or end its path segment', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'a1-._:/@?#%\\\r\n ;&=。．'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const attempts: [ProviderKind, Partial<EndpointRequest> & { settings?: Record<string, string> }][] = [
          ['bedrock', { model: text }],
          ['google-ai-studio', { model: text }],
          ['vertex-ai', { model: `claude-${text}`, region: other, settings: { project: text } }],
          ['azure-openai', { model: text, settings: { apiVersion: other, deployment: text } }],
        ];
        for (const [kind, request] of attempts) {
          let path: string | undefined;
          try {
            path = endpoint(kind, request)?.path;
          } catch (error) {
            expect(error).toMatchObject({ status: 503, code: 'provider_misconfigured' });
            continue;
          }
          const url = new URL(`https://host.example${path}`);
          expect(url.host).toBe('host.example');
          expect(url.hash).toBe('');
          expect(`${url.pathname}${url.search}`).toBe(path);
        }
        try {
          const host = new URL(baseUrlFor(providerDefinition('bedrock'), undefined, text)).host;
          expect(host).toBe(`bedrock-runtime.${text.toLowerCase()}.amazonaws.com`);
        } catch (error) {
          expect(error).toMatchObject({ code: 'provider_misconfigured' });
        }
      }),
    );
  });

  test.each(['', '..', 'a b', 'a/b', 'a#b', 'ä', '-a', undefined])('C03 %p is no name for an address', (name) => {
    expect(() => addressName('project', name)).toThrow(expect.objectContaining({ code: 'provider_misconfigured' }));
  });

  test.each(['a?b', 'a#b', 'a%23b', 'a\\b', 'a\r\nb', '../x', 'a//b', 'a。b', ''])('C03 %p is no model', (name) => {
    expect(isSafeModelName(name)).toBe(false);
  });

  test.each(['.', '..'])('C03 %s is no segment', (text) => {
    expect(() => encodeSegment(text)).toThrow(expect.objectContaining({ code: 'provider_misconfigured' }));
  });

  test('every segment is one segment', () => {
    expect(encodeSegment("a/b:c(d)'e!*")).toBe('a%2Fb%3Ac%28d%29%27e%21%2A');
  });

  test('every kind has its own definition, and public ones speak TLS', () => {
    expect(new Set(providerDefinitions.map(({ kind }) => kind)).size).toBe(providerDefinitions.length);
    for (const { baseUrl, kind } of providerDefinitions) {
      expect(providerDefinition(kind).kind).toBe(kind);
      if (baseUrl !== undefined) expect(baseUrl).toMatch(/^(https:\/\/[a-z{]|http:\/\/127\.0\.0\.1:\d+)[^ ]*[^/]$/);
    }
  });
});
