import { type JsonObject, object } from './json';

/** Environment variable that each function of a gateway carries: it tells them from the other functions of a stack. */
const GATEWAY_VARIABLE = 'GATEWAY_NAME';

/** Whether a function's declaration is a gateway's. */
export function isGatewayFunction(properties: JsonObject): boolean {
  return Object.hasOwn(object(object(properties.Environment).Variables), GATEWAY_VARIABLE);
}
