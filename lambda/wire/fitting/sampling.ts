import { unsupported } from '../../platform/error';
import type { ModelRequest } from '../model/request';
import type { Capabilities } from '../models';

/**
 * The call without the sampling settings that its model does not take. What only steers how an answer is worded is left out and noted;
 * without what makes it another answer the call is refused.
 *
 * @throws GatewayError 400 `unsupported_parameter` naming the field
 */
export function fitSampling(request: ModelRequest, can: Capabilities, dropped: Set<string>): ModelRequest {
  refuse(request, can);
  const fitted: { -readonly [Name in keyof ModelRequest]: ModelRequest[Name] } = { ...request };
  const drop = (name: keyof ModelRequest, shown: string): void => {
    if (fitted[name] === undefined) return;
    delete fitted[name];
    dropped.add(shown);
  };
  const reasons = request.reasoning?.effort !== undefined && request.reasoning.effort !== 'none';
  const forReasoning = can.samplingWithEffort === false && reasons;
  if (can.seed === false) drop('seed', 'seed');
  if (can.verbosity === false) drop('verbosity', 'verbosity');
  if (can.penalties === false || forReasoning) {
    if (request.frequencyPenalty === 0) delete fitted.frequencyPenalty;
    if (request.presencePenalty === 0) delete fitted.presencePenalty;
    drop('frequencyPenalty', 'frequency_penalty');
    drop('presencePenalty', 'presence_penalty');
  }
  if (can.temperature === false || forReasoning) drop('temperature', 'temperature');
  if (can.topP === false || forReasoning) drop('topP', 'top_p');
  // -1 says: no such limit.
  if (fitted.topK === -1) delete fitted.topK;
  if (can.topK === false) drop('topK', 'top_k');
  if (can.maxTemperature !== undefined && fitted.temperature !== undefined && fitted.temperature > can.maxTemperature) {
    fitted.temperature = can.maxTemperature;
    dropped.add('temperature');
  }
  if (can.temperatureWithTopP === false && fitted.temperature !== undefined && fitted.topP !== undefined) {
    // The one that is left at its default says nothing.
    if (fitted.temperature === 1 && fitted.topP !== 1) drop('temperature', 'temperature');
    else drop('topP', 'top_p');
  }
  return fitted;
}

function refuse(request: ModelRequest, can: Capabilities): void {
  if (can.choices === false && (request.choices ?? 1) > 1) throw unsupported('n', 'n must be 1: the chosen model gives one answer a call.');
  if (can.logprobs === false && request.logprobs !== undefined) {
    throw unsupported('logprobs', 'logprobs: the chosen model gives no log probabilities.');
  }
  if (can.logitBias === false && Object.keys(request.logitBias ?? {}).length > 0) {
    throw unsupported('logit_bias', 'logit_bias: the chosen model takes no token biases.');
  }
  const stops = request.stop?.length ?? 0;
  if (can.stop === false && stops > 0) throw unsupported('stop', 'stop: the chosen model takes no stop sequences.');
  if (can.maxStop !== undefined && stops > can.maxStop) {
    throw unsupported('stop', `stop: the chosen model takes at most ${can.maxStop} stop sequences, not ${stops}.`);
  }
}
