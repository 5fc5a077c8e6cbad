import { unsupported } from '../../platform/error';
import type { Message, ModelRequest, Tool } from '../model/request';
import type { Capabilities } from '../models';

/**
 * The call with tools as its model takes them.
 *
 * @throws GatewayError 400 `unsupported_parameter` for tools where the model has none, and for a choice that it cannot be held to
 */
export function fitTools(request: ModelRequest, can: Capabilities, dropped: Set<string>): ModelRequest {
  refuse(request, can);
  if (can.tools === false) return withoutTools(request, dropped);
  return withOneCallAtATime(withStrictTools(withUniqueTools(request, dropped), can, dropped), can, dropped);
}

function refuse({ tools = [], toolChoice }: ModelRequest, can: Capabilities): void {
  if (tools.length === 0 || toolChoice?.type === 'none') return;
  if (can.tools === false) throw unsupported('tools', 'tools: the chosen model uses none; leave them out.');
  const forced = toolChoice?.type === 'required' || toolChoice?.type === 'tool';
  if (forced && can.forcedTools === false) {
    throw unsupported('tool_choice', 'tool_choice: the chosen model cannot be made to use a tool; let it choose (auto).');
  }
}

/** Those that may not be used. */
function withoutTools(request: ModelRequest, dropped: Set<string>): ModelRequest {
  const { tools = [], toolChoice: _choice, parallelToolCalls: _parallel, ...rest } = request;
  if (tools.length === 0) return request;
  dropped.add('tools');
  return rest;
}

/** A model that makes one call at a time cannot be told how many. */
function withOneCallAtATime(request: ModelRequest, can: Capabilities, dropped: Set<string>): ModelRequest {
  const { parallelToolCalls, ...rest } = request;
  if (parallelToolCalls === undefined || can.parallelTools !== false) return request;
  if (parallelToolCalls) dropped.add('parallel_tool_calls');
  return rest;
}

/** Of several tools of one name the last counts: providers refuse the whole call for the second. */
export function withUniqueTools(request: ModelRequest, dropped: Set<string>): ModelRequest {
  const { tools } = request;
  if (tools === undefined || tools.length < 2 || new Set(tools.map(({ name }) => name)).size === tools.length) return request;
  dropped.add('tools');
  const last = new Map(tools.map((tool) => [tool.name, tool]));
  return { ...request, tools: [...last.values()] };
}

/**
 * The call with a tool for each that its history calls, for providers that refuse a history of tools without tools. Summaries and titles of
 * a conversation are asked for that way.
 */
export function withToolsOfHistory(request: ModelRequest): ModelRequest {
  if ((request.tools?.length ?? 0) > 0) return request;
  const names = namesOfCalls(request.messages);
  if (names.length === 0 && !request.messages.some(({ content }) => content.some((part) => part.type === 'tool-result'))) return request;
  const tools = (names.length === 0 ? ['unused'] : names).map((name): Tool => ({ name, description: 'Not available any more.' }));
  return { ...request, tools };
}

function namesOfCalls(messages: readonly Message[]): readonly string[] {
  return [...new Set(messages.flatMap(({ content }) => content.flatMap((part) => (part.type === 'tool-call' ? [part.name] : []))))];
}

/** The call with no more strict tools than its model is held to at once; the others are told, not enforced. */
function withStrictTools(request: ModelRequest, can: Capabilities, dropped: Set<string>): ModelRequest {
  const most = can.strictTools === false ? 0 : (can.maxStrictTools ?? Number.POSITIVE_INFINITY);
  const strict = (request.tools ?? []).filter((tool) => tool.strict === true);
  if (strict.length <= most) return request;
  dropped.add('tools.strict');
  const kept = new Set(strict.slice(0, most));
  return { ...request, tools: request.tools?.map((tool) => (tool.strict === true && !kept.has(tool) ? withoutStrict(tool) : tool)) ?? [] };
}

function withoutStrict({ strict: _strict, ...tool }: Tool): Tool {
  return tool;
}
