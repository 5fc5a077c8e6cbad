/**
 * A gateway whose providers are stand-ins for their vendors on one server on loopback: context `upstream` is its origin. Context `also`, such as
 * `claude-*=bedrock/some-model,my-model=openai/another`, adds routes. With context `guarded` the default set of guardrails flags what it finds.
 * Needs `dist/lib`.
 */
const { App, RemovalPolicy, Stack } = require('aws-cdk-lib');
const { Secret } = require('aws-cdk-lib/aws-secretsmanager');
const { Guardrail, GuardrailAction, GuardrailRule, LlmGateway, Provider, ProviderNetwork, Route, Target } = require('../../dist/lib');

const app = new App();
const stack = new Stack(app, 'Clients');
const origin = app.node.tryGetContext('upstream');
const also = (app.node.tryGetContext('also') ?? '').split(',').flatMap((route) => (route === '' ? [] : [route.split('=')]));
const apiKey = Secret.fromSecretNameV2(stack, 'Key', 'clients/upstream');
const guarded = Guardrail.policy('default', { rules: [GuardrailRule.detect('default', ['default'], { action: GuardrailAction.FLAG })] });
const at = (path) => ({ baseUrl: `${origin}${path}`, network: ProviderNetwork.loopback(), free: true });

new LlmGateway(stack, 'Gateway', {
  providers: [
    Provider.openAi({ apiKey, ...at('/openai/v1') }),
    Provider.openAiCompatible({ id: 'chat', apiKey, ...at('/compatible/v1') }),
    Provider.anthropic({ apiKey, ...at('/anthropic') }),
    Provider.googleAiStudio({ apiKey, ...at('/google') }),
    Provider.bedrock(at('/bedrock')),
    Provider.mistral({ apiKey, ...at('/mistral/v1') }),
    Provider.deepSeek({ apiKey, ...at('/deepseek') }),
    Provider.simulated({ tokensPerSecond: 0 }),
  ],
  routes: [
    Route.to('on-openai', [Target.model('openai/gpt-5.1')]),
    Route.to('on-responses', [Target.model('openai/gpt-5.1-codex')]),
    Route.to('on-chat', [Target.model('chat/some-model')]),
    Route.to('on-anthropic', [Target.model('anthropic/claude-opus-4-5')]),
    Route.to('on-gemini', [Target.model('google-ai-studio/gemini-2.5-pro')]),
    Route.to('on-bedrock', [Target.model('bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0')]),
    Route.to('on-simulated', [Target.model('simulated/simulated-1')]),
    ...also.map(([alias, model]) => Route.to(alias, [Target.model(model)])),
  ],
  guardrails: app.node.tryGetContext('guarded') === 'true' ? [guarded] : [],
  removalPolicy: RemovalPolicy.DESTROY,
});
app.synth();
