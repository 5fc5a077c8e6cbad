import type { FunctionDefinition } from '../template/functions';
import { FunctionEnvironment } from './function-environment';
import { type Invocation, InvocationError } from './invocation';
import type { FunctionFailure } from './messages';

/** Largest event of a synchronous invocation, in bytes. */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;

export interface FunctionPoolOptions {
  readonly definition: FunctionDefinition;
  readonly workerFile: string | URL;
  /** All that the function sees as `process.env`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Most environments at once. */
  readonly concurrency: number;
  readonly onLog: (text: string) => void;
  readonly onFailure: (error: InvocationError) => void;
  /** Overrides the template's timeout; tests only. */
  readonly timeoutMs?: number;
}

/** An environment that has been idle for longer is closed, unless it is the last one. */
const IDLE_LIMIT_MS = 60_000;

/** One function: its environments, made on demand, reused, one invocation each at a time. */
export class FunctionPool {
  private readonly environments = new Set<FunctionEnvironment>();
  /** Most recently used last. */
  private readonly idle: FunctionEnvironment[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private readonly reaper: NodeJS.Timeout;
  private started = 0;

  public constructor(private readonly options: FunctionPoolOptions) {
    this.reaper = setInterval(() => this.closeIdle(), IDLE_LIMIT_MS / 2);
    this.reaper.unref();
  }

  public get definition(): FunctionDefinition {
    return this.options.definition;
  }

  /** Environments made so far. */
  public get coldStarts(): number {
    return this.started;
  }

  /** Loads one environment ahead of the first call. Its failure shows at the first call. */
  public async warm(): Promise<void> {
    if (this.environments.size > 0) return;
    const environment = this.create();
    if ((await environment.ready()) === undefined) this.idle.push(environment);
    else await this.discard(environment);
  }

  /**
   * Starts one invocation.
   *
   * @param event UTF-8 JSON
   * @throws InvocationError `too_large`, `throttled`, or the reason why the function's module cannot be loaded
   */
  public async invoke(event: Uint8Array, traceId: string): Promise<Invocation> {
    if (event.byteLength > MAX_EVENT_BYTES) {
      throw new InvocationError(
        'too_large',
        failure('RequestTooLargeException', `${event.byteLength} bytes; the most is ${MAX_EVENT_BYTES}`),
      );
    }
    const environment = await this.track(this.acquire());
    const invocation = environment.invoke(event, this.options.timeoutMs ?? this.definition.timeoutMs, traceId);
    void this.track(invocation.finished).then((error) => {
      if (error !== undefined) this.options.onFailure(error);
      if (environment.closed) void this.discard(environment);
      else this.idle.push(environment);
    });
    return invocation;
  }

  /** Invokes and collects the whole answer. @throws InvocationError when the function fails */
  public async invokeBuffered(event: Uint8Array, traceId: string): Promise<Buffer> {
    const { response, finished } = await this.invoke(event, traceId);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const error = await finished;
    if (error !== undefined) throw error;
    return Buffer.concat(chunks);
  }

  /** Settles when nothing runs any more. */
  public async idleAll(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  public async close(): Promise<void> {
    clearInterval(this.reaper);
    await Promise.all([...this.environments].map((environment) => environment.close()));
    this.environments.clear();
    this.idle.length = 0;
  }

  private async track<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.running.add(settled);
    try {
      return await work;
    } finally {
      this.running.delete(settled);
    }
  }

  private async acquire(): Promise<FunctionEnvironment> {
    for (;;) {
      const warm = this.idle.pop();
      if (warm === undefined) break;
      if (!warm.closed) return warm;
      await this.discard(warm);
    }
    if (this.environments.size >= this.options.concurrency) {
      throw new InvocationError('throttled', failure('TooManyRequestsException', 'Rate Exceeded.'));
    }
    const environment = this.create();
    const problem = await environment.ready();
    if (problem === undefined) return environment;
    await this.discard(environment);
    const error = new InvocationError('function', problem);
    this.options.onFailure(error);
    throw error;
  }

  private create(): FunctionEnvironment {
    const { definition, workerFile, variables, onLog } = this.options;
    this.started += 1;
    const environment = new FunctionEnvironment({
      workerFile,
      settings: {
        codeDirectory: definition.codeDirectory,
        handler: definition.handler,
        functionName: definition.name,
        functionArn: definition.arn,
        memoryMb: definition.memoryMb,
        logGroupName: variables.AWS_LAMBDA_LOG_GROUP_NAME ?? '',
        logStreamName: variables.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
      },
      variables,
      onLog,
    });
    this.environments.add(environment);
    return environment;
  }

  private async discard(environment: FunctionEnvironment): Promise<void> {
    this.environments.delete(environment);
    await environment.close();
  }

  private closeIdle(): void {
    const now = performance.now();
    while (this.environments.size > 1 && this.idle[0] !== undefined && now - this.idle[0].idleSince > IDLE_LIMIT_MS) {
      void this.discard(this.idle.shift() as FunctionEnvironment);
    }
  }
}

function failure(errorType: string, errorMessage: string): FunctionFailure {
  return { errorType, errorMessage, trace: [] };
}
