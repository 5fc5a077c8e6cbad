import { InvocationError } from '../lambda/invocation';
import { isObject } from '../template/json';
import { type ApiExchange, type LambdaTarget, refuseInvocation } from './exchange';
import { MalformedResponseError, readResponseHead } from './response-head';

/** A Lambda proxy integration that waits for the whole answer. */
export async function serveBuffered(exchange: ApiExchange, event: Buffer, target: LambdaTarget): Promise<void> {
  const { context } = exchange;
  context.responseTransferMode = 'BUFFERED';
  context.integrationStartedMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), target.timeoutMs);
  });
  try {
    const answer = target.pool.invokeBuffered(event, context.traceId);
    answer.catch(() => {});
    const payload = await Promise.race([answer, timeout]);
    context.integrationEndedMs = performance.now();
    if (payload === undefined) exchange.refuse('INTEGRATION_TIMEOUT');
    else respond(exchange, payload);
  } catch (error) {
    if (error instanceof InvocationError) refuseInvocation(exchange, error);
    else if (error instanceof MalformedResponseError || error instanceof TypeError) {
      exchange.note(`malformed answer of the function: ${error.message}`);
      exchange.refuse('DEFAULT_5XX', { status: 502 });
    } else throw error;
  } finally {
    clearTimeout(timer);
  }
}

function respond(exchange: ApiExchange, payload: Buffer): void {
  let answer: unknown;
  try {
    answer = JSON.parse(payload.toString('utf8'));
  } catch {
    throw new MalformedResponseError('the answer is not JSON');
  }
  if (!isObject(answer) || answer.statusCode === undefined) throw new MalformedResponseError('the answer has no statusCode');
  const head = readResponseHead(answer, exchange.limits.headerBytes);
  if (answer.body !== undefined && answer.body !== null && typeof answer.body !== 'string') {
    throw new MalformedResponseError('body must be a string');
  }
  const body = Buffer.from(answer.body ?? '', answer.isBase64Encoded === true ? 'base64' : 'utf8');
  if (body.length > exchange.limits.bufferedResponseBytes) {
    throw new MalformedResponseError(`the body has ${body.length} bytes; the most is ${exchange.limits.bufferedResponseBytes}`);
  }
  const named = head.headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const type = named ? [] : ['Content-Type', 'application/json'];
  exchange.context.responseBytes = body.length;
  exchange.begin({ status: head.status, headers: [...head.headers, ...type, 'Content-Length', String(body.length)] });
  exchange.context.firstContentMs = performance.now();
  exchange.response.end(body);
}
