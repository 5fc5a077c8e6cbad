import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/** From where callers reach the gateway. */
export class GatewayEndpoint {
  /** From the internet, at the API's regional endpoint. A virtual key is needed in any case. */
  static regional(): GatewayEndpoint {
    return new GatewayEndpoint([]);
  }

  /**
   * From VPCs only, through their endpoints for `execute-api`. Calls that come another way are refused by the API's policy.
   *
   * The URL stays the same where the endpoints have private DNS, which is their default.
   *
   * @param vpcEndpoints at least one interface endpoint for `execute-api`
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
   */
  static vpc(vpcEndpoints: ec2.IVpcEndpoint[]): GatewayEndpoint {
    if (vpcEndpoints.length === 0) {
      throw new Error(
        'a gateway for VPCs needs the endpoints that they call through, and none is given; ' +
          "give at least one, for example vpc.addInterfaceEndpoint('Api', { service: InterfaceVpcEndpointAwsService.APIGATEWAY })",
      );
    }
    return new GatewayEndpoint(vpcEndpoints);
  }

  private constructor(
    /** The endpoints that calls must come through; empty when the gateway is reached from the internet. */
    readonly vpcEndpoints: ec2.IVpcEndpoint[],
  ) {}
}
