import { tableFromTemplate } from '../../../local/dynamodb/table-definition';

const keys = {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
};

test('a global table gives its keys, indexes, stream, time to live and encryption key', () => {
  const index = { IndexName: 'by-pk', KeySchema: keys.KeySchema, Projection: { ProjectionType: 'ALL' } };

  const definition = tableFromTemplate('records', {
    ...keys,
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [index],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    SSESpecification: { SSEEnabled: true },
    Replicas: [{ Region: 'us-east-1', DeletionProtectionEnabled: true, SSESpecification: { KMSMasterKeyId: 'key-1' } }],
  });

  expect(definition).toEqual({
    TableName: 'records',
    ...keys,
    GlobalSecondaryIndexes: [index],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    KMSMasterKeyId: 'key-1',
  });
});

test('a time to live that is switched off, and what is not there, is left out', () => {
  expect(tableFromTemplate('plain', { ...keys, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: false } })).toEqual({
    TableName: 'plain',
    ...keys,
  });
});
