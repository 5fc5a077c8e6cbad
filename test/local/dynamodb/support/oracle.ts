import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** An independent DynamoDB, as a binary. It exists for one platform only. */
export const ORACLE = join(__dirname, '../../../../node_modules/@dynoxide/linux-x64/dynoxide');

export const oracleIsThere = process.platform === 'linux' && process.arch === 'x64' && existsSync(ORACLE);

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface Oracle {
  /** Endpoint for an SDK client. */
  readonly url: string;
  call(action: string, input: object): Promise<Answer>;
  stop(): void;
}

/** Starts it in memory on a free port. */
export async function startOracle(): Promise<Oracle> {
  const port = await freePort();
  const child: ChildProcess = spawn(ORACLE, ['--port', String(port)], { stdio: 'ignore' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = (action: string, input: object): Promise<Answer> => {
    const body = JSON.stringify(input);
    return new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        'x-amz-target': `DynamoDB_20120810.${action}`,
        'x-amz-date': '20260101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      };
      const outgoing = request({ host: '127.0.0.1', port, method: 'POST', headers, agent }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await call('ListTables', {});
      break;
    } catch (error) {
      if (attempt === 500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return {
    url: `http://127.0.0.1:${port}`,
    call,
    stop() {
      agent.destroy();
      child.kill();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
