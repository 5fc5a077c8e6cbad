import { Stack, Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { CapacityPrice } from './capacity-price';
import type { AzureOpenAiProviderProps, SageMakerProviderProps, VertexAiProviderProps } from './cloud-provider-props';
import type { HealthProbe } from './health-probe';
import { bedrockStatements, guardrailStatement, mediaStatements } from './private/bedrock-access';
import type { ProviderKind } from './private/contract';
import {
  assumeStatement,
  checkAzure,
  checkBedrockRole,
  sageMakerSettings,
  settingsOf,
  simulatedSettings,
} from './private/provider-settings';
import { sageMakerStatements } from './private/sagemaker-access';
import type { ProviderBinding, ProviderBindOptions } from './provider-binding';
import { ProviderNetwork } from './provider-network';
import type {
  BedrockProviderProps,
  CompatibleProviderProps,
  KeyedProviderProps,
  MediaLocation,
  ProviderProps,
  SelfHostedProviderProps,
  SimulatedProviderProps,
} from './provider-props';

/** Who hosts models. Plugs into a gateway through `bind`. */
export abstract class Provider {
  /**
   * Amazon Bedrock, called with the proxy function's role.
   *
   * The role is narrowed to the models that routes and `models` name, and allows every model when none is named. Models that are
   * routed to at run time must be named here too; `models: ['*']` keeps the role open.
   */
  static bedrock(props: BedrockProviderProps = {}): Provider {
    return new BedrockProvider(props);
  }

  /** OpenAI. */
  static openAi(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('openai', props);
  }

  /** Anthropic. */
  static anthropic(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('anthropic', props);
  }

  /** Azure OpenAI: one resource and its deployments. */
  static azureOpenAi(props: AzureOpenAiProviderProps): Provider {
    checkAzure(props);
    const baseUrl = props.baseUrl ?? `https://${props.resourceName}.openai.azure.com`;
    return new ConfiguredProvider(
      'azure-openai',
      { ...props, baseUrl },
      settingsOf({ apiVersion: props.apiVersion, deployment: props.deployment }),
    );
  }

  /** Google AI Studio (the Gemini API). */
  static googleAiStudio(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('google-ai-studio', props);
  }

  /** Vertex AI: Gemini, and Claude, in a Google Cloud project. */
  static vertexAi(props: VertexAiProviderProps): Provider {
    return new ConfiguredProvider(
      'vertex-ai',
      { ...props, apiKey: props.credentials, regions: props.locations ?? ['global'] },
      { project: props.project },
    );
  }

  /** Mistral AI. */
  static mistral(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('mistral', props);
  }

  /** Cohere. */
  static cohere(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('cohere', props);
  }

  /** Groq. */
  static groq(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('groq', props);
  }

  /** DeepSeek. */
  static deepSeek(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('deepseek', props);
  }

  /** The company xAI. */
  static xAi(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('xai', props);
  }

  /** Together AI. */
  static together(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('together', props);
  }

  /** Fireworks AI. */
  static fireworks(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('fireworks', props);
  }

  /** Perplexity. */
  static perplexity(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('perplexity', props);
  }

  /** OpenRouter. */
  static openRouter(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('openrouter', props);
  }

  /** Cerebras. */
  static cerebras(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('cerebras', props);
  }

  /** Hugging Face's inference providers. */
  static huggingFace(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('hugging-face', props);
  }

  /** NVIDIA NIM. */
  static nvidiaNim(props: KeyedProviderProps): Provider {
    return new ConfiguredProvider('nvidia-nim', props);
  }

  /** Ollama, by default on the function's own loopback (the local run). */
  static ollama(props: SelfHostedProviderProps = {}): Provider {
    return new ConfiguredProvider('ollama', selfHosted(props));
  }

  /** The server vLLM, by default on the function's own loopback (the local run). */
  static vllm(props: SelfHostedProviderProps = {}): Provider {
    return new ConfiguredProvider('vllm', selfHosted(props));
  }

  /** LM Studio, by default on the function's own loopback (the local run). */
  static lmStudio(props: SelfHostedProviderProps = {}): Provider {
    return new ConfiguredProvider('lm-studio', selfHosted(props));
  }

  /** The server of llama.cpp, by default on the function's own loopback (the local run). */
  static llamaCpp(props: SelfHostedProviderProps = {}): Provider {
    return new ConfiguredProvider('llama-cpp', selfHosted(props));
  }

  /** The server SGLang, by default on the function's own loopback (the local run). */
  static sglang(props: SelfHostedProviderProps = {}): Provider {
    return new ConfiguredProvider('sglang', selfHosted(props));
  }

  /**
   * Real-time endpoints of Amazon SageMaker AI whose containers speak OpenAI's dialect: vLLM, SGLang, the Large Model Inference containers, Text Generation
   * Inference. A model is the endpoint's name, `sagemaker/<endpoint>`, or `sagemaker/<endpoint>/<inference component>`.
   *
   * The proxy function's role may call the endpoints that routes and `models` name, and no other.
   */
  static sageMaker(props: SageMakerProviderProps = {}): Provider {
    return new SageMakerProvider(props);
  }

  /** Any server that speaks OpenAI's dialect. */
  static openAiCompatible(props: CompatibleProviderProps): Provider {
    return new ConfiguredProvider('openai-compatible', props);
  }

  /** Any server that speaks Anthropic's dialect. */
  static anthropicCompatible(props: CompatibleProviderProps): Provider {
    return new ConfiguredProvider('anthropic-compatible', props);
  }

  /**
   * Answers by itself: plausible text at a set speed, with faults on request, at a list price so that budgets can be seen at work.
   *
   * For demos, load tests and game days; not for production.
   */
  static simulated(props: SimulatedProviderProps = {}): Provider {
    return new ConfiguredProvider('simulated', { id: props.id, network: ProviderNetwork.loopback() }, simulatedSettings(props));
  }

  /** Prefix in `provider/model`. */
  readonly id: string;

  /** @param id prefix in `provider/model`: lower-case letters, digits and hyphens */
  protected constructor(id: string) {
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(id)) {
      throw new Error(
        `provider id "${id}" is not usable as the prefix in "provider/model"; use 1 to 32 lower-case letters, digits and hyphens, for example "openai-eu"`,
      );
    }
    this.id = id;
  }

  /** Says what this provider brings into a gateway. Called once, by the gateway. */
  abstract bind(scope: Construct, options: ProviderBindOptions): ProviderBinding;
}

/** What all kinds together may be given; each factory says what its own kind takes. */
interface ConfiguredProviderProps extends ProviderProps {
  readonly apiKey?: ISecret;
  readonly apiKeyField?: string;
  readonly regions?: string[];
  readonly mediaLocations?: MediaLocation[];
  readonly capacity?: CapacityPrice;
  readonly healthProbe?: HealthProbe;
}

class ConfiguredProvider extends Provider {
  constructor(
    private readonly kind: ProviderKind,
    private readonly props: ConfiguredProviderProps,
    private readonly settings: { [name: string]: string } = {},
  ) {
    super(props.id ?? kind);
  }

  override bind(_scope: Construct, _options: ProviderBindOptions): ProviderBinding {
    const { baseUrl, network, residency, apiKey, apiKeyField, regions, models, free, capacity, healthProbe } = this.props;
    const { mediaUrls, mediaLocations } = this.props;
    const { kind, settings } = this;
    const known = { kind, baseUrl, network, residency, apiKey, apiKeyField, regions, models, free, capacity, healthProbe };
    return { ...known, mediaUrls, mediaLocations, settings };
  }
}

class BedrockProvider extends ConfiguredProvider {
  constructor(private readonly bedrock: BedrockProviderProps) {
    const { client, guardrailId, guardrailVersion } = bedrock;
    const callerGuardrails = bedrock.callerGuardrails?.join(',');
    checkBedrockRole(bedrock);
    if (guardrailId === undefined && guardrailVersion !== undefined) {
      throw new Error('"guardrailVersion" is given without "guardrailId"; say which guardrail');
    }
    if (guardrailId !== undefined && callerGuardrails !== undefined) {
      throw new Error('"callerGuardrails" is given beside "guardrailId", which holds for every call; leave one of them out');
    }
    for (const [name, value] of Object.entries({ guardrailId, guardrailVersion, callerGuardrails })) {
      if (Token.isUnresolved(value)) {
        throw new Error(
          `"${name}" is known only after the deploy; give the text itself, because it becomes part of the gateway's configuration`,
        );
      }
    }
    const odd = bedrock.callerGuardrails?.find((guardrail) => !/^[A-Za-z0-9:/_-]+$/.test(guardrail));
    if (odd !== undefined) throw new Error(`"callerGuardrails" names "${odd}"; give the id of a guardrail, or its ARN`);
    super('bedrock', bedrock, settingsOf({ client, guardrailId, guardrailVersion, callerGuardrails: callerGuardrails || undefined }));
  }

  override bind(scope: Construct, options: ProviderBindOptions): ProviderBinding {
    const binding = super.bind(scope, options);
    if (this.bedrock.apiKey !== undefined) return binding;
    const { role, externalId } = this.bedrock;
    if (role !== undefined) return { ...binding, roleArn: role.roleArn, externalId, statements: [assumeStatement(role.roleArn)] };
    const { guardrailId, callerGuardrails = [], mediaLocations = [], models = [], regions } = this.bedrock;
    const stack = Stack.of(scope);
    const guardrails = (guardrailId === undefined ? callerGuardrails : [guardrailId]).map((id) => guardrailStatement(stack, regions, id));
    const calls = bedrockStatements(stack, regions, [...options.models, ...models]);
    return { ...binding, statements: [...calls, ...guardrails, ...mediaStatements(stack, mediaLocations)] };
  }
}

class SageMakerProvider extends ConfiguredProvider {
  constructor(private readonly endpoints: SageMakerProviderProps) {
    super('sagemaker', endpoints, sageMakerSettings(endpoints));
  }

  override bind(scope: Construct, options: ProviderBindOptions): ProviderBinding {
    const binding = super.bind(scope, options);
    const { role, externalId, regions, models = [], healthProbe } = this.endpoints;
    const named = [...options.models, ...models];
    const statements = sageMakerStatements(Stack.of(scope), this.id, healthProbe !== undefined, regions, named);
    if (role === undefined) return { ...binding, statements };
    return { ...binding, roleArn: role.roleArn, externalId, statements: [assumeStatement(role.roleArn)] };
  }
}

/** A server of one's own is reached on loopback unless a URL or a network says otherwise. */
function selfHosted(props: SelfHostedProviderProps): ConfiguredProviderProps {
  return props.baseUrl === undefined && props.network === undefined ? { ...props, network: ProviderNetwork.loopback() } : props;
}
