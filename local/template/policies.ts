import type { PolicyStatement } from '../aws/iam';
import type { JsonValue } from './json';
import { list, object, text } from './json';
import type { StackModel } from './stack-model';

/** A role of the template and all that its policies say. */
export interface RoleDefinition {
  readonly arn: string;
  readonly name: string;
  readonly logicalId: string;
  readonly statements: readonly PolicyStatement[];
  /** ARNs of AWS's own policies; the local run knows none of their statements. */
  readonly managedPolicyArns: readonly string[];
}

/** Every role with its inline and its attached policies. */
export function readRoles(model: StackModel): RoleDefinition[] {
  const attached = model.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy');
  return model.ofType('AWS::IAM::Role').map((role) => {
    const name = role.physical?.ref ?? role.logicalId;
    const inline = list(role.properties.Policies).map((policy) => object(policy).PolicyDocument);
    const documents = attached
      .filter((policy) => list(policy.properties.Roles).includes(name))
      .map((policy) => policy.properties.PolicyDocument);
    return {
      arn: role.physical?.attributes.Arn ?? name,
      name,
      logicalId: role.logicalId,
      statements: [...inline, ...documents].flatMap(statements),
      managedPolicyArns: list(role.properties.ManagedPolicyArns).map(String),
    };
  });
}

function statements(document: JsonValue | undefined): PolicyStatement[] {
  const members = object(document).Statement;
  const statements = Array.isArray(members) ? members : members === undefined ? [] : [members];
  return statements.map((statement) => object(statement) as unknown as PolicyStatement);
}

/** What the stack's queues' own policies say of a service. */
export function readQueuePolicies(model: StackModel, service: string): PolicyStatement[] {
  return model
    .ofType('AWS::SQS::QueuePolicy')
    .flatMap(({ properties }) => statements(properties.PolicyDocument))
    .filter((statement) => concerns((statement as { Principal?: JsonValue }).Principal, service));
}

function concerns(principal: JsonValue | undefined, service: string): boolean {
  if (principal === '*' || object(principal).AWS === '*') return true;
  return [object(principal).Service].flat().includes(service);
}

/** A service that the template lets call a function. */
export interface InvokePermission {
  readonly functionName: string;
  readonly principal: string;
  /** ARN, with wildcards. */
  readonly sourceArn?: string;
}

/** Every `AWS::Lambda::Permission`, the function given by name or ARN. */
export function readInvokePermissions(model: StackModel): InvokePermission[] {
  return model.ofType('AWS::Lambda::Permission').map(({ properties }) => {
    const sourceArn = text(properties.SourceArn);
    return {
      functionName: text(properties.FunctionName) ?? '',
      principal: text(properties.Principal) ?? '',
      ...(sourceArn === undefined ? {} : { sourceArn }),
    };
  });
}

/** Whether a service may call a function on behalf of a source. */
export function mayInvoke(
  permissions: readonly InvokePermission[],
  target: { readonly name: string; readonly arn: string },
  principal: string,
  sourceArn: string,
): boolean {
  return permissions.some(
    (permission) =>
      (permission.functionName === target.name || permission.functionName === target.arn) &&
      permission.principal === principal &&
      (permission.sourceArn === undefined || matchesArn(permission.sourceArn, sourceArn)),
  );
}

/** ARN patterns: `*` any characters, `?` one. */
export function matchesArn(pattern: string, arn: string): boolean {
  const expression = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${expression}$`, 's').test(arn);
}
