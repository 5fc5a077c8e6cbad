import * as iam from 'aws-cdk-lib/aws-iam';
import type { GatewayApi } from './api';
import { ADMIN_METHODS, STAGE_NAME, TABLES } from './private/contract';
import { secretPolicyArn } from './private/secret-access';
import { indexArn } from './private/table-access';
import type { PrivateAdminApi } from './private-admin-api';
import type { GatewaySecrets } from './secrets';
import type { GatewayTables } from './tables';

/** What the grants are about. */
export interface LlmGatewayGrantsProps {
  /** The gateway's API. */
  readonly api: GatewayApi;

  /**
   * The admin plane's own API.
   *
   * @default - it is a part of the gateway's
   */
  readonly adminApi?: PrivateAdminApi;

  /** The gateway's secrets. */
  readonly secrets: GatewaySecrets;

  /** The gateway's tables. */
  readonly tables: GatewayTables;
}

/** What AWS principals may be allowed to do with a gateway. Callers of its API prove themselves by virtual keys, not by IAM. */
export class LlmGatewayGrants {
  /** @param props what the grants are about */
  constructor(private readonly props: LlmGatewayGrantsProps) {}

  /**
   * Allows a principal to call the data plane where IAM is asked at all.
   *
   * The API itself asks for a virtual key and no signature, so this matters only where a policy of yours limits who may call
   * `execute-api`: a VPC endpoint's policy, a permissions boundary, or authorization that you add to the API.
   */
  invoke(grantee: iam.IGrantable): iam.Grant {
    const { restApi } = this.props.api;
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [restApi.arnForExecuteApi('GET', '/v1/*', STAGE_NAME), restApi.arnForExecuteApi('POST', '/v1/*', STAGE_NAME)],
    });
  }

  /**
   * Allows a principal to read the bootstrap admin credential, and so to do everything that the admin API can do; and to call that API where
   * IAM is asked at all.
   */
  administer(grantee: iam.IGrantable): iam.Grant {
    const { api, adminApi, secrets } = this.props;
    const { bootstrap } = secrets;
    const { restApi } = adminApi ?? api;
    const call = iam.Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: ADMIN_METHODS.map((method) => restApi.arnForExecuteApi(method, '/admin/v1/*', STAGE_NAME)),
    });
    const read = iam.Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [secretPolicyArn(bootstrap)],
    });
    const grant = call.combine(read);
    return bootstrap.encryptionKey === undefined ? grant : grant.combine(bootstrap.encryptionKey.grant(grantee, 'kms:Decrypt'));
  }

  /** Allows a principal to read usage and requests straight from the table: its `feed` index, nothing else. */
  readUsage(grantee: iam.IGrantable): iam.Grant {
    const { records } = this.props.tables;
    return this.query(grantee, indexArn(records, TABLES.records.indexes.feed.name));
  }

  /** Allows a principal to read who changed what straight from the table of audit entries. Nothing here lets anybody write there. */
  readAudit(grantee: iam.IGrantable): iam.Grant {
    return this.query(grantee, this.props.tables.audit.tableArn);
  }

  private query(grantee: iam.IGrantable, resourceArn: string): iam.Grant {
    const { encryptionKey } = this.props.tables;
    const grant = iam.Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns: [resourceArn] });
    return encryptionKey === undefined ? grant : grant.combine(encryptionKey.grant(grantee, 'kms:Decrypt'));
  }
}
