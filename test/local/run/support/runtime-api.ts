import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What came of one invocation. */
export interface RuntimeOutcome {
  readonly bytes: Buffer;
  /** The answer ended without an error in its trailers. */
  readonly complete: boolean;
  readonly failure?: string;
}

interface Pending {
  readonly event: string;
  readonly settle: (outcome: RuntimeOutcome) => void;
}

/** AWS's own runtime interface client in a child process, behind a small Runtime API of ours. */
export class RuntimeUnderTest {
  private readonly server: Server;
  private readonly queue: Pending[] = [];
  private readonly running = new Map<string, Pending>();
  private waiting: ServerResponse | undefined;
  private child: ChildProcess | undefined;
  private sequence = 0;

  public constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
    this.server.requestTimeout = 0;
    this.server.headersTimeout = 0;
    this.server.keepAliveTimeout = 0;
  }

  public async start(taskRoot: string, handler: string): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    const client = join(__dirname, '../../../../node_modules/aws-lambda-ric/index.mjs');
    this.child = spawn(process.execPath, ['--require', join(__dirname, 'runtime-shim.cjs'), client, handler], {
      cwd: taskRoot,
      env: {
        PATH: process.env.PATH,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        LAMBDA_TASK_ROOT: taskRoot,
        _HANDLER: handler,
        AWS_LAMBDA_FUNCTION_NAME: 'function',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/function',
        AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
      },
      stdio: 'ignore',
    });
  }

  /** Invocations are served one after the other. */
  public invoke(event: object): Promise<RuntimeOutcome> {
    return new Promise((settle) => {
      this.queue.push({ event: JSON.stringify(event), settle });
      this.dispatch();
    });
  }

  public async stop(): Promise<void> {
    this.child?.kill('SIGKILL');
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path.endsWith('/invocation/next')) {
      this.waiting = response;
      this.dispatch();
      return;
    }
    const id = /invocation\/([^/]+)\//.exec(path)?.[1] ?? '';
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.writeHead(202).end();
    const trailer = request.trailers['lambda-runtime-function-error-type'];
    const failure = path.endsWith('/error') ? 'Unhandled' : trailer;
    this.running
      .get(id)
      ?.settle({ bytes: Buffer.concat(chunks), complete: failure === undefined, ...(failure === undefined ? {} : { failure }) });
    this.running.delete(id);
  }

  private dispatch(): void {
    const response = this.waiting;
    const next = response === undefined ? undefined : this.queue.shift();
    if (response === undefined || next === undefined) return;
    this.waiting = undefined;
    this.sequence += 1;
    const id = `invocation-${this.sequence}`;
    this.running.set(id, next);
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(Date.now() + 10_000),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:function',
      'lambda-runtime-trace-id': 'Root=1-0-0',
    });
    response.end(next.event);
  }
}
