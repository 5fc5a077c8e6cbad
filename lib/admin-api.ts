import { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { GatewayFunctionProps } from './function-props';
import { BundledFunction } from './private/bundled-function';
import { contentEnvironment } from './private/content-environment';
import { ENV, TABLES } from './private/contract';
import { allowReadingSecret } from './private/secret-access';
import { allowTables, tableEnvironment } from './private/table-access';
import type { GatewayTables } from './tables';

/** Properties of the admin plane. */
export interface GatewayAdminProps extends GatewayFunctionProps {
  /** The gateway's tables. */
  readonly tables: GatewayTables;

  /** The pepper of the virtual keys. */
  readonly pepper: ISecret;

  /** The bootstrap admin credential. */
  readonly bootstrap: ISecret;
}

/** The admin plane: keys, teams, budgets, usage and audit under `/admin/v1`. */
export class GatewayAdmin extends Construct {
  /** The function. */
  readonly handler: lambda.Function;

  /** Its role. */
  readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: GatewayAdminProps) {
    super(scope, id);
    const { tables } = props;

    const admin = new BundledFunction(this, 'Admin', {
      bundle: 'admin',
      description: 'Admin plane of an LLM gateway',
      timeout: Duration.seconds(29),
      memorySize: 512,
      environment: {
        ...tableEnvironment(tables),
        [ENV.AUDIT_TABLE]: tables.audit.tableName,
        ...contentEnvironment(props.contentLog),
        [ENV.GATEWAY]: props.gatewayName,
        [ENV.PEPPER_SECRET]: props.pepper.secretArn,
        [ENV.BOOTSTRAP_SECRET]: props.bootstrap.secretArn,
      },
      configuration: props.configuration,
      activeTracing: props.activeTracing,
      logRetention: props.logRetention,
      logRemovalPolicy: props.logRemovalPolicy,
    });
    allowTables(admin.role, tables, {
      identity: {
        items: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
        query: [TABLES.identity.indexes.byKind.name, TABLES.identity.indexes.byOwner.name],
      },
      counters: { items: ['BatchGetItem', 'UpdateItem'] },
      records: { items: ['GetItem', 'PutItem', 'Query'], query: [TABLES.records.indexes.feed.name] },
      // Entries are added and read, by nobody changed or removed.
      audit: { items: ['PutItem', 'Query'] },
    });
    for (const secret of [props.pepper, props.bootstrap]) allowReadingSecret(admin.role, secret);
    props.contentLog?.allowReading(admin.role);
    this.handler = admin.function;
    this.role = admin.role;
  }
}
