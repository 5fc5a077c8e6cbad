/** The two Regions of docs/high-availability.md, synthesized as a reader would have them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { transformSync } from 'esbuild';
import * as library from '../../lib';
import { BUNDLES_CONTEXT } from '../../lib/private/bundled-function';
import { fakeBundles } from '../lib/support';

const bundles = fakeBundles();

/** Runs the page's example that has this text, on stand-ins of the bundles, and hands its stacks over. */
function stacksOf(text: string): Stack[] {
  const page = readFileSync(join(__dirname, '../../docs/high-availability.md'), 'utf8');
  const code = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block).find((block) => block.includes(text));
  const apps: App[] = [];
  class ExampleApp extends App {
    constructor(props: AppProps = {}) {
      super({ ...props, context: { [BUNDLES_CONTEXT]: bundles } });
      apps.push(this);
    }
  }
  const load = (name: string): unknown => {
    if (name === 'cdk-llm-gateway') return library;
    const loaded = require(name);
    return name === 'aws-cdk-lib' ? new Proxy(loaded, { get: (of, key) => (key === 'App' ? ExampleApp : of[key]) }) : loaded;
  };
  const { code: runnable } = transformSync(code ?? '', { loader: 'ts', format: 'cjs' });
  new Function('require', runnable)(load);
  return apps.flatMap((app) => app.node.children as Stack[]);
}

test('two Regions are two gateways: each has its own tables, its own order of Regions, and a budget for those who are at home elsewhere', () => {
  const stacks = stacksOf('us-west-2');

  expect(stacks.map(({ region }) => region)).toEqual(['us-east-1', 'us-west-2']);
  for (const stack of stacks) {
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::Table', 4);
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
    template.resourceCountIs('AWS::ApiGateway::RestApi', 1);
    expect(stack.dependencies).toEqual([]);
  }
});

test('the concurrency that the page shows is what the template has', () => {
  const [stack] = stacksOf('reservedConcurrentExecutions');

  const template = Template.fromStack(stack as Stack);
  template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 200 });
  template.hasResourceProperties('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 10 } });
});
