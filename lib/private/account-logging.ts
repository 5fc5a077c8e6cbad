import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

const ACCOUNT_ID = 'LlmGatewayApiAccount';

/**
 * Lets API Gateway write logs in this account and Region: one setting for all of its APIs, so one per stack, and retained
 * because other APIs may have come to depend on it.
 *
 * Throws when two gateways of one stack name different roles.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function accountLogging(scope: Construct, role: iam.IRole | undefined): Construct {
  const stack = Stack.of(scope);
  const existing = stack.node.tryFindChild(ACCOUNT_ID);
  if (existing instanceof AccountLogging) {
    if (role !== undefined && role !== existing.givenRole) {
      throw new Error(
        'two gateways of this stack name different values as "cloudWatchRole"; the setting is one per account and Region, so give the same role to both',
      );
    }
    return existing;
  }
  return new AccountLogging(stack, ACCOUNT_ID, role);
}

class AccountLogging extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly givenRole: iam.IRole | undefined,
  ) {
    super(scope, id);
    const role = givenRole ?? this.newRole();
    const account = new apigateway.CfnAccount(this, 'Resource', { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  /** API Gateway checks these actions when the role is set; the logs it names are those of every API in the Region. */
  private newRole(): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com'),
      description: 'Lets API Gateway write the logs of its APIs in this Region',
      inlinePolicies: {
        WriteLogs: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: [
                'logs:CreateLogGroup',
                'logs:CreateLogStream',
                'logs:DescribeLogGroups',
                'logs:DescribeLogStreams',
                'logs:FilterLogEvents',
                'logs:GetLogEvents',
                'logs:PutLogEvents',
              ],
              resources: ['*'],
            }),
          ],
        }),
      },
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return role;
  }
}
