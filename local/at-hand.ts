import { request } from 'node:http';

/** Where providers' keys are usually found, by provider id, where it is not `<ID>_API_KEY`. */
const FURTHER_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'google-ai-studio': ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  'hugging-face': ['HF_TOKEN'],
  'nvidia-nim': ['NVIDIA_API_KEY'],
};

const PROVIDERS = [
  'openai',
  'anthropic',
  'google-ai-studio',
  'mistral',
  'cohere',
  'groq',
  'deepseek',
  'xai',
  'together',
  'fireworks',
  'perplexity',
  'openrouter',
  'cerebras',
  'hugging-face',
  'nvidia-nim',
  'azure-openai',
  'vertex-ai',
] as const;

/** Prefix of the secrets that `bin/app.ts` refers to when a provider's key is in the environment. */
const SECRET_PREFIX = 'llm-gateway/';

/**
 * Values of providers' secrets that the environment holds: `OPENAI_API_KEY` is the value of `llm-gateway/openai`, or of the secret that
 * `OPENAI_SECRET_NAME` names.
 */
export function secretsAtHand(environment: NodeJS.ProcessEnv): Record<string, string> {
  const found: Record<string, string> = {};
  for (const id of PROVIDERS) {
    const variable = id.toUpperCase().replaceAll('-', '_');
    const names = [`${variable}_API_KEY`, ...(FURTHER_VARIABLES[id] ?? [])];
    const value = names.map((name) => environment[name]).find((candidate) => candidate !== undefined && candidate !== '');
    if (value !== undefined) found[environment[`${variable}_SECRET_NAME`] || `${SECRET_PREFIX}${id}`] = value;
  }
  return found;
}

const OLLAMA = 'http://127.0.0.1:11434';
const PROBE_MS = 150;

/** Whether something at `origin` answers as Ollama does within `patienceMs`. */
export function answersAsOllama(origin = OLLAMA, patienceMs = PROBE_MS): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request(`${origin}/api/version`, { timeout: patienceMs, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    const timer = setTimeout(() => probe.destroy(), patienceMs);
    probe.once('error', () => resolve(false));
    probe.once('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
    probe.end();
  });
}

export interface ContextOptions {
  readonly secrets: Readonly<Record<string, string>>;
  /** Asks whether a local Ollama answers. */
  readonly ollama: () => Promise<boolean>;
}

/** Context for the app: the simulated provider when no provider's key is at hand, Ollama when it runs. */
export async function contextAtHand(options: ContextOptions): Promise<Record<string, string>> {
  return {
    ...(Object.keys(options.secrets).length === 0 ? { simulated: 'true' } : {}),
    ...((await options.ollama()) ? { ollama: `${OLLAMA}/v1` } : {}),
  };
}
