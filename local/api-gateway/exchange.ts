import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionPool } from '../lambda/function-pool';
import type { InvocationError } from '../lambda/invocation';
import type { ApiDefinition } from './api-definition';
import { type GatewayResponseName, type GatewayResponseOverrides, renderGatewayResponse } from './gateway-response';
import type { ApiLimits } from './limits';
import type { RequestContext } from './request-context';
import type { ResponseHead } from './response-head';

/** One request under way, and the ways in which it can be answered. */
export class ApiExchange {
  /** The client has gone; the function is not told. */
  public abandoned = false;

  public constructor(
    public readonly request: IncomingMessage,
    public readonly response: ServerResponse,
    public readonly context: RequestContext,
    public readonly api: ApiDefinition,
    public readonly limits: ApiLimits,
    /** Something the user should know of, such as why a function failed. */
    public readonly note: (message: string) => void,
    private readonly onHead: (head: ResponseHead) => void = () => undefined,
  ) {
    response.once('close', () => {
      if (!response.writableFinished) this.abandoned = true;
    });
    response.on('error', () => {});
  }

  /** Answers with one of API Gateway's own responses. */
  public refuse(name: GatewayResponseName, overrides: GatewayResponseOverrides = {}): void {
    const { response } = this;
    if (response.headersSent || this.abandoned) {
      this.cut();
      return;
    }
    const rendered = renderGatewayResponse(this.api.gatewayResponses, name, this.context, overrides);
    this.context.responseBytes = Buffer.byteLength(rendered.body);
    // What is left of a body that nobody reads would hold up the next request on this connection.
    const close = this.request.complete ? {} : { Connection: 'close' };
    response.writeHead(rendered.status, { ...rendered.headers, ...close, 'Content-Length': this.context.responseBytes });
    response.end(rendered.body);
    if (!this.request.complete) this.request.resume();
  }

  /** Sends status and headers. @throws TypeError when a header cannot be sent */
  public begin(head: ResponseHead): void {
    const { context } = this;
    context.status = head.status;
    context.integrationStatus = 200;
    context.headersMs = performance.now();
    this.onHead(head);
    this.response.writeHead(head.status, [
      'x-amzn-RequestId',
      context.requestId,
      'x-amz-apigw-id',
      context.extendedRequestId,
      'X-Amzn-Trace-Id',
      context.traceId,
      ...head.headers,
    ]);
    this.response.flushHeaders();
  }

  /** Ends the connection without ending the answer: the client must see that it is incomplete. */
  public cut(): void {
    this.response.destroy();
  }
}

/** A function and what its answer is waited for. */
export interface LambdaTarget {
  readonly pool: FunctionPool;
  readonly timeoutMs: number;
}

/** API Gateway's answer when the function could not be invoked or did not answer. */
export function refuseInvocation(exchange: ApiExchange, error: InvocationError): void {
  if (error.fault === 'too_large') exchange.refuse('REQUEST_TOO_LARGE');
  else if (error.fault === 'throttled') exchange.refuse('INTEGRATION_FAILURE', { status: 500 });
  else exchange.refuse('DEFAULT_5XX', { status: 502 });
}
