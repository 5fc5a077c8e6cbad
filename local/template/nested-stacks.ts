import { isObject, type JsonObject, type JsonValue, object, readJsonFile } from './json';

/** Sections whose members a nested stack brings along under its own logical id. */
const SECTIONS = ['Resources', 'Conditions', 'Mappings'] as const;

/**
 * Puts the templates of nested stacks in the place where their parent has them, so that what reads a stack need not know of any.
 * A nested stack whose template is no asset of the app stays what it is.
 *
 * @param assets files by the object key that the template names them with
 */
export function inlineNestedStacks(template: JsonObject, assets: ReadonlyMap<string, string>): JsonObject {
  const sections = Object.fromEntries(SECTIONS.map((section) => [section, { ...object(template[section]) }]));
  const outputs = new Map<string, JsonObject>();
  for (const [logicalId, resource] of Object.entries(object(template.Resources))) {
    const nested = nestedTemplate(object(resource), assets);
    if (nested === undefined) continue;
    delete sections.Resources?.[logicalId];
    const inside = new NestedScope(logicalId, nested, object(object(object(resource).Properties).Parameters));
    for (const section of SECTIONS) Object.assign(sections[section] as JsonObject, inside.members(section));
    outputs.set(logicalId, inside.outputs());
  }
  return outputs.size === 0 ? template : object(withOutputs({ ...template, ...sections }, outputs));
}

function nestedTemplate({ Type: type, Properties: properties }: JsonObject, assets: ReadonlyMap<string, string>): JsonObject | undefined {
  if (type !== 'AWS::CloudFormation::Stack') return undefined;
  const url = JSON.stringify(object(properties).TemplateURL ?? '');
  const file = [...assets].find(([key]) => url.includes(key))?.[1];
  return file === undefined ? undefined : inlineNestedStacks(readJsonFile(file), assets);
}

/** Replaces what a parent asks of its nested stacks by what they answer, which may be another one's answer. */
function withOutputs(value: JsonValue, outputs: ReadonlyMap<string, JsonObject>): JsonValue {
  if (Array.isArray(value)) return value.map((member) => withOutputs(member, outputs));
  if (!isObject(value)) return value;
  const [logicalId, attribute] = attributeIn(value['Fn::GetAtt']);
  const answer = attribute.startsWith('Outputs.') ? outputs.get(logicalId)?.[attribute.slice('Outputs.'.length)] : undefined;
  return answer === undefined ? mapMembers(value, (member) => withOutputs(member, outputs)) : withOutputs(answer, outputs);
}

/** A nested template, seen from its parent: names carry the nested stack's logical id, parameters are what the parent gives. */
class NestedScope {
  public constructor(
    private readonly logicalId: string,
    private readonly template: JsonObject,
    private readonly given: JsonObject,
  ) {}

  public members(section: (typeof SECTIONS)[number]): JsonObject {
    const members = Object.entries(object(this.template[section]));
    return Object.fromEntries(members.map(([name, member]) => [this.named(name), this.rewrite(member)]));
  }

  public outputs(): JsonObject {
    const outputs = Object.entries(object(this.template.Outputs));
    return Object.fromEntries(outputs.map(([name, output]) => [name, this.rewrite(object(output).Value ?? null)]));
  }

  private named(name: string): string {
    return `${this.logicalId}${name}`;
  }

  private rewrite(value: JsonValue): JsonValue {
    if (Array.isArray(value)) return value.map((member) => this.rewrite(member));
    if (!isObject(value)) return value;
    if (typeof value.Ref === 'string') return this.reference(value.Ref);
    const result = mapMembers(value, (member) => this.rewrite(member));
    if (typeof value.Condition === 'string') result.Condition = this.named(value.Condition);
    if (value['Fn::GetAtt'] !== undefined) {
      const [logicalId, attribute] = attributeIn(value['Fn::GetAtt']);
      result['Fn::GetAtt'] = [this.named(logicalId), attribute];
    }
    for (const name of ['Fn::If', 'Fn::FindInMap']) {
      const [first, ...others] = Array.isArray(result[name]) ? result[name] : [];
      if (typeof first === 'string') result[name] = [this.named(first), ...others];
    }
    if (value['Fn::Sub'] !== undefined) result['Fn::Sub'] = this.substitution(value['Fn::Sub']);
    return result;
  }

  private reference(name: string): JsonValue {
    if (name.startsWith('AWS::')) return { Ref: name };
    const parameter = object(this.template.Parameters)[name];
    if (parameter === undefined) return { Ref: this.named(name) };
    return this.given[name] ?? object(parameter).Default ?? null;
  }

  private substitution(argument: JsonValue): JsonValue {
    const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
    const variables = mapMembers(object(own), (member) => this.rewrite(member));
    const rewritten = String(text).replace(/\$\{([^!}][^}]*)\}/g, (written, name: string) => {
      if (name in variables || name.startsWith('AWS::')) return written;
      if (name in object(this.template.Parameters)) variables[name] = this.reference(name);
      else return `\${${this.named(name)}}`;
      return written;
    });
    return [rewritten, variables];
  }
}

function attributeIn(argument: JsonValue | undefined): [logicalId: string, attribute: string] {
  const [logicalId = '', ...attribute] = Array.isArray(argument) ? argument.map(String) : String(argument ?? '').split('.');
  return [logicalId, attribute.join('.')];
}

function mapMembers(value: JsonObject, change: (member: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]));
}
