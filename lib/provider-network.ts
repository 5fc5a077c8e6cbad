import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Where in a VPC the gateway's calls to a provider start. */
export interface VpcNetworkProps {
  /**
   * Subnets of the proxy function.
   *
   * They need a way to every other provider and to AWS: a NAT gateway or VPC endpoints.
   *
   * @default - the VPC's private subnets
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * Security groups of the proxy function.
   *
   * @default - a new one that allows all outbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Which addresses a provider may be reached at; it decides whether plain `http://` and private addresses are accepted. */
export class ProviderNetwork {
  /** Public addresses over `https://` only. */
  static public(): ProviderNetwork {
    return new ProviderNetwork('public');
  }

  /** The function's own loopback, for the local run and for sidecars: `http://127.0.0.1:11434/v1`. */
  static loopback(): ProviderNetwork {
    return new ProviderNetwork('loopback');
  }

  /**
   * Private addresses of a VPC. The proxy function is placed into it.
   *
   * A function can be in one VPC only, so every provider of a gateway names the same one.
   */
  static vpc(vpc: ec2.IVpc, props: VpcNetworkProps = {}): ProviderNetwork {
    return new ProviderNetwork('vpc', vpc, props.subnets, props.securityGroups);
  }

  private constructor(
    /** `public`, `loopback` or `vpc`. */
    readonly kind: string,
    /** The VPC, when the network is one. */
    readonly virtualNetwork?: ec2.IVpc,
    /** The chosen subnets. */
    readonly subnets?: ec2.SubnetSelection,
    /** The chosen security groups. */
    readonly securityGroups?: ec2.ISecurityGroup[],
  ) {}
}
