import { LocalRunError } from '../template/failure';
import type { StackModel } from '../template/stack-model';
import { readApis } from './api-definition';
import { type ApiGatewayOptions, ApiGatewayServer } from './server';

export interface GatewayServersOptions extends Omit<ApiGatewayOptions, 'api'> {
  readonly model: StackModel;
  /** The function behind the admin plane. */
  readonly adminArn: string;
  /** Of the admin plane's own API, where it has one. Default: the next one, or any free one when `port` is 0. */
  readonly adminPort?: number;
}

/** The gateway's REST APIs, each on a port of its own. */
export interface GatewayServers {
  /** Where callers reach the gateway. */
  readonly url: string;
  /** Where administrators reach the admin plane: the same, unless it has an API of its own. */
  readonly adminUrl: string;
  /** ARNs of the functions that the APIs lead to. */
  readonly functionArns: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves every REST API of the template that leads to the gateway. A private API is reached on loopback as any other: the local run has no VPC.
 *
 * @throws LocalRunError when the template has none, or a port is taken
 */
export async function startGatewayServers({ model, adminArn, adminPort, ...options }: GatewayServersOptions): Promise<GatewayServers> {
  const apis = readApis(model, [...options.functions.keys()], adminArn);
  const functionArns = [apis.gateway, apis.admin]
    .flatMap(({ routes }) => routes)
    .flatMap(({ integration }) => (integration.kind === 'lambda' ? [integration.functionArn] : []));
  const gateway = await ApiGatewayServer.start({ ...options, api: apis.gateway });
  const servers = [gateway];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  if (apis.admin !== apis.gateway) {
    const port = adminPort ?? (options.port === 0 ? 0 : options.port + 1);
    try {
      servers.push(await ApiGatewayServer.start({ ...options, api: apis.admin, port }));
    } catch (error) {
      await close();
      if (!(error instanceof LocalRunError)) throw error;
      throw new LocalRunError(`the admin plane has an API of its own: ${error.message.replace('--port', '--admin-port')}`, error);
    }
  }
  return {
    url: gateway.url,
    adminUrl: (servers[1] ?? gateway).url,
    functionArns: [...new Set(functionArns)],
    close,
  };
}
