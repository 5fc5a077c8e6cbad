import { type App, type CfnResource, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { CfnRestApi, CfnStage } from 'aws-cdk-lib/aws-apigateway';
import type { CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LlmGateway, type LlmGatewayProps } from '../../lib';
import { newStack } from './support';

/** Synthesizes a gateway after somebody's override. */
function overridden(override: (gateway: LlmGateway, stack: Stack) => void, props: LlmGatewayProps = {}): () => void {
  const stack = newStack();
  override(new LlmGateway(stack, 'Gateway', props), stack);
  return () => void (stack.node.root as App).synth();
}

const stageOf = (gateway: LlmGateway) => gateway.api.restApi.deploymentStage.node.defaultChild as CfnStage;
const cfnTable = (table: Table) => table.node.defaultChild as CfnTable;
const sourceOf = (gateway: LlmGateway) => gateway.usage.node.findChild('RecordsSource').node.defaultChild as lambda.CfnEventSourceMapping;

test('J11 data traces fail at synth', () => {
  expect(overridden((gateway) => stageOf(gateway).addPropertyOverride('MethodSettings.0.DataTraceEnabled', true))).toThrow(
    /set "dataTraceEnabled" to false/,
  );
});

test('J11 logs at level INFO fail at synth', () => {
  expect(overridden((gateway) => stageOf(gateway).addPropertyOverride('MethodSettings.0.LoggingLevel', 'INFO'))).toThrow(
    /use OFF or ERROR/,
  );
});

test('R09 an API that takes TLS 1.0 fails at synth', () => {
  const api = (gateway: LlmGateway) => gateway.api.restApi.node.defaultChild as CfnRestApi;

  expect(overridden((gateway) => api(gateway).addPropertyOverride('SecurityPolicy', 'TLS_1_0'))).toThrow(/takes TLS 1\.0/);
  expect(overridden((gateway) => api(gateway).addPropertyDeletionOverride('SecurityPolicy'))).toThrow(/takes TLS 1\.0/);
});

test.each([
  ['onFailure', 'DestinationConfig', /set "onFailure"/],
  ['bisectBatchOnError', 'BisectBatchOnFunctionError', /set "bisectBatchOnError"/],
  ['reportBatchItemFailures', 'FunctionResponseTypes', /set "reportBatchItemFailures"/],
  ['retryAttempts', 'MaximumRetryAttempts', /set "retryAttempts"/],
  ['maxRecordAge', 'MaximumRecordAgeInSeconds', /set "maxRecordAge"/],
])('K07 a stream without %s fails at synth', (_name, property, message) => {
  expect(overridden((gateway) => sourceOf(gateway).addPropertyDeletionOverride(property))).toThrow(message);
});

test('K07 endless retries fail at synth', () => {
  expect(overridden((gateway) => sourceOf(gateway).addPropertyOverride('MaximumRetryAttempts', -1))).toThrow(/set "retryAttempts"/);
});

test('L07 a public function URL fails at synth, wherever it is made', () => {
  expect(overridden((gateway) => gateway.proxy.handler.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE }))).toThrow(
    /remove the function URL/,
  );
  expect(
    overridden((gateway, stack) => {
      new lambda.CfnUrl(stack, 'Url', { authType: 'NONE', targetFunctionArn: gateway.admin.handler.functionArn });
    }),
  ).toThrow(/Test\/Url is a second way into the gateway/);
});

test('L07 a table without point-in-time recovery fails at synth', () => {
  expect(
    overridden((gateway) =>
      cfnTable(gateway.tables.records).addPropertyOverride('PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled', false),
    ),
  ).toThrow(/no point-in-time recovery/);
});

test('L07 a table without deletion protection fails at synth, unless it may be destroyed', () => {
  const unprotected = (gateway: LlmGateway) => cfnTable(gateway.tables.counters).addPropertyOverride('DeletionProtectionEnabled', false);

  expect(overridden(unprotected)).toThrow(/no deletion protection/);
  expect(overridden(unprotected, { removalPolicy: RemovalPolicy.DESTROY })).not.toThrow();
});

test('L07 a queue without encryption fails at synth', () => {
  expect(
    overridden((gateway) =>
      (gateway.ledger.settlements.node.defaultChild as CfnResource).addPropertyOverride('SqsManagedSseEnabled', false),
    ),
  ).toThrow(/is not encrypted/);
});

test('other function URLs of the stack are left alone', () => {
  expect(
    overridden((_gateway, stack) => {
      new lambda.CfnUrl(stack, 'Url', { authType: 'NONE', targetFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:mine' });
    }),
  ).not.toThrow();
});
