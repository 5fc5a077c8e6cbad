import type { ModelRequest } from '../model/request';
import type { Capabilities } from '../models';
import { fitSampling } from './sampling';
import { fitTools } from './tools';

/**
 * The call with the settings and tools that its model takes.
 *
 * @param never what no model can be asked for by the API that the call goes to
 * @throws GatewayError 400 `unsupported_parameter` naming what cannot be left out
 */
export function fitSettings(request: ModelRequest, can: Capabilities, dropped: Set<string>, never: Capabilities): ModelRequest {
  return fitTools(fitSampling(request, can, dropped, never), can, dropped);
}
