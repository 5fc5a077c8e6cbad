import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { GatewayEndpoint } from '../gateway-endpoint';

/** The REST API's props that say from where it is reached. */
export function endpointProps({ vpcEndpoints }: GatewayEndpoint): apigateway.RestApiProps {
  if (vpcEndpoints.length === 0) return { endpointTypes: [apigateway.EndpointType.REGIONAL] };
  const anyCall = { principals: [new iam.AnyPrincipal()], actions: ['execute-api:Invoke'], resources: ['execute-api:/*'] };
  const ids = vpcEndpoints.map(({ vpcEndpointId }) => vpcEndpointId);
  return {
    endpointConfiguration: { types: [apigateway.EndpointType.PRIVATE], vpcEndpoints },
    policy: new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement(anyCall),
        new iam.PolicyStatement({ ...anyCall, effect: iam.Effect.DENY, conditions: { StringNotEquals: { 'aws:SourceVpce': ids } } }),
      ],
    }),
  };
}
