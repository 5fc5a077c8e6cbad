/** Endpoints of SageMaker, of which SageMaker's API is asked whether they are in service. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readEnvironment } from '../../../../lambda/platform/runtime/environment';
import type { ProviderConfig } from '../../../../lib/private/contract';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';
import { jsonReply, type SeenRequest, type Step, startUpstream, type Upstream } from '../../../support/upstream';

const ANSWER = jsonReply({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});
const EVERY_SECONDS = 1;

let runtime: Upstream;
let api: Upstream;
let other: Upstream;
let gateway: TestGateway;
beforeEach(async () => {
  [runtime, api, other] = [await startUpstream(), await startUpstream(), await startUpstream()];
  runtime.script(ANSWER);
  other.script(ANSWER);
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([runtime.close(), api.close(), other.close()]);
});

async function start(model = 'llama', changes: Partial<ProviderConfig> = {}): Promise<void> {
  const sageMaker: ProviderConfig = {
    ...{ id: 'sagemaker', kind: 'sagemaker', regions: ['eu-west-1'], network: 'public', free: true },
    ...{ probe: { every_seconds: EVERY_SECONDS }, ...changes },
  };
  const targets = [
    { provider: 'sagemaker', model },
    { provider: 'other', model: 'm' },
  ];
  gateway = await startGateway({
    document: { providers: [sageMaker, compatible('other', other.origin)], routes: [{ alias: 'smart', targets }] },
    environment: readEnvironment({
      IDENTITY_TABLE: TABLE_NAMES.identity,
      COUNTERS_TABLE: TABLE_NAMES.counters,
      RECORDS_TABLE: TABLE_NAMES.records,
      PEPPER_SECRET_ARN: 'arn:pepper',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_SAGEMAKER: api.origin,
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: runtime.origin,
    }),
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
  });
}

const ask = async () => {
  const reply = await gateway.call('/v1/chat/completions', { model: 'smart', messages: [{ role: 'user', content: 'hello' }] });
  await gateway.settled();
  return [reply.status, reply.headers['x-gateway-provider']];
};
const questions = () => api.requests.map(({ headers, body }: SeenRequest) => [headers['x-amz-target'], JSON.parse(body.toString())]);
const said = (status: string): Step[] => jsonReply({ EndpointName: 'llama', EndpointStatus: status });

test('one that is not in service is passed over before a call fails there, and found again without one', async () => {
  await start();
  api.script(said('OutOfService'));

  expect([await ask(), await ask()]).toEqual([
    [200, 'sagemaker'],
    [200, 'other'],
  ]);

  api.script(said('InService'));
  await sleep(EVERY_SECONDS * 1_000 + 50);
  expect([await ask(), await ask()]).toEqual([
    [200, 'other'],
    [200, 'sagemaker'],
  ]);
  expect(runtime.requests).toHaveLength(2);
});

test('SageMaker is asked in the Region that is called, signed, without a prompt, and not more often than it is to be', async () => {
  await start();
  api.script(said('InService'));

  await Promise.all([ask(), ask(), ask()]);
  await ask();

  expect(questions()).toEqual([['SageMaker.DescribeEndpoint', { EndpointName: 'llama' }]]);
  expect(api.requests[0]?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    authorization: expect.stringMatching(/Credential=AKID\/\d{8}\/eu-west-1\/sagemaker\/aws4_request/),
  });
});

test('of an inference component it is the component that is asked for', async () => {
  await start('shared/qwen-1');
  api.script(jsonReply({ InferenceComponentStatus: 'Failed' }));

  expect([await ask(), await ask()]).toEqual([
    [200, 'sagemaker'],
    [200, 'other'],
  ]);
  expect(questions()).toEqual([['SageMaker.DescribeInferenceComponent', { InferenceComponentName: 'qwen-1' }]]);
});

const failed = (status: number, name: string) => jsonReply({ __type: name, message: 'no' }, status);
test.each<[string, Step[], 'sagemaker' | 'other']>([
  ['is changed', said('Updating'), 'sagemaker'],
  ['is maintained', said('SystemUpdating'), 'sagemaker'],
  ['goes back', said('RollingBack'), 'sagemaker'],
  ['is partly changed', said('UpdateRollbackFailed'), 'sagemaker'],
  ['is being made', said('Creating'), 'other'],
  ['is being deleted', said('Deleting'), 'other'],
  ['has failed', said('Failed'), 'other'],
  ['is not there', failed(400, 'ValidationException'), 'other'],
  ['may not be asked for', failed(400, 'AccessDeniedException'), 'sagemaker'],
  ['is asked for with a signature of nobody', failed(403, 'UnrecognizedClientException'), 'sagemaker'],
  ['is asked for too often', failed(400, 'ThrottlingException'), 'sagemaker'],
  ['is in a state of another day', said('Pondering'), 'sagemaker'],
  ['is asked for while the API is down', jsonReply({}, 500), 'sagemaker'],
  ['is asked for where nobody answers', [{ reset: true }], 'sagemaker'],
  ['is told of in no JSON', [{ send: 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes' }], 'sagemaker'],
])('an endpoint that %s', async (_what, answer, next) => {
  await start();
  api.script(answer);

  expect([await ask(), await ask()]).toEqual([
    [200, 'sagemaker'],
    [200, next],
  ]);
});

test('one that is not to be asked for is not', async () => {
  await start('llama', { probe: undefined } as Partial<ProviderConfig>);

  await ask();

  expect(api.requests).toEqual([]);
});
