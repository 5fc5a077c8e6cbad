import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { StackPlace } from './account';
import { LocalRunError } from './failure';
import { isGatewayFunction } from './gateway-function';
import { isObject, type JsonObject, object, readJsonFile, text } from './json';
import { inlineNestedStacks } from './nested-stacks';

/** One stack of a synthesized app. */
export interface AssemblyStack {
  readonly stackName: string;
  /** Path of the stack in the construct tree. */
  readonly displayName: string;
  readonly place: StackPlace;
  /** With the templates of its nested stacks in it. */
  readonly template: JsonObject;
  /** Folder or file of an asset, by the object key that the template names it with. */
  readonly assets: ReadonlyMap<string, string>;
}

/**
 * Reads every stack of a cloud assembly, those of nested stages included.
 *
 * @param directory what the CDK wrote, such as `cdk.out`
 * @throws LocalRunError when it is not a cloud assembly
 */
export function readCloudAssembly(directory: string): AssemblyStack[] {
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile)) throw new LocalRunError(`${directory} holds no cloud assembly: the app did not call app.synth()`);
  const artifacts = object(readJsonFile(manifestFile).artifacts);
  return Object.values(artifacts).flatMap((artifact) => {
    if (!isObject(artifact)) return [];
    const properties = object(artifact.properties);
    if (artifact.type === 'cdk:cloud-assembly') return readCloudAssembly(join(directory, String(properties.directoryName)));
    return artifact.type === 'aws:cloudformation:stack' ? [readStack(directory, artifact, properties, artifacts)] : [];
  });
}

function readStack(directory: string, artifact: JsonObject, properties: JsonObject, artifacts: JsonObject): AssemblyStack {
  const templateFile = String(properties.templateFile);
  const id = templateFile.replace(/\.template\.json$/, '');
  const assets = readAssets(directory, object(artifacts[`${id}.assets`]));
  return {
    stackName: text(properties.stackName) ?? id,
    displayName: text(artifact.displayName) ?? id,
    place: readPlace(text(artifact.environment) ?? ''),
    template: inlineNestedStacks(readJsonFile(join(directory, templateFile)), assets),
    assets,
  };
}

/** @param environment such as `aws://123456789012/eu-west-1`, or with `unknown-account` and `unknown-region` */
function readPlace(environment: string): StackPlace {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
  return {
    ...(account === undefined || account === 'unknown-account' ? {} : { accountId: account }),
    ...(region === undefined || region === 'unknown-region' ? {} : { region }),
  };
}

function readAssets(directory: string, artifact: JsonObject): Map<string, string> {
  const file = text(object(artifact.properties).file);
  const assets = new Map<string, string>();
  if (file === undefined) return assets;
  for (const asset of Object.values(object(readJsonFile(join(directory, file)).files))) {
    const path = text(object(object(asset).source).path);
    if (path === undefined) continue;
    for (const destination of Object.values(object(object(asset).destinations))) {
      const key = text(object(destination).objectKey);
      if (key !== undefined) assets.set(key, resolve(directory, path));
    }
  }
  return assets;
}

/**
 * The stack to serve: the one whose functions belong to an `LlmGateway`.
 *
 * @param wanted a stack's name or path, when the app has more than one gateway
 * @throws LocalRunError when none or several qualify
 */
export function gatewayStack(stacks: readonly AssemblyStack[], wanted?: string): AssemblyStack {
  const candidates = stacks.filter(holdsGateway);
  const chosen = wanted === undefined ? candidates : candidates.filter((stack) => [stack.stackName, stack.displayName].includes(wanted));
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return only;
  const names = candidates.map((stack) => stack.displayName).join(', ');
  if (candidates.length === 0) {
    const seen = stacks.map((stack) => stack.displayName).join(', ') || 'none';
    throw new LocalRunError(`no stack of the app holds an LlmGateway (stacks: ${seen}); add \`new LlmGateway(this, 'Gateway')\` to one`);
  }
  if (chosen.length === 0) throw new LocalRunError(`no stack "${wanted}" with an LlmGateway; choose one of: ${names}`);
  throw new LocalRunError(`several stacks hold an LlmGateway; choose one with --stack: ${names}`);
}

function holdsGateway(stack: AssemblyStack): boolean {
  return Object.values(object(stack.template.Resources))
    .map(object)
    .some((resource) => resource.Type === 'AWS::Lambda::Function' && isGatewayFunction(object(resource.Properties)));
}
