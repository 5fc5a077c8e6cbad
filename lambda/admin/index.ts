import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { roleCredentials } from '../core/auth/role-credentials';
import { createSigV4Signer } from '../core/auth/sigv4';
import { loadDocument } from '../core/config/document';
import { createAwsJsonCall } from '../core/connectors/aws-json';
import { createLeanDynamoDb } from '../core/connectors/dynamodb-lean';
import { createSecrets, secretsManager } from '../core/connectors/secrets';
import { createTransport } from '../core/http/transport';
import { systemClock } from '../core/runtime/clock';
import { readEnvironment } from '../core/runtime/environment';
import { createLog } from '../core/runtime/log';
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
