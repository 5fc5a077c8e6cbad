import type { AssemblyStack } from './cloud-assembly';
import { isObject, type JsonValue } from './json';
import { type StackEnvironment, StackModel } from './stack-model';

/** The gateway's stack and those whose exports it needs. */
export interface AppModel {
  readonly gateway: StackModel;
  /** In the order in which they are deployed. */
  readonly dependencies: readonly StackModel[];
}

/** Models the gateway's stack, and every stack from which it imports, directly or not. */
export function modelApp(stacks: readonly AssemblyStack[], chosen: AssemblyStack, environment: StackEnvironment): AppModel {
  const models = new Map<string, StackModel>();
  const imports = (name: string): JsonValue | undefined => exporter(name)?.exported(name);
  const exporter = (name: string): StackModel | undefined => [...models.values()].find((model) => model.exports(name));
  for (const stack of stacks) models.set(stack.stackName, new StackModel(stack.stackName, stack.template, environment, imports));

  const ordered = new Set<StackModel>();
  const visited = new Set<StackModel>();
  const visit = (model: StackModel): void => {
    if (visited.has(model)) return;
    visited.add(model);
    const template = stacks.find((stack) => stack.stackName === model.stackName)?.template;
    for (const name of importedNames(template ?? null)) {
      const dependency = exporter(name);
      if (dependency !== undefined) visit(dependency);
    }
    ordered.add(model);
  };
  const gateway = models.get(chosen.stackName) as StackModel;
  visit(gateway);
  ordered.delete(gateway);
  return { gateway, dependencies: [...ordered] };
}

/** The names in every `Fn::ImportValue` of a template that are written out, as the CDK writes them. */
function importedNames(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(importedNames);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'Fn::ImportValue' && typeof member === 'string' ? [member] : importedNames(member),
  );
}
