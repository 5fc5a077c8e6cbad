import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ProviderNetwork } from '../provider-network';

/** What the proxy calls beside its providers, whatever is configured. */
const ALWAYS = {
  SecretsManager: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Sqs: ec2.InterfaceVpcEndpointAwsService.SQS,
};

/** What models are called of, in the stack's Region. */
interface CalledServices {
  readonly bedrock?: boolean;
  readonly sageMaker?: boolean;
  /** Endpoints are asked for. */
  readonly sageMakerHealth?: boolean;
  /** Contents are kept. */
  readonly s3?: boolean;
}

/**
 * Endpoints in the VPC for the AWS services that a proxy without a way to the internet calls. Logs and metrics need none: Lambda takes them from
 * outside the VPC.
 *
 * @param called services that are providers
 */
export function addVpcEndpoints(scope: Construct, network: ProviderNetwork, called: CalledServices): void {
  const { virtualNetwork: vpc, subnets } = network;
  if (vpc === undefined || !network.endpoints) return;
  const endpoints = new Construct(scope, 'Endpoints');
  const gateways = {
    DynamoDb: ec2.GatewayVpcEndpointAwsService.DYNAMODB,
    ...(called.s3 ? { S3: ec2.GatewayVpcEndpointAwsService.S3 } : {}),
  };
  for (const [id, service] of Object.entries(gateways)) {
    new ec2.GatewayVpcEndpoint(endpoints, id, { vpc, service, subnets: subnets === undefined ? undefined : [subnets] });
  }
  const services = {
    ...ALWAYS,
    ...(called.bedrock ? { Bedrock: ec2.InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME } : {}),
    ...(called.sageMaker ? { SageMaker: ec2.InterfaceVpcEndpointAwsService.SAGEMAKER_RUNTIME } : {}),
    ...(called.sageMakerHealth ? { SageMakerHealth: ec2.InterfaceVpcEndpointAwsService.SAGEMAKER_API } : {}),
  };
  for (const [id, service] of Object.entries(services)) new ec2.InterfaceVpcEndpoint(endpoints, id, { vpc, service, subnets });
}
