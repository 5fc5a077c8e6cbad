import { GatewayError } from '../../../platform/error';
import type { Soon } from '../../../platform/runtime';
import type { ProviderSite, Target } from '../../../routing';
import type { Endpoint, WaysToCall } from '../../../wire/providers';
import type { RoutedCall } from '../../before/call';
import { waysToCall } from './capabilities';

/**
 * Where a call goes out: in its own dialect, unless its model may not take it there.
 *
 * @throws GatewayError 400 where the provider does not serve it
 */
export function endpointFor(call: RoutedCall, target: Target, site: ProviderSite): Soon<Endpoint> {
  const endpoint = endpointOf(call, target, site);
  if (isTakenEverywhere(call, target) && endpoint?.protocol === call.dialect.name) return endpoint;
  return fittingEndpoint(call, target, site);
}

async function fittingEndpoint(call: RoutedCall, target: Target, site: ProviderSite): Promise<Endpoint> {
  const fitting = endpointOf(call, target, site, await waysToCall(call.configuration, target, call.facts));
  if (fitting !== undefined) return fitting;
  throw notOffered(target.provider.id);
}

function endpointOf(call: RoutedCall, { provider, model }: Target, site: ProviderSite, ways?: WaysToCall): Endpoint | undefined {
  const { facts } = call;
  return provider.definition.endpoint({
    operation: call.operation.name,
    model,
    stream: facts.stream,
    config: provider.config,
    preferred: call.dialect.name,
    ...ways,
    ...(facts.nativeFields === undefined ? {} : { nativeFields: facts.nativeFields }),
    ...(site.region === undefined ? {} : { region: site.region }),
  });
}

/** Whether nothing is asked that models take in some wire formats alone. Those that think unasked are known by their names. */
function isTakenEverywhere({ facts: { effortWithTools, answersBySchema } }: RoutedCall, { provider, model }: Target): boolean {
  if (answersBySchema === true || effortWithTools === 'asked') return false;
  return effortWithTools === undefined || provider.definition.thinkers?.unasked.test(model) !== true;
}

/** The provider has no such operation for the model. */
export function notOffered(provider: string): GatewayError {
  return new GatewayError({
    code: 'operation_not_supported',
    message: `The provider '${provider}' does not offer this endpoint for the model.`,
    param: 'model',
  });
}
