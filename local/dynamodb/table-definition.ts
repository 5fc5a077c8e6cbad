import type { StreamViewType, TableDefinition } from './types';

interface TableProperties {
  readonly KeySchema: TableDefinition['KeySchema'];
  readonly AttributeDefinitions: TableDefinition['AttributeDefinitions'];
  readonly GlobalSecondaryIndexes?: TableDefinition['GlobalSecondaryIndexes'];
  readonly LocalSecondaryIndexes?: TableDefinition['LocalSecondaryIndexes'];
  readonly StreamSpecification?: { readonly StreamViewType?: StreamViewType };
  readonly TimeToLiveSpecification?: { readonly AttributeName?: string; readonly Enabled?: boolean | string };
  readonly SSESpecification?: { readonly KMSMasterKeyId?: string };
  readonly Replicas?: readonly { readonly SSESpecification?: { readonly KMSMasterKeyId?: string } }[];
}

/**
 * The table that an `AWS::DynamoDB::Table` or `AWS::DynamoDB::GlobalTable` asks for.
 *
 * Keys, indexes, stream, time to live and the customer's encryption key are kept; capacity, recovery, replicas and protection mean
 * nothing here.
 *
 * @param properties the resource's properties with every reference resolved
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
export function tableFromTemplate(tableName: string, properties: object): TableDefinition {
  const from = properties as TableProperties;
  const { StreamSpecification: stream, TimeToLiveSpecification: life } = from;
  // A global table names a key per Region; here there is one.
  const key = from.SSESpecification?.KMSMasterKeyId ?? from.Replicas?.[0]?.SSESpecification?.KMSMasterKeyId;
  const lives = life?.AttributeName !== undefined && (life.Enabled === true || life.Enabled === 'true');
  return {
    TableName: tableName,
    KeySchema: from.KeySchema,
    AttributeDefinitions: from.AttributeDefinitions,
    ...(from.GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes: from.GlobalSecondaryIndexes }),
    ...(from.LocalSecondaryIndexes === undefined ? {} : { LocalSecondaryIndexes: from.LocalSecondaryIndexes }),
    ...(stream?.StreamViewType === undefined
      ? {}
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } }),
    ...(lives ? { TimeToLiveSpecification: { AttributeName: life.AttributeName as string, Enabled: true } } : {}),
    ...(key === undefined ? {} : { KMSMasterKeyId: key }),
  };
}

/** On-demand tables take no capacity for their indexes. */
export function indexesOf(definition: TableDefinition): Record<string, unknown> {
  const plain = ({ IndexName, KeySchema, Projection }: NonNullable<TableDefinition['GlobalSecondaryIndexes']>[number]): object => ({
    IndexName,
    KeySchema,
    Projection,
  });
  return {
    ...(definition.GlobalSecondaryIndexes?.length ? { GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes.map(plain) } : {}),
    ...(definition.LocalSecondaryIndexes?.length ? { LocalSecondaryIndexes: definition.LocalSecondaryIndexes.map(plain) } : {}),
  };
}
