import type { LocalAccount } from './account';
import { LocalRunError } from './failure';
import { type IntrinsicScope, resolveCondition, resolveValue } from './intrinsics';
import { isObject, type JsonObject, type JsonValue, object } from './json';
import { type PhysicalResource, physicalResource } from './physical-resources';

/** One resource of the template. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** Each is resolved when it is first read. */
  readonly properties: JsonObject;
  readonly physical: PhysicalResource | undefined;
}

/** Where the local run stands in for AWS. */
export interface StackEnvironment {
  readonly account: LocalAccount;
  /** Origin of the local AWS endpoint. */
  readonly endpoint: string;
}

/**
 * One synthesized template as if it had been deployed into the local account: names, ARNs and URLs are decided, and every
 * value can be resolved. Resolution is lazy: what the gateway does not need may hold functions that the local run does not know.
 */
export class StackModel implements IntrinsicScope {
  private readonly resources: JsonObject;
  private readonly physical = new Map<string, PhysicalResource | undefined>();
  private readonly resolving = new Set<string>();

  /** @param imports finds what other stacks export; undefined: nothing of that name */
  public constructor(
    public readonly stackName: string,
    private readonly template: JsonObject,
    public readonly environment: StackEnvironment,
    private readonly imports: (name: string) => JsonValue | undefined = () => undefined,
  ) {
    this.resources = object(template.Resources);
  }

  /** Resources of the given types that their conditions let exist, in the template's order. */
  public ofType(...types: string[]): StackResource[] {
    return Object.keys(this.resources)
      .filter((logicalId) => types.includes(this.typeOf(logicalId)) && this.exists(logicalId))
      .map((logicalId) => this.resource(logicalId));
  }

  /** @throws LocalRunError when the template has no such resource; reading a property that cannot be resolved throws too */
  public resource(logicalId: string): StackResource {
    return { logicalId, type: this.typeOf(logicalId), properties: this.propertiesOf(logicalId), physical: this.physicalOf(logicalId) };
  }

  /** Takes over the name and attributes that a stand-in gave a resource when it made it. */
  public adopt(logicalId: string, made: Partial<PhysicalResource>): void {
    const known = this.physicalOf(logicalId);
    this.physical.set(logicalId, { ref: made.ref ?? known?.ref ?? logicalId, attributes: { ...known?.attributes, ...made.attributes } });
  }

  /** Whether the stack exports something under this name. */
  public exports(name: string): boolean {
    return this.exportOf(name) !== undefined;
  }

  /** What the stack exports under this name; undefined: nothing. */
  public exported(name: string): JsonValue | undefined {
    const output = this.exportOf(name);
    return output === undefined ? undefined : resolveValue(output.Value ?? null, this);
  }

  public imported(name: string): JsonValue {
    const value = this.imports(name);
    if (value === undefined) throw new LocalRunError(`no stack of the app exports ${name}, which stack ${this.stackName} imports`);
    return value;
  }

  public ref(name: string): JsonValue {
    const pseudo = this.pseudoParameter(name);
    if (pseudo !== undefined) return pseudo;
    const parameter = object(this.template.Parameters)[name];
    if (isObject(parameter)) {
      if (parameter.Default === undefined) throw new LocalRunError(`the template's parameter ${name} has no default; give it one`);
      return parameter.Default;
    }
    const physical = this.physicalOf(name);
    if (physical === undefined) throw this.unknown(`Ref ${name}`, name);
    return physical.ref;
  }

  public attribute(logicalId: string, attribute: string): string {
    const value = this.physicalOf(logicalId)?.attributes[attribute];
    if (value === undefined) throw this.unknown(`Fn::GetAtt ${logicalId}.${attribute}`, logicalId);
    return value;
  }

  public condition(name: string): boolean {
    const condition = object(this.template.Conditions)[name];
    if (condition === undefined) throw new LocalRunError(`the template has no condition ${name}`);
    return resolveCondition(condition, this);
  }

  public mapping(map: string, first: string, second: string): JsonValue {
    const value = object(object(object(this.template.Mappings)[map])[first])[second];
    if (value === undefined) throw new LocalRunError(`the template's mapping ${map} has nothing for ${first}, ${second}`);
    return value;
  }

  private exportOf(name: string): JsonObject | undefined {
    return Object.values(object(this.template.Outputs))
      .map(object)
      .find((candidate) => resolveValue(object(candidate.Export).Name ?? null, this) === name);
  }

  private propertiesOf(logicalId: string): JsonObject {
    const properties: JsonObject = {};
    for (const [name, value] of Object.entries(object(this.declaration(logicalId).Properties))) {
      let resolved: JsonValue | undefined;
      Object.defineProperty(properties, name, {
        enumerable: true,
        get: () => {
          resolved ??= this.explained(logicalId, () => resolveValue(value, this));
          return resolved;
        },
      });
    }
    return properties;
  }

  private physicalOf(logicalId: string): PhysicalResource | undefined {
    if (this.physical.has(logicalId)) return this.physical.get(logicalId);
    if (this.resolving.has(logicalId)) throw new LocalRunError(`the template's resource ${logicalId} refers to itself`);
    this.resolving.add(logicalId);
    try {
      const physical = physicalResource(this.typeOf(logicalId), {
        account: this.environment.account,
        stackName: this.stackName,
        logicalId,
        properties: this.namingProperties(logicalId),
        endpoint: this.environment.endpoint,
      });
      this.physical.set(logicalId, physical);
      return physical;
    } finally {
      this.resolving.delete(logicalId);
    }
  }

  /** Only what names a resource: the rest may refer back to it. */
  private namingProperties(logicalId: string): JsonObject {
    const result: JsonObject = {};
    for (const [name, value] of Object.entries(object(this.declaration(logicalId).Properties))) {
      if (name === 'Name' || name.endsWith('Name')) result[name] = resolveValue(value, this);
    }
    return result;
  }

  private exists(logicalId: string): boolean {
    const condition = this.declaration(logicalId).Condition;
    return typeof condition !== 'string' || this.condition(condition);
  }

  private declaration(logicalId: string): JsonObject {
    const declaration = this.resources[logicalId];
    if (!isObject(declaration)) throw new LocalRunError(`the template of stack ${this.stackName} has no resource ${logicalId}`);
    return declaration;
  }

  private typeOf(logicalId: string): string {
    return String(this.declaration(logicalId).Type);
  }

  private pseudoParameter(name: string): string | undefined {
    const { account } = this.environment;
    switch (name) {
      case 'AWS::AccountId':
        return account.accountId;
      case 'AWS::Region':
        return account.region;
      case 'AWS::Partition':
        return account.partition;
      case 'AWS::URLSuffix':
        return account.urlSuffix;
      case 'AWS::StackName':
        return this.stackName;
      case 'AWS::StackId':
        return `arn:${account.partition}:cloudformation:${account.region}:${account.accountId}:stack/${this.stackName}/local`;
      default:
        return undefined;
    }
  }

  private explained<T>(logicalId: string, resolve: () => T): T {
    try {
      return resolve();
    } catch (error) {
      if (!(error instanceof LocalRunError)) throw error;
      throw new LocalRunError(`${logicalId} (${this.typeOf(logicalId)}): ${error.message}`, error);
    }
  }

  private unknown(what: string, logicalId: string): LocalRunError {
    return new LocalRunError(`${what}: the local run has no stand-in for ${this.typeOf(logicalId)}`);
  }
}
