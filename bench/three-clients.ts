/** The yardstick for the cold import: the three AWS SDK clients alone, bundled as the proxy is. */
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export const clients = [new BedrockRuntimeClient({}), new DynamoDBClient({}), new SecretsManagerClient({})];
