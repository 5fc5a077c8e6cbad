import type { IncomingHttpHeaders } from 'node:http';
import { anthropicMessages } from '../upstreams/anthropic-messages';
import { openAiChat } from '../upstreams/openai-chat';
import { openAiResponses } from '../upstreams/openai-responses';
import type { Body, Wire } from '../upstreams/turn';
import { checkMessages } from './anthropic';
import { checkOpenAiChat } from './openai-chat';
import { checkOpenAiResponses } from './openai-responses';
import { must, Refusal } from './refusal';

/**
 * What Bedrock refuses in the wire formats of OpenAI and Anthropic, beside what their makers refuse.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html
 */
export const messagesOnBedrock: Wire = { ...anthropicMessages, path: /^\/anthropic\/v1\/messages$/ };
export const responsesOnBedrock: Wire = { ...openAiResponses, path: /^\/openai\/v1\/responses$/ };
export const chatOnBedrock: Wire = { ...openAiChat, path: /^\/openai\/v1\/chat\/completions$/ };

const PROFILE = /^(?:us|eu|global)\./;
const WITH_MESSAGES = /^(?:us|eu|global)\.anthropic\.claude-(?:opus-4-[78]|(?:opus|sonnet|haiku)-5|haiku-4-5-)/;
const BETAS =
  /^(?:interleaved-thinking|context-1m|context-management|compact|computer-use|effort|fine-grained-tool-streaming|tool-search-tool|tool-examples|dangerous-tool-use|mid-conversation-output-config|mid-conversation-tool-changes|thinking-binding-controls|thinking-display-updates)-[\d-]+$/;

/** Betas that it does not know it refuses: https://github.com/anthropics/claude-code/issues/49370 */
export function checkMessagesOnBedrock(body: Body, model: string, headers: IncomingHttpHeaders): void {
  if (!WITH_MESSAGES.test(model)) throw new Refusal('The provided model identifier is invalid.', undefined, 404);
  must(/^20\d\d-\d\d-\d\d$/.test(String(headers['anthropic-version'])), 'anthropic-version: header is required');
  for (const beta of String(headers['anthropic-beta'] ?? '').split(',')) must(beta === '' || BETAS.test(beta.trim()), 'invalid beta flag');
  refuseAddresses(body.messages);
  checkMessages(body, model);
}

export function checkResponsesOnBedrock(body: Body, model: string): void {
  const gpt = gptOf(model, /^openai\.gpt-(?:5\.[456]|6)/);
  must(body.background !== true, 'The background parameter is not supported.');
  const hosted = (body.tools ?? []).find(({ type }: Body) => !['function', 'custom', 'namespace', 'tool_search', 'mcp'].includes(type));
  must(hosted === undefined, `${hosted?.type} is not supported for this request`);
  refuseAddresses(body.input);
  checkOpenAiResponses(body, gpt, undefined, false);
}

/** It thinks unless it is told not to, and takes no tools while it does. */
export function checkChatOnBedrock(body: Body, model: string): void {
  if (/^openai\.gpt-oss-\d+b-1:0$/.test(model)) return;
  const gpt = gptOf(model, /^openai\.gpt-(?:5\.6|6)/);
  must(body.tools === undefined || body.reasoning_effort === 'none', 'Function tools with reasoning are not supported. Use /v1/responses.');
  refuseAddresses(body.messages);
  checkOpenAiChat(body, gpt);
}

/** It fetches nothing. */
function refuseAddresses(turns: Body): void {
  must(!/"(?:url|image_url|file_url)":"https?:/.test(JSON.stringify(turns)), 'URLs of media are not supported; send the bytes as base64.');
}

/** What OpenAI calls a model. None is called but through a profile. */
function gptOf(model: string, served: RegExp): string {
  const own = model.replace(PROFILE, '');
  must(served.test(own), `model \`${model}\` isn't supported on this route`);
  must(PROFILE.test(model), `Invocation of model ID ${model} with on-demand throughput isn’t supported.`);
  return own.replace('openai.', '');
}
