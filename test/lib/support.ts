import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { LlmGateway, type LlmGatewayProps } from '../../lib';
import { BUNDLES_CONTEXT } from '../../lib/private/bundled-function';
import type { GatewayDocument } from '../../lib/private/contract';

/** A folder that goes when the test file's tests are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Small stand-ins for the built functions, so that construct tests need no build. */
export function fakeBundles(): string {
  const folder = temporaryFolder();
  for (const name of ['proxy', 'admin', 'usage', 'sweeper', 'archiver', 'exporter', 'reconciler']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  return folder;
}

const bundles = fakeBundles();

export function newStack(props: StackProps = {}, context: Record<string, unknown> = {}): Stack {
  return new Stack(new App({ context: { [BUNDLES_CONTEXT]: bundles, ...context } }), 'Test', props);
}

/** A secret that exists already, as most credentials do. */
export function secretNamed(stack: Stack, name: string): ReturnType<typeof Secret.fromSecretNameV2> {
  return Secret.fromSecretNameV2(stack, `Secret-${name}`, name);
}

export interface Synthesized {
  readonly stack: Stack;
  readonly gateway: LlmGateway;
  readonly template: Template;
}

/** One gateway in one stack, synthesized. */
export function synthesize(props: LlmGatewayProps | ((stack: Stack) => LlmGatewayProps) = {}, stack: Stack = newStack()): Synthesized {
  const gateway = new LlmGateway(stack, 'Gateway', typeof props === 'function' ? props(stack) : props);
  return { stack, gateway, template: Template.fromStack(stack) };
}

/** The configuration document that a synthesized gateway ships. */
export function documentOf(stack: Stack): GatewayDocument {
  const assembly = (stack.node.root as App).synth();
  const folders = readdirSync(assembly.directory).map((name) => join(assembly.directory, name));
  const files = folders
    .filter((folder) => folder.includes('asset.'))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const [file, ...others] = files.filter((name) => name.endsWith('gateway.json'));
  if (file === undefined || others.length > 0) throw new Error(`found ${files.length} configuration documents`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The document of a gateway with these props. */
export function documentFor(props: LlmGatewayProps | ((stack: Stack) => LlmGatewayProps)): GatewayDocument {
  return documentOf(synthesize(props).stack);
}

/** One statement of a policy with intrinsics rendered as readable text. */
export interface Statement {
  readonly actions: string[];
  readonly resources: string[];
  readonly condition?: unknown;
}

/** The statements of the role of one function, in order: `proxy`, `admin`, `usage` or `sweeper`. */
export function statementsOf(template: Template, name: string): Statement[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    new RegExp(`${name}(Role)?DefaultPolicy`, 'i').test(id),
  );
  return policies.flatMap(([, policy]) =>
    policy['Properties'].PolicyDocument.Statement.map((statement: Record<string, unknown>) => ({
      actions: [statement['Action']].flat(),
      resources: [statement['Resource']].flat().map(readable),
      ...(statement['Condition'] === undefined ? {} : { condition: readable(statement['Condition']) }),
    })),
  );
}

/** Renders intrinsics: `<Records.Arn>/index/open`. Logical ids lose their hashes. */
export function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const [[intrinsic, argument] = ['', ''], ...others] = Object.entries(value);
  if (others.length === 0 && intrinsic === 'Ref') return argument === 'AWS::Partition' ? 'aws' : `<${withoutHash(String(argument))}>`;
  if (others.length === 0 && intrinsic === 'Fn::GetAtt') return `<${withoutHash(argument[0])}.${argument[1]}>`;
  if (others.length === 0 && intrinsic === 'Fn::Join') return argument[1].map(readable).join(argument[0]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
