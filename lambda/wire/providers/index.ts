/** Every kind of provider. */
import type { ProviderKind } from '../../../lib/private/contract';
import { anthropic } from './anthropic';
import { anthropicCompatible } from './anthropic-compatible';
import { azureOpenAi } from './azure-openai';
import { bedrock } from './bedrock';
import { cerebras } from './cerebras';
import { cohere } from './cohere';
import { deepSeek } from './deepseek';
import { fireworks } from './fireworks';
import { googleAiStudio } from './google-ai-studio';
import { groq } from './groq';
import { huggingFace } from './hugging-face';
import { llamaCpp } from './llama-cpp';
import { lmStudio } from './lm-studio';
import { mistral } from './mistral';
import { nvidiaNim } from './nvidia-nim';
import { ollama } from './ollama';
import { openAi } from './openai';
import { openAiCompatible } from './openai-compatible';
import { openRouter } from './openrouter';
import { perplexity } from './perplexity';
import type { ProviderDefinition } from './provider';
import { sageMaker } from './sagemaker';
import { sglang } from './sglang';
import { simulated } from './simulated';
import { together } from './together';
import { vertexAi } from './vertex-ai';
import { vllm } from './vllm';
import { xAi } from './xai';

const DEFINITIONS: Readonly<Record<ProviderKind, ProviderDefinition>> = {
  openai: openAi,
  anthropic,
  bedrock,
  'azure-openai': azureOpenAi,
  'google-ai-studio': googleAiStudio,
  'vertex-ai': vertexAi,
  mistral,
  cohere,
  groq,
  deepseek: deepSeek,
  xai: xAi,
  together,
  fireworks,
  perplexity,
  openrouter: openRouter,
  cerebras,
  'hugging-face': huggingFace,
  'nvidia-nim': nvidiaNim,
  ollama,
  vllm,
  'lm-studio': lmStudio,
  'llama-cpp': llamaCpp,
  sglang,
  sagemaker: sageMaker,
  'openai-compatible': openAiCompatible,
  'anthropic-compatible': anthropicCompatible,
  simulated,
};

/** What the runtime knows of one kind of provider. */
export function providerDefinition(kind: ProviderKind): ProviderDefinition {
  return DEFINITIONS[kind];
}

/** Every kind, for tests and listings. */
export const providerDefinitions: readonly ProviderDefinition[] = Object.values(DEFINITIONS);
export { baseUrlFor, joinPath } from './address';
export { ownToolsOf } from './own-tools';
export type { ProviderDefinition, TakenHeaders, WaysToCall } from './provider';
export { type AuthScheme, type AwsRuntimeService, type Endpoint, isSafeModelName, type TransportName } from './provider';
export { applyQuirks } from './quirks';
