import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { TABLES, type TableIndex } from './private/contract';

/** Properties of the gateway's tables. */
export interface GatewayTablesProps {
  /**
   * What happens to the tables when they leave the stack. They are protected from deletion unless this is `DESTROY`.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Customer key that encrypts the tables.
   *
   * @default - a key that AWS owns
   */
  readonly encryptionKey?: kms.IKey;
}

/** The gateway's DynamoDB tables: on demand, encrypted, with point-in-time recovery. */
export class GatewayTables extends Construct {
  /** Keys, teams, projects, users and run-time overrides; the proxy only reads it. */
  readonly identity: dynamodb.Table;

  /** Money, tokens, rates and concurrency by level and period. */
  readonly counters: dynamodb.Table;

  /** Requests and rollups; its stream feeds the usage function. */
  readonly records: dynamodb.Table;

  /** Who changed what, before and after; only the admin function writes it. Its stream feeds the usage function. */
  readonly audit: dynamodb.Table;

  /** The customer key, when one encrypts the tables. */
  readonly encryptionKey?: kms.IKey;

  constructor(scope: Construct, id: string, props: GatewayTablesProps = {}) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;

    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const common = {
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: props.encryptionKey === undefined ? dynamodb.TableEncryption.DEFAULT : dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.encryptionKey,
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    };
    this.identity = new dynamodb.Table(this, 'Identity', { ...common, partitionKey: key(TABLES.identity.partitionKey) });
    this.counters = new dynamodb.Table(this, 'Counters', {
      ...common,
      partitionKey: key(TABLES.counters.partitionKey),
      timeToLiveAttribute: TABLES.counters.timeToLive,
    });
    this.records = new dynamodb.Table(this, 'Records', {
      ...common,
      partitionKey: key(TABLES.records.partitionKey),
      sortKey: key(TABLES.records.sortKey),
      timeToLiveAttribute: TABLES.records.timeToLive,
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.audit = new dynamodb.Table(this, 'Audit', {
      ...common,
      partitionKey: key(TABLES.audit.partitionKey),
      sortKey: key(TABLES.audit.sortKey),
      stream: dynamodb.StreamViewType.NEW_IMAGE,
    });
    for (const [table, indexes] of [
      [this.identity, TABLES.identity.indexes],
      [this.counters, TABLES.counters.indexes],
      [this.records, TABLES.records.indexes],
    ] as const) {
      for (const index of Object.values<TableIndex>(indexes)) {
        table.addGlobalSecondaryIndex({
          indexName: index.name,
          partitionKey: key(index.partitionKey),
          sortKey: key(index.sortKey, index.isNumeric === true ? dynamodb.AttributeType.NUMBER : dynamodb.AttributeType.STRING),
          projectionType: index.keysOnly === true ? dynamodb.ProjectionType.KEYS_ONLY : dynamodb.ProjectionType.ALL,
        });
      }
    }
  }
}

function key(name: string, type = dynamodb.AttributeType.STRING): dynamodb.Attribute {
  return { name, type };
}
