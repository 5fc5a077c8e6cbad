import { packageVersion } from '../package-version';
import { parse, text } from './admin/options';
import type { Command } from './command';
import { UsageError } from './command';

const USAGE = `usage: npx cdk-llm-gateway init [--language typescript|python]

Prints a minimal CDK app with a gateway in it, and says how to go on.

  npx cdk-llm-gateway init > app.ts`;

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
  "  routes: [Route.to('smart', [Target.model('bedrock/us.amazon.nova-2-lite-v1:0')])],",
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
  '    routes=[Route.to("smart", [Target.model("bedrock/us.amazon.nova-2-lite-v1:0")])],',
  ')',
  '',
  'app.synth()',
];

/** What comes next. A Python project has no `node_modules`: there npx takes the version that the Python package has. */
const NEXT: Readonly<Record<string, (version: string) => string>> = {
  typescript: () => `Next:
  npm install aws-cdk-lib constructs cdk-llm-gateway && npm install --save-dev aws-cdk@2 tsx
  npx cdk-llm-gateway local --app "npx tsx app.ts"     try it here, without an AWS account
  npx cdk deploy --app "npx tsx app.ts"                deploy it
  npx cdk-llm-gateway keys create --stack LlmGatewayStack --name first --budget 5.00/day
`,
  python: (version) => `Next:
  pip install aws-cdk-lib cdk-llm-gateway==${version}
  npx cdk-llm-gateway@${version} local --app "python3 app.py"     try it here, without an AWS account
  npx aws-cdk@2 deploy --app "python3 app.py"                deploy it
  npx cdk-llm-gateway@${version} keys create --stack LlmGatewayStack --name first --budget 5.00/day
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
    process.stderr.write(next(packageVersion()));
    return 0;
  },
};
