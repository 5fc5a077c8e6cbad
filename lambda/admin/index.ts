import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createLeanDynamoDb } from '../aws/dynamodb';
import { createSecrets, secretsManager } from '../aws/secrets';
import { openAwsSession } from '../aws/session';
import { loadDocument } from '../platform/document';
import { createLog, readEnvironment, systemClock } from '../platform/runtime';
import { createApplication } from './application';
import { fromEvent, toResult } from './event';
import { createServices } from './services';

const environment = readEnvironment();
const clock = systemClock;
const dynamodbEndpoint = environment.awsEndpoint('DYNAMODB');
const call = openAwsSession(environment);
const application = createApplication(
  createServices({
    environment,
    clock,
    log: createLog(environment.logLevel),
    connector: createLeanDynamoDb(call, dynamodbEndpoint),
    secrets: createSecrets(secretsManager(call, environment.awsEndpoint('SECRETS_MANAGER')), clock),
    document: loadDocument(environment.configFile),
  }),
);

/** The admin API behind API Gateway's buffered Lambda proxy integration. */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => toResult(await application(fromEvent(event)));
