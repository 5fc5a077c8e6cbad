import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { type Invocation, InvocationError, type InvocationFault, ResponseBytes } from './invocation';
import type { EnvironmentSettings, FromEnvironment, FunctionFailure, ToEnvironment } from './messages';

export interface FunctionEnvironmentOptions {
  /** The bundled `worker.ts`. */
  readonly workerFile: string | URL;
  readonly settings: EnvironmentSettings;
  /** All that the function sees as `process.env`. */
  readonly variables: Readonly<Record<string, string>>;
  /** One chunk of the function's standard output or error. */
  readonly onLog: (text: string) => void;
}

interface Running {
  readonly requestId: string;
  readonly traceId: string;
  readonly response: ResponseBytes;
  readonly finish: (error?: InvocationError) => void;
  readonly timer: NodeJS.Timeout;
  /** The function ended its answer; what fails afterwards cannot take it back. */
  ended: boolean;
}

/** One execution environment of a function: one worker thread, one invocation at a time. */
export class FunctionEnvironment {
  private readonly worker: Worker;
  private readonly loaded: Promise<FunctionFailure | undefined>;
  private running: Running | undefined;
  private gone = false;
  /** Monotonic ms of the last invocation's end. */
  public idleSince = performance.now();

  public constructor(options: FunctionEnvironmentOptions) {
    this.worker = new Worker(options.workerFile, {
      workerData: options.settings,
      env: { ...options.variables },
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: options.settings.memoryMb },
      // Flags of the parent, such as a test runner's, are no business of the function.
      execArgv: [],
    });
    for (const stream of [this.worker.stdout, this.worker.stderr]) stream.setEncoding('utf8').on('data', options.onLog);
    this.loaded = new Promise((resolve) => {
      this.worker.on('message', (message: FromEnvironment) => this.receive(message, resolve));
      this.worker.once('error', (error: Error) => {
        const failure = { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
        options.onLog(`${error.stack ?? error.message}\n`);
        resolve(failure);
        this.end('exit', failure);
      });
      this.worker.once('exit', (code) => {
        const failure = exitFailure(`Runtime exited with exit status ${code}`);
        resolve(failure);
        this.end('exit', failure);
      });
    });
  }

  /** What runs now. */
  public get invocation(): { readonly requestId: string; readonly traceId: string } | undefined {
    return this.running;
  }

  /** The environment can take no further invocation. */
  public get closed(): boolean {
    return this.gone;
  }

  /** Settles when the function's module is loaded, with the reason when it cannot be. */
  public ready(): Promise<FunctionFailure | undefined> {
    return this.loaded;
  }

  /** Starts an invocation; the environment must be ready and idle. */
  public invoke(event: Uint8Array, timeoutMs: number, traceId: string): Invocation {
    const requestId = randomUUID();
    const response = new ResponseBytes((bytes) => this.post({ type: 'credit', requestId, bytes }));
    // Whoever reads the answer learns of a failure from the stream; one that nobody reads must not end the process.
    response.on('error', () => {});
    const finished = new Promise<InvocationError | undefined>((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (timeoutMs / 1_000).toFixed(2);
        this.end('timeout', { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${seconds} seconds`, trace: [] });
      }, timeoutMs);
      this.running = { requestId, traceId, response, finish: resolve, timer, ended: false };
    });
    response.once('close', () => this.post({ type: 'accepted', requestId }));
    this.post({ type: 'invoke', requestId, event, deadline: Date.now() + timeoutMs, traceId });
    return { requestId, response, finished };
  }

  /** Ends the environment, and with it whatever runs in it. */
  public async close(): Promise<void> {
    this.end('exit', exitFailure('the environment was shut down'));
    await this.worker.terminate();
  }

  private receive(message: FromEnvironment, loaded: (failure?: FunctionFailure) => void): void {
    switch (message.type) {
      case 'ready':
        loaded(message.failure);
        break;
      case 'chunk':
        if (this.running?.requestId === message.requestId) this.running.response.accept(message.bytes);
        break;
      case 'end':
        if (this.running?.requestId !== message.requestId) break;
        this.running.ended = true;
        this.running.response.push(null);
        break;
      case 'done':
        this.settle(message.failure === undefined ? undefined : new InvocationError('function', message.failure));
        break;
    }
  }

  private settle(error?: InvocationError): void {
    const running = this.running;
    if (running === undefined) return;
    this.running = undefined;
    this.idleSince = performance.now();
    clearTimeout(running.timer);
    if (error !== undefined && !running.ended) running.response.destroy(error);
    running.finish(error);
  }

  /** Takes the environment out of service. */
  private end(fault: InvocationFault, failure: FunctionFailure): void {
    if (!this.gone) {
      this.gone = true;
      void this.worker.terminate();
    }
    this.settle(new InvocationError(fault, failure));
  }

  private post(message: ToEnvironment): void {
    if (!this.gone) this.worker.postMessage(message);
  }
}

function exitFailure(errorMessage: string): FunctionFailure {
  return { errorType: 'Runtime.ExitError', errorMessage, trace: [] };
}
