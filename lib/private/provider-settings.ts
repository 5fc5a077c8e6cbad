import * as iam from 'aws-cdk-lib/aws-iam';
import type { AzureOpenAiProviderProps, SageMakerProviderProps } from '../cloud-provider-props';
import { BedrockClient, type BedrockProviderProps, type SimulatedProviderProps } from '../provider-props';

/** Settings of a kind, without those that are not given. */
export function settingsOf(settings: Record<string, string | undefined>): { [name: string]: string } {
  return Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Throws unless exactly one address is given, and a deployment only where it can be called. */
export function checkAzure({ resourceName, baseUrl, deployment, apiVersion }: AzureOpenAiProviderProps): void {
  if ((resourceName === undefined) === (baseUrl === undefined)) {
    throw new Error('an Azure OpenAI provider needs exactly one of "resourceName" and "baseUrl"; give the name of the Azure resource');
  }
  if (resourceName !== undefined && !/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(resourceName)) {
    throw new Error(`"resourceName" is "${resourceName}"; give the first label of "https://<name>.openai.azure.com" alone`);
  }
  if (deployment !== undefined && apiVersion === undefined) {
    throw new Error(
      '"deployment" works only together with "apiVersion"; without it name the deployment as the model: "azure-openai/<deployment>"',
    );
  }
}

export function simulatedSettings({ tokensPerSecond, tokens, errorPercent }: SimulatedProviderProps): { [name: string]: string } {
  const settings = Object.entries({ speed: tokensPerSecond, tokens, errorPercent }).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    if (!Number.isInteger(value) || value < 0 || value > 1_000_000) {
      throw new Error(`the simulated provider's "${name}" is ${value}; give a whole number from 0 to 1000000`);
    }
    return [[name, String(value)]];
  });
  return Object.fromEntries(settings);
}

/** What the account of the role allows is said there, so what only holds for calls of one's own does not go with it. */
export function checkBedrockRole({ role, externalId, apiKey, client, mediaLocations }: BedrockProviderProps): void {
  checkExternalId({ role, externalId });
  if (role === undefined) return;
  const clash = Object.entries({ apiKey, mediaLocations }).find(([, value]) => value !== undefined)?.[0];
  if (clash !== undefined) throw new Error(`"${clash}" is given beside "role", whose account alone decides that; leave one of them out`);
  if (client === BedrockClient.AWS_SDK) throw new Error('"role" works with the gateway\'s own client only; leave "client" out');
}

function checkExternalId({ role, externalId }: Pick<BedrockProviderProps, 'role' | 'externalId'>): void {
  if (externalId === undefined) return;
  if (role === undefined) throw new Error('"externalId" is given without "role"; say which role is taken on with it');
  if (!/^[\w+=,.@:/-]{2,1224}$/.test(externalId))
    throw new Error('"externalId" is none that AWS takes; give 2 to 1224 letters, digits and _ + = , . @ : / -, as text known at synth');
}

/** The settings of SageMaker's endpoints. Throws on what no header could carry. */
export function sageMakerSettings(props: SageMakerProviderProps): { [name: string]: string } {
  const { modelName, targetModel, targetVariant } = props;
  checkExternalId(props);
  for (const [name, value] of Object.entries({ modelName, targetModel, targetVariant })) {
    if (value !== undefined && !/^[\x21-\x7e]{1,1024}$/.test(value))
      throw new Error(`"${name}" of a SageMaker provider is "${value}"; give 1 to 1024 visible ASCII characters, as text known at synth`);
  }
  return settingsOf({ modelName, targetModel, targetVariant });
}

export function assumeStatement(roleArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: [roleArn] });
}
