/**
 * One function environment: a worker thread that stands where Lambda's Node.js runtime stands. It has its own `process.env` and
 * modules, serves one invocation at a time and keeps what the function keeps between them.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { describeFailure, type Handler, isStreaming, loadHandler } from './handler-loader';
import type { EnvironmentSettings, FromEnvironment, InvokeMessage, ToEnvironment } from './messages';
import { HttpResponseStream, ResponseSink, responseStreamFacade, streamifyResponse } from './response-stream';

const settings = workerData as EnvironmentSettings;
const port = parentPort as MessagePort;
let current: { readonly requestId: string; readonly sink: ResponseSink; readonly accepted: () => void } | undefined;

Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream } });

function send(message: FromEnvironment): void {
  if (message.type === 'chunk') {
    // The handler may still hold its buffer, so what is handed over is a copy, and only of the bytes in use.
    const bytes = new Uint8Array(message.bytes);
    port.postMessage({ ...message, bytes }, [bytes.buffer]);
    return;
  }
  port.postMessage(message);
}

function invocationContext(message: InvokeMessage): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: '$LATEST',
    functionName: settings.functionName,
    memoryLimitInMB: String(settings.memoryMb),
    logGroupName: settings.logGroupName,
    logStreamName: settings.logStreamName,
    invokedFunctionArn: settings.functionArn,
    awsRequestId: message.requestId,
    xRayTraceId: message.traceId,
    getRemainingTimeInMillis: () => message.deadline - Date.now(),
  };
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  process.env._X_AMZN_TRACE_ID = message.traceId;
  const { requestId } = message;
  const sink = new ResponseSink({
    chunk: (bytes) => send({ type: 'chunk', requestId, bytes }),
    end: () => send({ type: 'end', requestId }),
  });
  sink.on('error', () => {});
  const complete = new Promise<void>((resolve, reject) => {
    current = { requestId, sink, accepted: resolve };
    sink.once('close', () => {
      if (!sink.writableFinished) reject(sink.errored ?? new Error('the response stream was destroyed'));
    });
  });
  complete.catch(() => {});
  try {
    const event = JSON.parse(Buffer.from(message.event).toString('utf8')) as unknown;
    const context = invocationContext(message);
    if (isStreaming(handler)) await stream(handler, event, sink, context);
    else sink.end(JSON.stringify((await handler(event, context)) ?? null));
    await complete;
    send({ type: 'done' });
  } catch (error) {
    console.error('Invoke Error', error);
    send({ type: 'done', failure: describeFailure(error) });
  }
}

/** A streaming handler's returned value is ignored; its work after `end()` is awaited, and so is an `end()` after its return. */
async function stream(handler: Handler, event: unknown, sink: ResponseSink, context: object): Promise<void> {
  const result = handler(event, responseStreamFacade(sink), context);
  if (typeof result !== 'object' || result === null || typeof (result as PromiseLike<unknown>).then !== 'function') {
    throw new Error('Streaming does not support non-async handlers.');
  }
  await result;
}

async function main(): Promise<void> {
  let handler: Handler;
  try {
    handler = await loadHandler(settings.codeDirectory, settings.handler);
  } catch (error) {
    console.error('Init Error', error);
    send({ type: 'ready', failure: describeFailure(error) });
    return;
  }
  port.on('message', (message: ToEnvironment) => {
    if (message.type === 'invoke') void invoke(handler, message);
    else if (message.requestId !== current?.requestId) return;
    else if (message.type === 'credit') current.sink.credit(message.bytes);
    else current.accepted();
  });
  send({ type: 'ready' });
}

void main();
