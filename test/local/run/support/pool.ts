import { join } from 'node:path';
import { FunctionPool, type FunctionPoolOptions } from '../../../../local/lambda/function-pool';
import type { InvocationError } from '../../../../local/lambda/invocation';
import type { FunctionDefinition } from '../../../../local/template/functions';

export const FIXTURES = join(__dirname, '../fixtures');

export interface TestPool {
  readonly pool: FunctionPool;
  readonly failures: InvocationError[];
  readonly logs: string[];
}

export function definitionOf(handler: string, overrides: Partial<FunctionDefinition> = {}): FunctionDefinition {
  return {
    logicalId: 'Function',
    name: 'function',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:function',
    roleArn: 'arn:aws:iam::000000000000:role/function',
    codeDirectory: FIXTURES,
    handler,
    layerDirectories: [],
    environment: {},
    timeoutMs: 10_000,
    memoryMb: 512,
    ...overrides,
  };
}

/** A pool over one of the fixture handlers. */
export function testPool(workerFile: string, handler: string, overrides: Partial<FunctionPoolOptions> = {}): TestPool {
  const failures: InvocationError[] = [];
  const logs: string[] = [];
  const pool = new FunctionPool({
    definition: definitionOf(handler),
    workerFile,
    variables: { GREETING: 'hello' },
    concurrency: 4,
    onLog: (text) => logs.push(text),
    onFailure: (error) => failures.push(error),
    ...overrides,
  });
  return { pool, failures, logs };
}

/** What came of one invocation: its bytes, how the answer ended, and the failure. */
export async function collect(pool: FunctionPool, event: object): Promise<{ bytes: Buffer; complete: boolean; failure?: string }> {
  const invocation = await pool.invoke(Buffer.from(JSON.stringify(event)), 'Root=1-0-0');
  const chunks: Buffer[] = [];
  let complete = false;
  invocation.response.on('data', (chunk: Buffer) => chunks.push(chunk));
  invocation.response.once('end', () => {
    complete = true;
  });
  const closed = new Promise((resolve) => invocation.response.once('close', resolve));
  const [error] = await Promise.all([invocation.finished, closed]);
  return { bytes: Buffer.concat(chunks), complete, ...(error === undefined ? {} : { failure: error.failure.errorType }) };
}
