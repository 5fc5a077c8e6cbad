/**
 * The demo, and an app to deploy: one stack with one gateway. It takes the providers whose credentials it finds named.
 *
 * - Bedrock always, with the function's role; `-c bedrock=false` leaves it out.
 * - Every other provider when context (`-c openaiSecret=NAME`) or the environment (`OPENAI_SECRET_NAME`) names its secret, or when its key
 *   is in the environment (`OPENAI_API_KEY`): then the secret is `llm-gateway/<id>`. The key itself never gets into the template; the local
 *   run hands it to the functions, and before a deployment you put it into that secret.
 * - `-c ollama=http://127.0.0.1:11434/v1`: an Ollama of yours, for the local run.
 * - `-c simulated=true`: the simulated provider, behind the aliases `demo` and `smart`.
 * - `-c routes='{"smart":["anthropic/claude-sonnet-5-5"]}'`: aliases; targets at providers that are not configured are left out. Without it
 *   `smart` leads to the first of a few well-known models whose provider is there.
 * - `-c contentLog=full`: a place for contents, and what is kept of them where no level says otherwise (`off`, `metadata`, `redacted`, `full`).
 * - `-c archive=false`: without the audit trail in a bucket.
 * - `-c spendExport=true`: with a bucket that spend is written into, day by day.
 * - `-c removalPolicy=destroy`: a gateway to throw away.
 */
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Archive, ContentLog, type ContentLogLevel, LlmGateway, Provider, ProviderNetwork, Route, SpendExport, Target } from '../lib/index';

/** Providers that need nothing but a key, by id. */
const KEYED: Record<string, (apiKey: ISecret) => Provider> = {
  openai: (apiKey) => Provider.openAi({ apiKey }),
  anthropic: (apiKey) => Provider.anthropic({ apiKey }),
  'google-ai-studio': (apiKey) => Provider.googleAiStudio({ apiKey }),
  mistral: (apiKey) => Provider.mistral({ apiKey }),
  cohere: (apiKey) => Provider.cohere({ apiKey }),
  groq: (apiKey) => Provider.groq({ apiKey }),
  deepseek: (apiKey) => Provider.deepSeek({ apiKey }),
  xai: (apiKey) => Provider.xAi({ apiKey }),
  together: (apiKey) => Provider.together({ apiKey }),
  fireworks: (apiKey) => Provider.fireworks({ apiKey }),
  perplexity: (apiKey) => Provider.perplexity({ apiKey }),
  openrouter: (apiKey) => Provider.openRouter({ apiKey }),
  cerebras: (apiKey) => Provider.cerebras({ apiKey }),
  'hugging-face': (apiKey) => Provider.huggingFace({ apiKey }),
  'nvidia-nim': (apiKey) => Provider.nvidiaNim({ apiKey }),
};

/** Names under which vendors' own tools look for a key, where it is not `<ID>_API_KEY`. */
const KEY_VARIABLES: Record<string, string[]> = {
  'google-ai-studio': ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  'hugging-face': ['HF_TOKEN'],
  'nvidia-nim': ['NVIDIA_API_KEY'],
};

/** Where `smart` leads when nobody says, tried in this order. Bedrock has none: a route would narrow its role to the models named. */
const WELL_KNOWN = ['anthropic/claude-sonnet-5-5', 'openai/gpt-6-sol', 'google-ai-studio/gemini-3.8-flash', 'mistral/mistral-large-latest'];

const app = new App();
const stack = new Stack(app, 'LlmGateway', { description: 'An LLM gateway in your own account' });

const providers = configuredProviders();
new LlmGateway(stack, 'Gateway', {
  providers,
  routes: configuredRoutes(new Set(providers.map(({ id }) => id))),
  contentLog: contentLog(),
  archive: context('archive') === 'false' ? undefined : Archive.s3(),
  spendExport: context('spendExport') === 'true' ? SpendExport.s3() : undefined,
  removalPolicy: context('removalPolicy') === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
});
app.synth();

function configuredProviders(): Provider[] {
  const found = Object.entries(KEYED).flatMap(([id, make]) => {
    const secret = namedSecret(id);
    return secret === undefined ? [] : [make(secret)];
  });
  const azure = namedSecret('azure-openai');
  const resourceName = context('azureOpenaiResource') ?? process.env['AZURE_OPENAI_RESOURCE_NAME'];
  if (azure !== undefined && resourceName !== undefined) found.push(Provider.azureOpenAi({ apiKey: azure, resourceName }));

  const credentials = namedSecret('vertex-ai');
  const project = context('vertexAiProject') ?? process.env['GOOGLE_CLOUD_PROJECT'];
  if (credentials !== undefined && project !== undefined) found.push(Provider.vertexAi({ credentials, project }));

  const ollama = context('ollama');
  if (ollama !== undefined) found.push(Provider.ollama({ baseUrl: ollama, network: ProviderNetwork.loopback(), free: true }));
  if (context('simulated') === 'true') found.push(Provider.simulated());
  if (context('bedrock') !== 'false') found.push(Provider.bedrock());
  return found;
}

/** The secret of one provider, when somebody named it or its key is at hand. */
function namedSecret(id: string): ISecret | undefined {
  const variable = id.toUpperCase().replaceAll('-', '_');
  const keyVariables = [`${variable}_API_KEY`, ...(KEY_VARIABLES[id] ?? [])];
  const atHand = keyVariables.some((name) => (process.env[name] ?? '') !== '');
  const name = context(`${camelCase(id)}Secret`) ?? process.env[`${variable}_SECRET_NAME`] ?? (atHand ? `llm-gateway/${id}` : undefined);
  return name === undefined ? undefined : Secret.fromSecretNameV2(stack, `Secret-${id}`, name);
}

function configuredRoutes(ids: ReadonlySet<string>): Route[] {
  const given = app.node.tryGetContext('routes') ?? {};
  const wanted: Record<string, string[]> = typeof given === 'string' ? JSON.parse(given) : given;
  const simulated = ['simulated/simulated-1'];
  const aliases = { ...(ids.has('simulated') ? { demo: simulated, smart: simulated } : { smart: WELL_KNOWN }), ...wanted };
  return Object.entries(aliases).flatMap(([alias, models]) => {
    const targets = models.map((model) => Target.model(model)).filter(({ provider }) => ids.has(provider));
    return targets.length === 0 ? [] : [Route.to(alias, targets)];
  });
}

function contentLog(): ContentLog | undefined {
  const level = context('contentLog');
  return level === undefined ? undefined : ContentLog.s3({ level: level as ContentLogLevel });
}

function context(name: string): string | undefined {
  const value = app.node.tryGetContext(name);
  return value === undefined || value === '' ? undefined : String(value);
}

function camelCase(id: string): string {
  return id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
