import { Stack } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { SPEND_COLUMNS, SPEND_PREFIX, type SpendColumn } from './contract';

const TABLE = 'spend';
const PARQUET = 'org.apache.hadoop.hive.ql.io.parquet';
/** Earlier than any gateway. */
const FIRST_DAY = '2026-01-01';

const TYPES: Readonly<Record<SpendColumn['kind'], string>> = {
  text: 'string',
  integer: 'bigint',
  decimal: 'decimal(18,9)',
  time: 'timestamp',
};

export interface SpendTable {
  readonly database: string;
  readonly table: string;
}

/**
 * What Athena knows of the files. Days are not listed anywhere: they are found by their names.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 */
export function spendTable(scope: Construct, bucket: s3.IBucket): SpendTable {
  const { account } = Stack.of(scope);
  const database = new glue.CfnDatabase(scope, 'Database', {
    catalogId: account,
    databaseInput: { name: `llm_gateway_${scope.node.addr.slice(-12)}`, description: 'Spend of an LLM gateway' },
  });
  const location = `s3://${bucket.bucketName}/${SPEND_PREFIX}`;
  new glue.CfnTable(scope, 'Table', {
    catalogId: account,
    databaseName: database.ref,
    tableInput: {
      name: TABLE,
      description: 'By hour, key and model, as FOCUS has it; what begins with x_ is beyond FOCUS',
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [{ name: 'day', type: 'string', comment: 'UTC' }],
      parameters: {
        EXTERNAL: 'TRUE',
        classification: 'parquet',
        'projection.enabled': 'true',
        'projection.day.type': 'date',
        'projection.day.format': 'yyyy-MM-dd',
        'projection.day.interval': '1',
        'projection.day.interval.unit': 'DAYS',
        'projection.day.range': `${FIRST_DAY},NOW`,
        'storage.location.template': `${location}day=\${day}/`,
      },
      storageDescriptor: {
        location,
        columns: SPEND_COLUMNS.map(({ name, kind }) => ({ name: name.toLowerCase(), type: TYPES[kind] })),
        inputFormat: `${PARQUET}.MapredParquetInputFormat`,
        outputFormat: `${PARQUET}.MapredParquetOutputFormat`,
        serdeInfo: { serializationLibrary: `${PARQUET}.serde.ParquetHiveSerDe` },
      },
    },
  });
  return { database: database.ref, table: TABLE };
}

/** A workgroup whose queries are bounded, and whose results nobody chooses the place of. */
export function spendWorkgroup(scope: Construct, bucket: s3.IBucket, resultsPrefix: string, mostBytesScanned: number): athena.CfnWorkGroup {
  return new athena.CfnWorkGroup(scope, 'Workgroup', {
    name: `llm-gateway-${scope.node.addr.slice(-12)}`,
    description: 'Questions about the spend of an LLM gateway',
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: false,
      bytesScannedCutoffPerQuery: mostBytesScanned,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: `s3://${bucket.bucketName}/${resultsPrefix}`,
        ...(bucket.encryptionKey === undefined
          ? { encryptionConfiguration: { encryptionOption: 'SSE_S3' } }
          : { encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: bucket.encryptionKey.keyArn } }),
      },
    },
  });
}
