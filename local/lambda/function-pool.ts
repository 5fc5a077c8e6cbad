import { availableParallelism } from 'node:os';
import type { FunctionDefinition } from '../template/functions';
import { FunctionEnvironment } from './function-environment';
import { type Invocation, InvocationError, MAX_BUFFERED_BYTES, responseTooLarge } from './invocation';
import type { FunctionFailure } from './messages';

/** Largest event of a synchronous invocation, in bytes. */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;

export interface FunctionPoolOptions {
  readonly definition: FunctionDefinition;
  readonly workerFile: string | URL;
  /** What the function sees as `process.env`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Gives a new environment its credentials, as further variables. Default: none. */
  readonly admit?: (invocation: () => FunctionEnvironment['invocation']) => EnvironmentLease;
  /** Most environments at once. */
  readonly concurrency: number;
  readonly onLog: (text: string) => void;
  readonly onFailure: (error: InvocationError) => void;
  /** Told of the trace id of each invocation that is over. */
  readonly onEnd?: (traceId: string) => void;
  /** Overrides the template's timeout; tests only. */
  readonly timeoutMs?: number;
}

/** What an environment has while it lives. */
export interface EnvironmentLease {
  readonly variables: Readonly<Record<string, string>>;
  end(): void;
}

/** An environment that has been idle for longer is closed, unless it is the last one. */
const IDLE_LIMIT_MS = 60_000;

/** Environments that load their code at the same time. In AWS each has a processor of its own; here one must be left for those that serve. */
const LOADING_AT_ONCE = Math.max(1, availableParallelism() - 1);

interface Waiter {
  readonly take: (environment: FunctionEnvironment) => void;
  readonly fail: (error: InvocationError) => void;
}

/** One function: its environments, made on demand, reused, one invocation each at a time. */
export class FunctionPool {
  private readonly environments = new Map<FunctionEnvironment, EnvironmentLease | undefined>();
  /** Most recently used last. */
  private readonly idle: FunctionEnvironment[] = [];
  /** Invocations without an environment, oldest first. */
  private readonly waiting: Waiter[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private readonly reaper: NodeJS.Timeout;
  private started = 0;
  private loading = 0;
  private busy = 0;

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
    if (this.environments.size === 0) await this.load();
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
      this.options.onEnd?.(traceId);
      this.busy -= 1;
      if (environment.closed) void this.discard(environment);
      else this.release(environment);
      this.loadForWaiting();
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
    const payload = Buffer.concat(chunks);
    if (payload.length > MAX_BUFFERED_BYTES) throw responseTooLarge(MAX_BUFFERED_BYTES);
    return payload;
  }

  /** Settles when nothing runs any more. */
  public async idleAll(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  public async close(): Promise<void> {
    clearInterval(this.reaper);
    for (const waiter of this.waiting.splice(0)) waiter.fail(new InvocationError('exit', failure('Runtime.ExitError', 'shut down')));
    await Promise.all([...this.environments.keys()].map((environment) => this.discard(environment)));
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

  /** An idle environment, or the first one that becomes free or ready. */
  private acquire(): Promise<FunctionEnvironment> {
    if (this.busy + this.waiting.length >= this.options.concurrency) {
      return Promise.reject(new InvocationError('throttled', failure('TooManyRequestsException', 'Rate Exceeded.')));
    }
    return new Promise((resolve, fail) => {
      const take = (environment: FunctionEnvironment): void => {
        this.busy += 1;
        resolve(environment);
      };
      for (let warm = this.idle.pop(); warm !== undefined; warm = this.idle.pop()) {
        if (!warm.closed) {
          take(warm);
          return;
        }
        void this.discard(warm);
      }
      this.waiting.push({ take, fail });
      this.loadForWaiting();
    });
  }

  private release(environment: FunctionEnvironment): void {
    const waiter = this.waiting.shift();
    if (waiter === undefined) this.idle.push(environment);
    else waiter.take(environment);
  }

  private loadForWaiting(): void {
    const room = (): boolean => this.loading < LOADING_AT_ONCE && this.environments.size < this.options.concurrency;
    while (this.loading < this.waiting.length && room()) void this.load();
  }

  private async load(): Promise<void> {
    this.loading += 1;
    const environment = this.create();
    const problem = await environment.ready();
    this.loading -= 1;
    if (problem === undefined) this.release(environment);
    else {
      await this.discard(environment);
      const waiter = this.waiting.shift();
      if (waiter !== undefined) {
        const error = new InvocationError('function', problem);
        this.options.onFailure(error);
        waiter.fail(error);
      }
    }
    this.loadForWaiting();
  }

  private create(): FunctionEnvironment {
    const { definition, workerFile, variables, onLog } = this.options;
    this.started += 1;
    const lease = this.options.admit?.(() => environment.invocation);
    const environment: FunctionEnvironment = new FunctionEnvironment({
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
      variables: { ...variables, ...lease?.variables },
      onLog,
    });
    this.environments.set(environment, lease);
    return environment;
  }

  private async discard(environment: FunctionEnvironment): Promise<void> {
    this.environments.get(environment)?.end();
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
