import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/** Whole and streamed answers; AWS asks for the first beside the second. */
const ACTIONS = ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'];
/** `ENDPOINT` or `ENDPOINT/COMPONENT`, `*` for any characters. */
const MODEL = /^[a-zA-Z0-9*][a-zA-Z0-9*-]{0,62}(?:\/[a-zA-Z0-9*][a-zA-Z0-9*-]{0,62})?$/;

/**
 * What a role needs to call endpoints of SageMaker: exactly the named ones, and the named inference components of them.
 *
 * @param id of the provider, for whoever reads what is wrong
 * @param regions Regions that are called; the stack's own when absent
 * @param models endpoints, or inference components as `ENDPOINT/COMPONENT`, or globs of those
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html
 */
export function sageMakerStatement(
  stack: Stack,
  id: string,
  regions: readonly string[] | undefined,
  models: readonly string[],
): iam.PolicyStatement {
  if (models.length === 0) {
    throw new Error(
      `the provider "${id}" names no endpoint; give them in "models", for example ["llama"], or name them in a route: Target.model("${id}/llama")`,
    );
  }
  const resources = new Set<string>();
  for (const model of models) {
    if (!MODEL.test(model))
      throw new Error(
        `the provider "${id}" names the endpoint "${model}"; give its name, or "<endpoint>/<inference component>", in letters, digits and -`,
      );
    const [endpoint = '', component] = model.split('/');
    resources.add(`endpoint/${endpoint}`);
    if (component !== undefined) resources.add(`inference-component/${component}`);
  }
  const called = regions === undefined || regions.length === 0 ? [stack.region] : regions;
  return new iam.PolicyStatement({
    actions: ACTIONS,
    resources: called.flatMap((region) =>
      [...resources].sort().map((resource) => `arn:${stack.partition}:sagemaker:${region}:${stack.account}:${resource}`),
    ),
  });
}
