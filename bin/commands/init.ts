import { parse, text } from './admin/options';
import type { Command } from './command';
import { UsageError } from './command';

const USAGE = `usage: llm-gateway init [--language typescript|python]

Prints a minimal CDK app with a gateway in it, and says how to go on.

  llm-gateway init > app.ts`;

const TYPESCRIPT = [
  "import { App, Stack } from 'aws-cdk-lib';",
  "import { LlmGateway, Provider, Route, Target } from 'cdk-llm-gateway';",
  '',
  'const app = new App();',
  "const stack = new Stack(app, 'LlmGatewayStack');",
  '',
  "new LlmGateway(stack, 'Gateway', {",
  "  // Bedrock needs no key: the gateway's own role calls it. Keys of other providers come from Secrets Manager:",
  "  // Provider.openAi({ apiKey: Secret.fromSecretNameV2(stack, 'OpenAiKey', 'openai-key') })",
  "  providers: [Provider.bedrock({ regions: ['us-east-1', 'us-west-2'] })],",
  "  routes: [Route.to('smart', [Target.model('bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0')])],",
  '});',
  '',
  'app.synth();',
];

const PYTHON = [
  'from aws_cdk import App, Stack',
  'from cdk_llm_gateway import LlmGateway, Provider, Route, Target',
  '',
  'app = App()',
  'stack = Stack(app, "LlmGatewayStack")',
  '',
  'LlmGateway(',
  '    stack,',
  '    "Gateway",',
  "    # Bedrock needs no key: the gateway's own role calls it. Keys of other providers come from Secrets Manager.",
  '    providers=[Provider.bedrock(regions=["us-east-1", "us-west-2"])],',
  '    routes=[Route.to("smart", [Target.model("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0")])],',
  ')',
  '',
  'app.synth()',
];

const NEXT: Readonly<Record<string, string>> = {
  typescript: `Next:
  npm install aws-cdk-lib constructs cdk-llm-gateway && npm install --save-dev aws-cdk tsx
  npx llm-gateway local --app "npx tsx app.ts"     try it here, without an AWS account
  npx cdk deploy --app "npx tsx app.ts"            deploy it
  npx llm-gateway keys create --stack LlmGatewayStack --name first --budget 5.00/day
`,
  python: `Next:
  pip install aws-cdk-lib cdk-llm-gateway
  npx llm-gateway local --app "python3 app.py"     try it here, without an AWS account
  npx cdk deploy --app "python3 app.py"            deploy it
  npx llm-gateway keys create --stack LlmGatewayStack --name first --budget 5.00/day
`,
};

export const command: Command = {
  name: 'init',
  summary: 'print a minimal CDK app with a gateway in it',
  usage: USAGE,
  async run(args) {
    const parsed = parse(args, { language: { type: 'string' } });
    if (parsed.positionals.length > 0) throw new UsageError(`unexpected argument '${parsed.positionals[0]}'`);
    const language = text(parsed, 'language') ?? 'typescript';
    const next = NEXT[language];
    if (next === undefined) throw new UsageError(`--language takes typescript or python, not '${language}'`);
    process.stdout.write(`${(language === 'python' ? PYTHON : TYPESCRIPT).join('\n')}\n`);
    // Beside the app, so that it can be redirected into a file.
    process.stderr.write(next);
    return 0;
  },
};
