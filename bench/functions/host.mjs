/**
 * A function's environment: loads a handler as Lambda's Node.js runtime does and gives it one event at a time. What a request takes is
 * the CPU time of the whole process from the event's text to the end of the handler. Usage: host.mjs <handler's file> <model>
 */
import { performance } from 'node:perf_hooks';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const [file, model] = process.argv.slice(2);
const NULS = Buffer.alloc(8);
const SENTENCE = 'Please answer "in short":\n';
let serial = 0;

class ResponseStream extends Writable {
  parts = [];
  prelude;

  _write(chunk, _encoding, done) {
    if (this.prelude !== undefined) {
      this.parts.push(Buffer.from(JSON.stringify(this.prelude)), NULS);
      this.prelude = undefined;
    }
    this.parts.push(chunk);
    done();
  }
}

globalThis.awslambda = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: {
    from(stream, prelude) {
      stream.prelude = prelude;
      return stream;
    },
  },
};

const began = { ms: performance.now(), cpu: process.cpuUsage() };
const { handler } = await import(pathToFileURL(file).href);
const init = { ms: performance.now() - began.ms, cpuMs: micros(process.cpuUsage(began.cpu)) / 1_000 };

process.on('message', async (order) => {
  if (order === 'report') return process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage().rss });
  try {
    const cpuMicros = [];
    for (const key of order.keys ?? Array.from({ length: order.count }, () => order.key)) cpuMicros.push(await request(key, order));
    process.send({ cpuMicros });
  } catch (error) {
    process.send({ failed: error.message });
  }
});
process.send({ init });

/** @returns CPU microseconds */
async function request(key, { directive = '', bytes = 980, stream = false }) {
  serial += 1;
  const nonce = String(serial).padStart(12, '0');
  const text = eventText(key, `${nonce} ${directive} ${SENTENCE.repeat(Math.ceil(bytes / SENTENCE.length))}`, stream);
  const response = new ResponseStream();
  const before = process.cpuUsage();
  await handler(JSON.parse(text), response, { getRemainingTimeInMillis: () => 900_000 });
  const used = micros(process.cpuUsage(before));
  const answer = Buffer.concat(response.parts);
  const isComplete = stream ? answer.includes('data: [DONE]') : answer.at(-1) === 0x7d;
  if (!answer.includes('"statusCode":200') || !answer.includes(nonce) || !isComplete)
    throw new Error(`wrong answer: ${answer.subarray(0, 400)}`);
  return used;
}

function micros({ user, system }) {
  return user + system;
}

/** A request as API Gateway's REST API hands it on. */
function eventText(key, content, stream) {
  const path = '/v1/chat/completions';
  const body = JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 16_000, ...(stream ? { stream } : {}) });
  const headers = {
    accept: 'application/json',
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    Host: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
    'User-Agent': 'OpenAI/Python 1.99.0',
    'X-Amzn-Trace-Id': 'Root=1-00000000-000000000000000000000000',
    'X-Forwarded-For': '192.0.2.1',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
  };
  return JSON.stringify({
    resource: '/{proxy+}',
    path,
    httpMethod: 'POST',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      resourceId: 'abcdef',
      resourcePath: '/{proxy+}',
      httpMethod: 'POST',
      path: `/prod${path}`,
      accountId: '000000000000',
      protocol: 'HTTP/1.1',
      stage: 'prod',
      requestId: '00000000-0000-0000-0000-000000000000',
      identity: { sourceIp: '192.0.2.1', userAgent: 'OpenAI/Python 1.99.0' },
      domainName: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
      apiId: 'abcdefghij',
    },
    body,
    isBase64Encoded: false,
  });
}
