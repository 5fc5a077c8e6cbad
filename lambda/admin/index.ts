import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createAwsJsonCall } from '../aws/aws-json';
import { createLeanDynamoDb } from '../aws/dynamodb';
import { createS3ObjectStore } from '../aws/s3';
import { createSecrets, secretsManager } from '../aws/secrets';
import { awsSessionParts } from '../aws/session';
import { loadDocument } from '../platform/document';
import { createLog, readEnvironment, systemClock } from '../platform/runtime';
import { createApplication } from './application';
import { fromEvent, toResult } from './event';
import { createServices } from './services';

const environment = readEnvironment();
const clock = systemClock;
const dynamodbEndpoint = environment.awsEndpoint('DYNAMODB');
const aws = awsSessionParts(environment);
const call = createAwsJsonCall(aws);
const bucketOf = (name: string) =>
  name === '' ? undefined : createS3ObjectStore({ ...aws, endpoint: environment.awsEndpoint('S3') }, name);
const application = createApplication(
  createServices({
    environment,
    clock,
    log: createLog(environment.logLevel),
    connector: createLeanDynamoDb(call, dynamodbEndpoint),
    secrets: createSecrets(secretsManager(call, environment.awsEndpoint('SECRETS_MANAGER')), clock),
    archive: bucketOf(environment.archiveBucket),
    contents: bucketOf(environment.contentBucket),
    document: loadDocument(environment.configFile),
  }),
);

/** The admin API behind API Gateway's buffered Lambda proxy integration. */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => toResult(await application(fromEvent(event)));
