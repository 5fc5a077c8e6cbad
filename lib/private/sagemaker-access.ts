import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/** Whole and streamed answers; AWS asks for the first beside the second. */
const CALLS = ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'];
const ASKS = { endpoint: 'sagemaker:DescribeEndpoint', 'inference-component': 'sagemaker:DescribeInferenceComponent' };
/** `ENDPOINT` or `ENDPOINT/COMPONENT`, `*` for any characters. */
const MODEL = /^[a-zA-Z0-9*][a-zA-Z0-9*-]{0,62}(?:\/[a-zA-Z0-9*][a-zA-Z0-9*-]{0,62})?$/;

/**
 * What a role needs to call endpoints of SageMaker: exactly the named ones, and the named inference components of them; and to ask how
 * what calls name is, where that is asked.
 *
 * @param id of the provider, for whoever reads what is wrong
 * @param asks it is asked how they are
 * @param regions Regions that are called; the stack's own when absent
 * @param models endpoints, or inference components as `ENDPOINT/COMPONENT`, or globs of those
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html
 */
export function sageMakerStatements(
  stack: Stack,
  id: string,
  asks: boolean,
  regions: readonly string[] | undefined,
  models: readonly string[],
): iam.PolicyStatement[] {
  if (models.length === 0) {
    throw new Error(
      `the provider "${id}" names no endpoint; give them in "models", for example ["llama"], or name them in a route: Target.model("${id}/llama")`,
    );
  }
  const [called, asked] = [new Set<string>(), new Set<string>()];
  for (const model of models) {
    if (!MODEL.test(model))
      throw new Error(
        `the provider "${id}" names the endpoint "${model}"; give its name, or "<endpoint>/<inference component>", in letters, digits and -`,
      );
    const [endpoint = '', component] = model.split('/');
    called.add(`endpoint/${endpoint}`);
    if (component !== undefined) called.add(`inference-component/${component}`);
    asked.add(component === undefined ? `endpoint/${endpoint}` : `inference-component/${component}`);
  }
  const places = regions === undefined || regions.length === 0 ? [stack.region] : regions;
  const allow = (actions: string[], resources: readonly string[]): iam.PolicyStatement[] => {
    if (resources.length === 0) return [];
    const arns = places.flatMap((region) =>
      resources.map((resource) => `arn:${stack.partition}:sagemaker:${region}:${stack.account}:${resource}`),
    );
    return [new iam.PolicyStatement({ actions, resources: arns })];
  };
  const questions = Object.entries(ASKS).flatMap(([kind, action]) =>
    allow([action], [...asked].filter((resource) => resource.startsWith(`${kind}/`)).sort()),
  );
  return [...allow(CALLS, [...called].sort()), ...(asks ? questions : [])];
}
