import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { readApis } from '../../../../local/api-gateway/api-definition';
import { type ApiGatewayOptions, ApiGatewayServer } from '../../../../local/api-gateway/server';
import { FunctionPool, type FunctionPoolOptions } from '../../../../local/lambda/function-pool';
import { localAccount } from '../../../../local/template/account';
import { readFunctions } from '../../../../local/template/functions';
import type { JsonObject } from '../../../../local/template/json';
import { readInvokePermissions } from '../../../../local/template/policies';
import { StackModel } from '../../../../local/template/stack-model';
import { FIXTURES } from './pool';

export interface TestGateway {
  readonly url: string;
  readonly port: number;
  readonly notes: string[];
  readonly access: string[];
  /** Settles when no function runs. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Serves a template whose functions are the fixtures. */
export async function startGateway(
  workerFile: string,
  template: JsonObject,
  options: { readonly gateway?: Partial<ApiGatewayOptions>; readonly functions?: Partial<FunctionPoolOptions> } = {},
): Promise<TestGateway> {
  const account = localAccount();
  const model = new StackModel('test', template, { account, endpoint: 'http://127.0.0.1:1' });
  const stack = { stackName: 'test', displayName: 'test', place: {}, template, assets: new Map([['code.zip', FIXTURES]]) };
  const functions = new Map(
    readFunctions(model, stack).map((definition) => [
      definition.arn,
      new FunctionPool({
        definition: { ...definition, timeoutMs: 20_000 },
        workerFile,
        variables: {},
        concurrency: 10,
        onLog: () => {},
        onFailure: () => {},
        ...options.functions,
      }),
    ]),
  );
  const notes: string[] = [];
  const access: string[] = [];
  const gateway = await ApiGatewayServer.start({
    api: readApis(model, [...functions.keys()]).gateway,
    functions,
    permissions: readInvokePermissions(model),
    account,
    port: 0,
    onNote: (message) => notes.push(message),
    onAccess: (line) => access.push(line),
    ...options.gateway,
  });
  return {
    url: gateway.url,
    port: gateway.port,
    notes,
    access,
    async idle() {
      await Promise.all([...functions.values()].map((pool) => pool.idleAll()));
    },
    async close() {
      await gateway.close(0);
      await Promise.all([...functions.values()].map((pool) => pool.close()));
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** False when the connection was cut before the end. */
  readonly complete: boolean;
}

/** One HTTP call, answered also when the connection is cut in the middle. */
export function call(
  url: string,
  options: { readonly method?: string; readonly headers?: Record<string, string | string[]>; readonly body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => {});
      response.once('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          complete: response.complete,
        }),
      );
    });
    request.once('error', reject);
    request.end(options.body);
  });
}
