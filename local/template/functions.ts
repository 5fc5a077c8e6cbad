import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AssemblyStack } from './cloud-assembly';
import { LocalRunError } from './failure';
import { isGatewayFunction } from './gateway-function';
import { list, number, object, text } from './json';
import type { StackModel, StackResource } from './stack-model';

/** One Lambda function of the template. */
export interface FunctionDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Folder of the code. */
  readonly codeDirectory: string;
  /** `<file>.<export>`, such as `index.handler`. */
  readonly handler: string;
  /** Folders that are mounted at /opt. */
  readonly layerDirectories: readonly string[];
  /** The template's own environment variables, resolved. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Most requests at once, when the template reserves concurrency. */
  readonly reservedConcurrency?: number;
}

/** Lambda's own defaults. */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/** Which of the gateway's functions a logical id names, by the construct that made it; undefined for any other function. */
export function functionKind(logicalId: string): string | undefined {
  return logicalId
    .match(/Proxy|Admin|Usage|Sweeper/g)
    ?.at(-1)
    ?.toLowerCase();
}

/**
 * Reads the Node.js functions of the stack, those of the gateway alone or all.
 *
 * @throws LocalRunError when one cannot be run here
 */
export function readFunctions(model: StackModel, stack: AssemblyStack, which: 'gateway' | 'all' = 'all'): FunctionDefinition[] {
  return model
    .ofType('AWS::Lambda::Function')
    .filter((resource) => which === 'all' || isGatewayFunction(resource.properties))
    .map((resource) => readFunction(resource, model, stack));
}

function readFunction(resource: StackResource, model: StackModel, stack: AssemblyStack): FunctionDefinition {
  const { logicalId, properties, physical } = resource;
  const runtime = text(properties.Runtime) ?? '';
  if (!runtime.startsWith('nodejs')) {
    throw new LocalRunError(`${logicalId} (AWS::Lambda::Function): the local run has Node.js functions only, not "${runtime}"`);
  }
  const reserved = number(properties.ReservedConcurrentExecutions);
  return {
    logicalId,
    name: physical?.ref ?? logicalId,
    arn: physical?.attributes.Arn ?? logicalId,
    roleArn: text(properties.Role) ?? '',
    codeDirectory: assetDirectory(stack, logicalId, text(object(properties.Code).S3Key)),
    handler: text(properties.Handler) ?? 'index.handler',
    layerDirectories: list(properties.Layers).map((arn) => layerDirectory(model, stack, String(arn))),
    environment: variables(properties.Environment),
    timeoutMs: (number(properties.Timeout) ?? DEFAULT_TIMEOUT_SECONDS) * 1_000,
    memoryMb: number(properties.MemorySize) ?? DEFAULT_MEMORY_MB,
    ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
  };
}

function variables(environment: StackResource['properties'][string] | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(object(object(environment).Variables))) {
    result[name] = text(value) ?? JSON.stringify(value);
  }
  return result;
}

function layerDirectory(model: StackModel, stack: AssemblyStack, arn: string): string {
  const layer = model.ofType('AWS::Lambda::LayerVersion').find((resource) => resource.physical?.ref === arn);
  if (layer === undefined)
    throw new LocalRunError(`the layer ${arn} is not in the template; the local run mounts the stack's own layers only`);
  return assetDirectory(stack, layer.logicalId, text(object(layer.properties.Content).S3Key));
}

function assetDirectory(stack: AssemblyStack, logicalId: string, key: string | undefined): string {
  const directory = key === undefined ? undefined : stack.assets.get(key);
  if (directory === undefined) throw new LocalRunError(`${logicalId}: its code is not an asset of the app; the local run needs a folder`);
  if (!existsSync(directory)) throw new LocalRunError(`${logicalId}: the asset ${directory} is missing; synthesize the app again`);
  return directory;
}

/** A file that a layer mounts at /opt, on this machine. The last layer that has it wins, as in Lambda. */
export function mountedFile(definition: FunctionDefinition, name: string): string | undefined {
  return [...definition.layerDirectories]
    .reverse()
    .map((directory) => join(directory, name))
    .find((file) => existsSync(file));
}
