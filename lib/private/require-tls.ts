import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { TlsPolicy } from '../tls-policy';

/** Sets what the construct library's own REST API has no prop for. */
export function requireTls(api: apigateway.RestApi, { securityPolicy, endpointAccessMode }: TlsPolicy): void {
  const resource = api.node.defaultChild as apigateway.CfnRestApi;
  resource.securityPolicy = securityPolicy;
  resource.endpointAccessMode = endpointAccessMode;
}
