import { unsupported } from '../../platform/error';
import type { ModelRequest } from '../model/request';
import type { Capabilities } from '../models';

/** A setting of sampling and what it is called where something is said of it. */
const NAMES = {
  seed: 'seed',
  verbosity: 'verbosity',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
} as const;
type Setting = keyof typeof NAMES;

/**
 * The call without the sampling settings that its model does not take. What only steers how an answer is worded is left out and noted;
 * without what makes it another answer the call is refused.
 *
 * @param never what no model can be asked for by the API that the call goes to
 * @throws GatewayError 400 `unsupported_parameter` naming the field
 */
export function fitSampling(asked: ModelRequest, can: Capabilities, dropped: Set<string>, never: Capabilities = {}): ModelRequest {
  const request = withoutEmptyStops(asked, dropped);
  refuse(request, can, never);
  const changes: Partial<Record<Setting, number | undefined>> = {};
  const drop = (setting: Setting): void => {
    if (request[setting] === undefined) return;
    changes[setting] = undefined;
    // These are what they would be without.
    if ((setting === 'frequencyPenalty' || setting === 'presencePenalty') && request[setting] === 0) return;
    if (setting !== 'topK' || request.topK !== -1) dropped.add(NAMES[setting]);
  };
  const takesNo = (name: keyof Capabilities): boolean => can[name] === false || never[name] === false;
  const forReasoning = can.samplingWithEffort === false && makesAnEffort(request, can);
  if (takesNo('seed')) drop('seed');
  if (takesNo('verbosity')) drop('verbosity');
  if (takesNo('penalties') || forReasoning) {
    drop('frequencyPenalty');
    drop('presencePenalty');
  }
  if (takesNo('temperature') || forReasoning) drop('temperature');
  if (takesNo('topP') || forReasoning) drop('topP');
  // -1 says: no such limit.
  if (takesNo('topK') || request.topK === -1) drop('topK');
  const { temperature, topP } = request;
  const most = least(can.maxTemperature, never.maxTemperature);
  if (temperature !== undefined && !('temperature' in changes)) {
    if (most !== undefined && temperature > most) {
      changes.temperature = most;
      dropped.add(NAMES.temperature);
    }
    if (can.temperatureWithTopP === false && topP !== undefined && !('topP' in changes)) {
      // The one that is left at its default says nothing.
      drop(temperature === 1 && topP !== 1 ? 'temperature' : 'topP');
    }
  }
  return changedBy(request, changes);
}

/** Nothing ends with nothing, and some hosts refuse to be told so. */
function withoutEmptyStops(request: ModelRequest, dropped: Set<string>): ModelRequest {
  if (request.stop?.includes('') !== true) return request;
  dropped.add('stop');
  return { ...request, stop: request.stop.filter((sequence) => sequence !== '') };
}

/** By its name, or by a budget that stands for one. Who is told neither thinks as it likes, unless not thinking is among what it can be told. */
function makesAnEffort({ reasoning }: ModelRequest, { efforts, thinkingUnasked }: Capabilities): boolean {
  if (reasoning?.effort !== undefined) return reasoning.effort !== 'none';
  if (thinkingUnasked === true) return true;
  return (reasoning?.budgetTokens ?? 0) > 0 || (efforts !== undefined && efforts.length > 0 && !efforts.includes('none'));
}

function least(ofModel: number | undefined, ofApi: number | undefined): number | undefined {
  return ofModel === undefined || ofApi === undefined ? (ofModel ?? ofApi) : Math.min(ofModel, ofApi);
}

function changedBy(request: ModelRequest, changes: Partial<Record<Setting, number | undefined>>): ModelRequest {
  for (const _ in changes) return { ...request, ...changes } as ModelRequest;
  return request;
}

function refuse(request: ModelRequest, can: Capabilities, never: Capabilities): void {
  const { choices, logprobs, logitBias, stop } = request;
  if (choices !== undefined && choices > 1 && (can.choices ?? never.choices) === false) {
    throw unsupported('n', 'n must be 1: the chosen model gives one answer a call.');
  }
  if (logprobs !== undefined && (can.logprobs ?? never.logprobs) === false) {
    throw unsupported('logprobs', 'logprobs: the chosen model gives no log probabilities.');
  }
  if (logitBias !== undefined && (can.logitBias ?? never.logitBias) === false && Object.keys(logitBias).length > 0) {
    throw unsupported('logit_bias', 'logit_bias: the chosen model takes no token biases.');
  }
  if (stop === undefined || stop.length === 0) return;
  if (can.stop === false) throw unsupported('stop', 'stop: the chosen model takes no stop sequences.');
  const most = least(can.maxStop, never.maxStop);
  if (most !== undefined && stop.length > most) {
    throw unsupported('stop', `stop: the chosen model takes at most ${most} stop sequences, not ${stop.length}.`);
  }
}
