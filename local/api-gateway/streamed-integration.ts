import { type Invocation, InvocationError } from '../lambda/invocation';
import { type ApiExchange, type LambdaTarget, refuseInvocation } from './exchange';
import { MalformedResponseError, PreludeReader } from './response-head';

/**
 * A Lambda proxy integration with `ResponseTransferMode: STREAM`. The client's speed holds up the function; the client's going does
 * not reach it. Settles when the client has its answer or the connection is cut, which may be before the function is done.
 */
export async function serveStreamed(exchange: ApiExchange, event: Buffer, target: LambdaTarget): Promise<void> {
  const { context } = exchange;
  context.responseTransferMode = 'STREAM';
  context.integrationStartedMs = performance.now();
  const pump = new AnswerPump(exchange);
  const timer = setTimeout(() => pump.giveUp(), target.timeoutMs);
  try {
    const invocation = await target.pool.invoke(event, context.traceId);
    await pump.run(invocation);
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    refuseInvocation(exchange, error);
  } finally {
    clearTimeout(timer);
  }
}

/** Moves one function's answer to the client. */
class AnswerPump {
  private readonly prelude: PreludeReader;
  private idle: NodeJS.Timeout | undefined;
  private invocation: Invocation | undefined;
  private begun = false;
  private settled = false;
  private settle: () => void = () => {};

  public constructor(private readonly exchange: ApiExchange) {
    this.prelude = new PreludeReader(exchange.limits.preludeBytes, exchange.limits.headerBytes);
  }

  public run(invocation: Invocation): Promise<void> {
    this.invocation = invocation;
    // The integration timed out while the environment started.
    if (this.settled) {
      invocation.response.resume();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.settle = resolve;
      this.watchIdle();
      const { response } = this.exchange;
      response.once('close', () => this.detach());
      response.on('drain', () => invocation.response.resume());
      invocation.response.on('data', (chunk: Buffer) => this.receive(chunk));
      invocation.response.once('end', () => this.complete());
      invocation.response.once('error', (error: Error) => this.fail(error));
    });
  }

  /** The integration's time is over. */
  public giveUp(): void {
    if (this.settled) return;
    if (this.begun) this.exchange.cut();
    else this.exchange.refuse('INTEGRATION_TIMEOUT');
    this.detach();
  }

  private receive(chunk: Buffer): void {
    if (this.settled) return;
    this.watchIdle();
    if (this.begun) {
      this.write(chunk);
      return;
    }
    try {
      const opening = this.prelude.push(chunk);
      if (opening === undefined) return;
      this.exchange.begin(opening.head);
      this.begun = true;
      if (opening.rest.length > 0) this.write(opening.rest);
    } catch (error) {
      this.refuseMalformed(error);
    }
  }

  private write(chunk: Buffer): void {
    const { context, response } = this.exchange;
    context.firstContentMs ??= performance.now();
    context.responseBytes += chunk.length;
    if (!response.write(chunk)) this.invocation?.response.pause();
  }

  private complete(): void {
    if (this.settled) return;
    if (!this.begun) this.refuseMalformed(new MalformedResponseError('the answer ended before the metadata and its delimiter'));
    else this.exchange.response.end();
    this.detach();
  }

  private fail(error: Error): void {
    if (this.settled) return;
    if (this.begun) this.exchange.cut();
    else if (error instanceof InvocationError) refuseInvocation(this.exchange, error);
    else this.exchange.refuse('DEFAULT_5XX', { status: 502 });
    this.detach();
  }

  private refuseMalformed(error: unknown): void {
    this.exchange.note(`malformed answer of the function: ${error instanceof Error ? error.message : String(error)}`);
    this.exchange.refuse('DEFAULT_5XX', { status: 502 });
    this.detach();
  }

  private watchIdle(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.giveUp(), this.exchange.limits.idleMs);
  }

  /** Lets the function run on; what it still writes is thrown away. */
  private detach(): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.idle);
    this.exchange.context.integrationEndedMs = performance.now();
    this.invocation?.response.resume();
    this.settle();
  }
}
