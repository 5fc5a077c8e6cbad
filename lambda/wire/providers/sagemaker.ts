import { encodeSegment } from './address';
import { type Endpoint, type EndpointRequest, endpointOf, type Offers, type ProviderDefinition } from './provider';

const OFFERS: Offers = { chat: invoke, embeddings: invoke, 'count-tokens': 'not-offered' };

/** The operation says what is asked of the endpoint, the body what is asked of its container. */
function invoke({ model, stream, config }: EndpointRequest): Endpoint | undefined {
  const { modelName, targetModel, targetVariant } = config.settings ?? {};
  // An endpoint of many models streams none.
  if (stream && targetModel !== undefined) return undefined;
  const slash = model.indexOf('/');
  const [endpoint, component] = slash < 0 ? [model, undefined] : [model.slice(0, slash), model.slice(slash + 1)];
  return {
    protocol: 'openai-chat',
    path: `/endpoints/${encodeSegment(endpoint)}/${stream ? 'invocations-response-stream' : 'invocations'}`,
    headers: {
      ...(component === undefined ? {} : { 'x-amzn-sagemaker-inference-component': component }),
      ...(targetModel === undefined ? {} : { 'x-amzn-sagemaker-target-model': targetModel }),
      ...(targetVariant === undefined ? {} : { 'x-amzn-sagemaker-target-variant': targetVariant }),
    },
    model: modelName ?? component ?? endpoint,
    transport: 'sagemaker',
  };
}

/**
 * Real-time endpoints of Amazon SageMaker AI whose containers speak OpenAI's dialect: vLLM, SGLang, the Large Model Inference containers
 * (DJL), Text Generation Inference. A model is the endpoint's name, or `ENDPOINT/COMPONENT` for one of its inference components.
 *
 * Settings: `modelName` is what the container calls its model, where that is another; `targetModel` the artifact of an endpoint of many
 * models; `targetVariant` one of the endpoint's variants.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
 */
export const sageMaker: ProviderDefinition = {
  kind: 'sagemaker',
  telemetryName: 'aws.sagemaker',
  baseUrl: 'https://runtime.sagemaker.{region}.amazonaws.com',
  auth: { kind: 'sigv4', service: 'sagemaker' },
  awsService: 'SAGEMAKER_RUNTIME',
  selfHosted: true,
  models: [],
  quirks: [
    'films',
    'object-arguments',
    'user-by-older-name',
    'prefers-max-tokens',
    'developer-as-system',
    'one-system',
    'no-free-text-tools',
  ],
  endpoint: (request) => endpointOf(OFFERS, request),
};
