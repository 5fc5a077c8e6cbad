import type * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Where in a VPC the gateway's calls to a provider start. */
export interface VpcNetworkProps {
  /**
   * Subnets of the proxy function.
   *
   * They need a way to every other provider and to AWS: a NAT gateway, VPC endpoints of yours, or `endpoints`.
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

  /**
   * Makes endpoints in the VPC for what the proxy calls: DynamoDB, Secrets Manager, SQS, and Amazon Bedrock and SageMaker where they are providers, in the stack's Region. So the
   * subnets need no NAT gateway, unless a provider is on the internet or Bedrock is called in other Regions.
   *
   * Leave it out where the VPC has such endpoints already: their private names would clash. Interface endpoints cost some $7 a month each in every zone.
   *
   * @default false
   */
  readonly endpoints?: boolean;
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
    return new ProviderNetwork('vpc', vpc, props.subnets, props.securityGroups, props.endpoints);
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
    /** Whether endpoints are made for what the proxy calls. */
    readonly endpoints: boolean = false,
  ) {}
}
