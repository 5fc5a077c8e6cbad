import { runSimulation } from '@cloud-copilot/iam-simulate';
import { Template } from 'aws-cdk-lib/assertions';
import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { LlmGateway, Provider, ProviderNetwork } from '../../lib';
import { type PolicyStatement, wildcard } from '../../local/aws/iam';
import { localAccount } from '../../local/template/account';
import type { JsonObject } from '../../local/template/json';
import { type RoleDefinition, readRoles } from '../../local/template/policies';
import { StackModel } from '../../local/template/stack-model';
import { newStack } from './support';

/** Who may do what to the audit table, by every policy that a gateway's template holds. */

interface Composition {
  readonly encryptionKey: boolean;
  readonly network: boolean;
  /** Roles beside the functions' own get every grant that the gateway has. */
  readonly grants: boolean;
}

const FLAGS = [false, true];
const COMPOSITIONS: Composition[] = FLAGS.flatMap((encryptionKey) =>
  FLAGS.flatMap((network) => FLAGS.map((grants) => ({ encryptionKey, network, grants }))),
);

/** The template's roles with ARNs in place of intrinsics, and the ARN of the audit table. */
function compose({ encryptionKey, network, grants }: Composition): { roles: RoleDefinition[]; table: string } {
  const stack = newStack();
  const vllm = () =>
    Provider.vllm({
      baseUrl: 'http://10.0.1.7:8000/v1',
      network: ProviderNetwork.vpc(new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 })),
      free: true,
    });
  const gateway = new LlmGateway(stack, 'Gateway', {
    ...(encryptionKey ? { encryptionKey: new kms.Key(stack, 'Key') } : {}),
    providers: [Provider.bedrock(), ...(network ? [vllm()] : [])],
  });
  const role = new iam.Role(stack, 'Grantee', { assumedBy: new iam.AccountRootPrincipal() });
  if (grants) for (const grant of ['invoke', 'administer', 'readUsage', 'readAudit'] as const) gateway.grants[grant](role).assertSuccess();
  const template = Template.fromStack(stack).toJSON() as JsonObject;
  const model = new StackModel('Test', template, { account: localAccount(), endpoint: 'http://127.0.0.1:1' });
  return {
    roles: readRoles(model),
    table: model.attribute(stack.getLogicalId(gateway.tables.audit.node.defaultChild as CfnTable), 'Arn'),
  };
}

/** Every action of DynamoDB that a role's statements allow on the table itself, its indexes or its stream, as the statements write it. */
function actionsOn(table: string, { statements }: RoleDefinition): string[] {
  const reaches = (pattern: string): boolean =>
    [table, `${table}/index/any`].some((arn) => wildcard(pattern, arn)) || pattern.startsWith(`${table}/`);
  const allowing = statements.filter(
    ({ Effect, Resource }: PolicyStatement) => Effect === 'Allow' && [Resource ?? '*'].flat().some(reaches),
  );
  const actions = allowing.flatMap(({ Action }) => [Action ?? '*'].flat()).filter((action) => /^(dynamodb:|\*)/i.test(action));
  return [...new Set(actions)].sort();
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete', 'DeleteTable'];

async function allowed({ arn, statements }: RoleDefinition, action: string, resource: string): Promise<boolean> {
  const result = await runSimulation(
    {
      request: { principal: arn, action, resource: { resource, accountId: localAccount().accountId }, contextVariables: {} },
      identityPolicies: [{ name: 'role', policy: { Version: '2012-10-17', Statement: statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    } as Parameters<typeof runSimulation>[0],
    {},
  );
  return 'overallResult' in result && result.overallResult === 'Allowed';
}

test.each(COMPOSITIONS)('R09 the admin function alone adds audit entries, and nobody changes or removes one: %j', async (composition) => {
  const { roles, table } = compose(composition);
  const found = Object.fromEntries(roles.map((role) => [role.logicalId, actionsOn(table, role)]).filter(([, actions]) => actions?.length));
  const nameOf = (pattern: RegExp): string => roles.map(({ logicalId }) => logicalId).find((id) => pattern.test(id)) ?? '';

  expect(roles.length).toBeGreaterThan(4);
  expect(roles.flatMap(({ managedPolicyArns }) => managedPolicyArns)).toEqual([]);
  expect(found).toEqual({
    [nameOf(/AdminRole/)]: ['dynamodb:PutItem', 'dynamodb:Query'],
    [nameOf(/UsageRole/)]: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
    ...(composition.grants ? { [nameOf(/^Grantee/)]: ['dynamodb:Query'] } : {}),
  });
  for (const role of roles) {
    for (const action of WRITES) {
      const adds = /AdminRole/.test(role.logicalId) && action === 'PutItem';
      expect([role.logicalId, action, await allowed(role, `dynamodb:${action}`, table)]).toEqual([role.logicalId, action, adds]);
    }
  }
});
