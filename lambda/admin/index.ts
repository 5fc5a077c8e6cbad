import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createAwsJsonCall } from '../aws/aws-json';
import { createLeanDynamoDb } from '../aws/dynamodb';
import { createSecrets, secretsManager } from '../aws/secrets';
import { createSigV4Signer, roleCredentials } from '../aws/signing';
import { loadDocument } from '../platform/document';
import { createTransport } from '../platform/http';
import { createLog, readEnvironment, systemClock } from '../platform/runtime';
import { createApplication } from './application';
import { fromEvent, toResult } from './event';
import { createServices } from './services';

const environment = readEnvironment();
const clock = systemClock;
const dynamodbEndpoint = environment.awsEndpoint('DYNAMODB');
const call = createAwsJsonCall({
  transport: createTransport(),
  signer: createSigV4Signer(clock),
  credentials: roleCredentials(environment),
  region: environment.region,
});
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
