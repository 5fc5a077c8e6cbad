import type { ParametersConfig } from '../../../../lib/private/contract';
import type { AnyRequest, ModelRequest } from '../../../wire/model';

/** Why a field was set that the caller did not ask for. */
export const BY_ROUTE = 'the route';

/** A conversation with what its caller left open, and the fields of the common model that were set. */
export interface WithParameters {
  readonly request: AnyRequest;
  readonly set: readonly (readonly [field: string, value: string | number])[];
}

/** Only of an operation that generates. */
export function withParameters(
  decoded: AnyRequest,
  { temperature, top_p: topP, effort, service_tier: serviceTier }: ParametersConfig,
): WithParameters {
  const asked = decoded as ModelRequest;
  const given: Partial<ModelRequest> = {
    ...(temperature === undefined || asked.temperature !== undefined ? {} : { temperature }),
    ...(topP === undefined || asked.topP !== undefined ? {} : { topP }),
    ...(serviceTier === undefined || asked.serviceTier !== undefined ? {} : { serviceTier }),
    ...(effort === undefined || asked.reasoning !== undefined ? {} : { reasoning: { effort } }),
  };
  const written: readonly (readonly [string, string | number | undefined])[] = [
    ['temperature', given.temperature],
    ['top_p', given.topP],
    ['service_tier', given.serviceTier],
    ['reasoning.effort', given.reasoning?.effort],
  ];
  const set = written.flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const]));
  return { request: { ...decoded, ...given } as AnyRequest, set };
}
