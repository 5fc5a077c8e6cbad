import type { Transport } from '../platform/http';
import type { AssumableRole, AssumeRole } from './assumed-roles';
import { type AwsJsonCall, type AwsJsonService, AwsServiceError, createAwsJsonCall } from './aws-json';
import type { AwsCredentialSource, SigV4Signer } from './signing';

/** An endpoint of SageMaker, and who may ask for it. */
export interface EndpointInQuestion {
  /** `ENDPOINT`, or `ENDPOINT/COMPONENT` for one of its inference components. */
  readonly model: string;
  readonly region: string;
  /** Absent: the process's own credentials. */
  readonly role?: AssumableRole;
}

/** Whether an endpoint takes calls; undefined where nobody says. Never rejects. */
export type IsEndpointWell = (endpoint: EndpointInQuestion) => Promise<boolean | undefined>;

export interface SageMakerEndpointsParts {
  readonly transport: Transport;
  readonly signer: SigV4Signer;
  readonly credentials: AwsCredentialSource;
  readonly assumeRole: AssumeRole;
  /** Where calls go instead of the Region's own endpoint. */
  readonly endpoint: string | undefined;
}

const TIMEOUT_MS = 2_000;
/** An endpoint keeps its instances while it changes or goes back. A component has the first two of these. */
const SERVES: Readonly<Record<string, boolean>> = {
  InService: true,
  Updating: true,
  SystemUpdating: true,
  RollingBack: true,
  UpdateRollbackFailed: true,
  OutOfService: false,
  Creating: false,
  Deleting: false,
  Failed: false,
};
/** There is none of that name. */
const NOT_FOUND = 'ValidationException';

/**
 * Asks SageMaker, which runs the endpoints, how they are. That it does not answer, or may not be asked, says nothing of them.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeInferenceComponent.html
 */
export function createSageMakerEndpoints({ assumeRole, endpoint, ...aws }: SageMakerEndpointsParts): IsEndpointWell {
  const service: AwsJsonService = {
    name: 'sagemaker',
    host: 'api.sagemaker',
    version: '1.1',
    target: 'SageMaker',
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const calls = new Map<string, AwsJsonCall>();
  const callFor = (region: string, role: AssumableRole | undefined): AwsJsonCall => {
    const name = `${region} ${role?.arn ?? ''}`;
    let call = calls.get(name);
    if (call === undefined) {
      call = createAwsJsonCall({ ...aws, region, credentials: role === undefined ? aws.credentials : () => assumeRole(role) });
      calls.set(name, call);
    }
    return call;
  };
  return async ({ model, region, role }) => {
    const [name, component] = model.split('/');
    const ask = (operation: string, input: object) => callFor(region, role)(service, operation, input, TIMEOUT_MS);
    try {
      const { EndpointStatus, InferenceComponentStatus } =
        component === undefined
          ? await ask('DescribeEndpoint', { EndpointName: name })
          : await ask('DescribeInferenceComponent', { InferenceComponentName: component });
      return SERVES[String(EndpointStatus ?? InferenceComponentStatus)];
    } catch (error) {
      return error instanceof AwsServiceError && error.name === NOT_FOUND ? false : undefined;
    }
  };
}
