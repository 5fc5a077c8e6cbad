import { randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { startSimulatedProvider } from '../../lambda/simulated';
import { encodeEventStreamMessage } from '../../lambda/wire/framing';
import { type JsonObject, jsonService } from './json-service';
import type { Place } from './names';
import { ACCESS_DENIED, type AwsAnswer, AwsError, type AwsRequest, type AwsService } from './service';

/** The operation behind each path of an endpoint. */
const OPERATIONS: Readonly<Record<string, string>> = {
  invocations: 'InvokeEndpoint',
  'invocations-response-stream': 'InvokeEndpointWithResponseStream',
};
const COMPONENT = 'x-amzn-sagemaker-inference-component';
/** What answers by each operation that asks how something is, and the field that names it. */
const DESCRIBED: Readonly<Record<string, { readonly resource: string; readonly field: string }>> = {
  DescribeEndpoint: { resource: 'endpoint', field: 'Endpoint' },
  DescribeInferenceComponent: { resource: 'inference-component', field: 'InferenceComponent' },
};

/**
 * SageMaker's runtime: what the role allows is answered by a container that speaks OpenAI's dialect, whatever the endpoint is called. Who asks
 * how an endpoint is hears that it is in service.
 */
export function createSageMaker({ account }: Place): AwsService {
  let container: Promise<string> | undefined;

  const run = async ({ body }: AwsRequest, streams: boolean): Promise<AwsAnswer> => {
    container ??= startSimulatedProvider().then(({ origin }) => origin);
    const answer = await ask(new URL(pathOf(body), await container), body);
    const status = answer.statusCode ?? 502;
    const type = answer.headers['content-type'] ?? 'application/json';
    if (status >= 400) throw modelError(status, await textOf(answer));
    if (!streams) return { status: 200, headers: { 'content-type': type }, body: answer };
    const headers = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-sagemaker-content-type': type };
    return { status: 200, headers, body: Readable.from(partsOf(answer), { objectMode: false }) };
  };

  return {
    understand(request) {
      if (isQuestion(request)) return questions(request.region, account).understand(request);
      const [, endpoint = '', call = ''] = /^\/endpoints\/([^/]+)\/([^/]+)$/.exec(request.url.pathname) ?? [];
      const action = OPERATIONS[call];
      if (request.method !== 'POST' || action === undefined)
        throw new AwsError('UnknownOperationException', `the local SageMaker does not know ${request.method} ${request.url.pathname}`, 404);
      const streams = action !== 'InvokeEndpoint';
      if (streams && request.headers['x-amzn-sagemaker-target-model'] !== undefined)
        throw new AwsError('ValidationError', 'The target model header is not supported for streaming.');
      return { action, accesses: accessesOf(action, endpoint, request, account), run: () => run(request, streams) };
    },
    refuse(error, request) {
      if (isQuestion(request)) return questions(request.region, account).refuse(error, request);
      return {
        status: error.code === ACCESS_DENIED ? 403 : error.status,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code, 'x-amzn-requestid': randomUUID() },
        body: JSON.stringify({ Message: error.message, ...error.fields }),
      };
    },
  };
}

function isQuestion({ headers }: AwsRequest): boolean {
  return headers['x-amz-target'] !== undefined;
}

/** SageMaker's own API, which speaks another protocol than its runtime. */
function questions(region: string, account: string): AwsService {
  const understood = (action: string, input: JsonObject) => {
    const { resource, field } = DESCRIBED[action] ?? {};
    if (resource === undefined) throw new AwsError('UnknownOperationException', `the local SageMaker does not know ${action}`);
    const name = input[`${field}Name`];
    if (typeof name !== 'string' || name === '') throw new AwsError('ValidationException', `"${field}Name" is missing.`);
    return { field, name, arn: `arn:aws:sagemaker:${region}:${account}:${resource}/${name}` };
  };
  return jsonService({
    version: '1.1',
    namespace: 'com.amazonaws.sagemaker',
    accesses: (action, input) => [{ action: `sagemaker:${action}`, resource: understood(action, input).arn }],
    run(action, input) {
      const { field, name, arn } = understood(action, input);
      return { [`${field}Name`]: name, [`${field}Arn`]: arn, [`${field}Status`]: 'InService' };
    },
  });
}

/** An inference component is a resource of its own beside its endpoint. A streamed answer takes the permission of a whole one too. */
function accessesOf(action: string, endpoint: string, { headers, region }: AwsRequest, account: string) {
  const component = headers[COMPONENT];
  const names = [
    `endpoint/${decodeURIComponent(endpoint)}`,
    ...(typeof component === 'string' ? [`inference-component/${component}`] : []),
  ];
  return [...new Set(['InvokeEndpoint', action])].flatMap((name) =>
    names.map((resource) => ({ action: `sagemaker:${name}`, resource: `arn:aws:sagemaker:${region}:${account}:${resource}` })),
  );
}

/** Containers tell calls apart by what is in them. */
function pathOf(body: Buffer): string {
  return body.includes('"messages"') ? '/v1/chat/completions' : '/v1/embeddings';
}

function ask(url: URL, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const outgoing = httpRequest(url, { method: 'POST', headers, agent: false });
    outgoing.once('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(body);
  });
}

function modelError(status: number, said: string): AwsError {
  const message = `Received client error (${status}) from primary with message "${said}".`;
  return new AwsError('ModelError', message, 424, { OriginalStatusCode: status, OriginalMessage: said });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function* partsOf(answer: IncomingMessage): AsyncGenerator<Buffer> {
  const headers = { ':message-type': 'event', ':event-type': 'PayloadPart', ':content-type': 'application/octet-stream' };
  for await (const chunk of answer) yield encodeEventStreamMessage(headers, chunk as Buffer);
}
