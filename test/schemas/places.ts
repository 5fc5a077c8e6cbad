import { capabilitiesOf, familyOf } from '../../lambda/wire/models';
import handWritten from '../../lambda/wire/models/families.json';
import list from '../../lambda/wire/models/listed.json';
import type { ProviderConfig, ProviderKind } from '../../lib/private/contract';

/** Every row of the catalogue, at the hosts that serve it. */

/** A kind of host and the families that are tried there. */
export interface Place {
  readonly kind: ProviderKind;
  readonly families: readonly string[];
  /** Names there, of the maker's. Default: the same. */
  readonly named?: (name: string) => string;
}

/** One that nobody knows is tried everywhere: nothing is invented for it. */
const UNKNOWN = 'newco-x-9';

export const PLACES: Readonly<Record<string, Place>> = {
  'openai gpt': { kind: 'openai', families: ['gpt'] },
  'azure-openai gpt': { kind: 'azure-openai', families: ['gpt'] },
  'anthropic claude': { kind: 'anthropic', families: ['claude'] },
  'bedrock claude': { kind: 'bedrock', families: ['claude'], named: (name) => `us.anthropic.${name}-v1:0` },
  'bedrock nova': { kind: 'bedrock', families: ['nova'], named: (name) => `us.amazon.${name}-v1:0` },
  'bedrock gpt-oss': {
    kind: 'bedrock',
    families: ['gpt'],
    named: (name) => `openai.${name.startsWith('gpt-oss') ? name : 'gpt-oss-120b'}-1:0`,
  },
  'bedrock llama': {
    kind: 'bedrock',
    families: ['llama'],
    named: (name) => `us.meta.${name.startsWith('llama3') ? name : 'llama3-3-70b-instruct'}-v1:0`,
  },
  'bedrock mistral': { kind: 'bedrock', families: ['mistral'], named: (name) => `mistral.${name}-v1:0` },
  'bedrock deepseek': { kind: 'bedrock', families: ['deepseek'], named: (name) => `us.deepseek.${name}-v1:0` },
  'vertex-ai claude': { kind: 'vertex-ai', families: ['claude'] },
  'vertex-ai gemini': { kind: 'vertex-ai', families: ['gemini'] },
  'google-ai-studio gemini': { kind: 'google-ai-studio', families: ['gemini', 'gemma'] },
  'mistral mistral': { kind: 'mistral', families: ['mistral'] },
  'cohere command': { kind: 'cohere', families: ['command'] },
  'deepseek deepseek': { kind: 'deepseek', families: ['deepseek'] },
  groq: {
    kind: 'groq',
    families: ['qwen', 'llama', 'kimi', 'gpt'],
    named: (name) => (name.startsWith('gpt-') && !name.startsWith('gpt-oss') ? 'gpt-oss-20b' : name),
  },
  cerebras: { kind: 'cerebras', families: ['qwen', 'glm'] },
  'xai grok': { kind: 'xai', families: ['grok'] },
  'perplexity sonar': { kind: 'perplexity', families: ['sonar'] },
  together: { kind: 'together', families: ['qwen', 'llama', 'kimi', 'glm', 'deepseek'] },
  fireworks: {
    kind: 'fireworks',
    families: ['qwen', 'llama', 'kimi', 'glm', 'deepseek', 'minimax'],
    named: (name) => `accounts/fireworks/models/${name}`,
  },
  openrouter: { kind: 'openrouter', families: ['claude', 'gemini', 'kimi'] },
  vllm: { kind: 'vllm', families: ['qwen', 'kimi'] },
  'llama-cpp': { kind: 'llama-cpp', families: ['gemma', 'qwen'] },
  'openai-compatible': { kind: 'openai-compatible', families: ['gpt', 'claude', 'gemini', 'kimi', 'qwen'] },
  'anthropic-compatible': { kind: 'anthropic-compatible', families: ['claude', 'gpt', 'glm'] },
};

export const KINDS = [...new Set(Object.values(PLACES).map(({ kind }) => kind))];

/** A provider of each kind, bearing its name. */
export const PROVIDERS: readonly ProviderConfig[] = KINDS.map((kind) => ({
  id: kind,
  kind,
  network: 'public',
  free: true,
  mediaUrls: true,
  ...(/-compatible$|^vllm$|^llama-cpp$/.test(kind) ? { baseUrl: { value: 'https://models.example.com/v1' } } : {}),
  ...(kind === 'azure-openai' ? { baseUrl: { value: 'https://resource.openai.azure.com' } } : {}),
  ...(kind === 'bedrock' ? { regions: ['us-east-1'] } : { credential: { secretArn: { value: 'arn:key' } } }),
  ...(kind === 'vertex-ai' ? { settings: { project: 'p-1' } } : {}),
}));

/** Names of models at a place, one for each set of facts. */
export function modelsAt({ kind, families, named = (name) => name }: Place): readonly string[] {
  const globs = handWritten.families.flatMap(({ models, versions = [], hosts = {} }) => [
    ...models,
    ...versions.flatMap((version) => version.models),
    ...Object.values(hosts as Record<string, { models: string[] }[]>).flatMap((all) => all.flatMap((one) => one.models)),
  ]);
  const lists = list.lists as Readonly<Record<string, readonly string[]>>;
  const listed = [...(lists['makers'] ?? []), ...(lists[kind] ?? [])].flatMap((line) => line.slice(0, line.indexOf(' | ')).split(' '));
  const names = [...globs.map((glob) => glob.replaceAll('*', '').replace(/-$/, '')), ...listed].filter(
    (name) => name !== '' && families.includes(familyOf(name) ?? familyOf(`${name}-`) ?? ''),
  );
  const byFacts = new Map(names.map((name) => [JSON.stringify(capabilitiesOf(kind, named(name))), named(name)] as const));
  return [...byFacts.values(), named(UNKNOWN)];
}
