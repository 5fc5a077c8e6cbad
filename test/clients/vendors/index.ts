import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { anthropicMessages } from '../upstreams/anthropic-messages';
import { bedrockConverse } from '../upstreams/bedrock-converse';
import { gemini } from '../upstreams/gemini';
import { deepSeekChat, mistralChat, openAiChat } from '../upstreams/openai-chat';
import { openAiResponses } from '../upstreams/openai-responses';
import type { Body, Wire } from '../upstreams/turn';
import { checkMessages } from './anthropic';
import {
  chatOnBedrock,
  checkChatOnBedrock,
  checkMessagesOnBedrock,
  checkResponsesOnBedrock,
  messagesOnBedrock,
  responsesOnBedrock,
} from './bedrock-formats';
import { checkConverse } from './converse';
import { checkDeepSeek } from './deepseek';
import { checkGemini } from './gemini';
import { checkMistral } from './mistral';
import { checkOpenAiChat } from './openai-chat';
import { checkOpenAiResponses } from './openai-responses';
import type { Refusal } from './refusal';

/** One API of a vendor's: how it is spoken, and what it refuses. */
interface Service {
  readonly wire: Wire;
  /** @throws Refusal */
  readonly check: (body: Body, model: string, headers: IncomingHttpHeaders) => void;
}

/** A vendor's stand-in. */
export interface Vendor {
  readonly services: readonly Service[];
  /** A refusal in the vendor's own form. */
  refuse(refusal: Refusal): { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };
}

const anything = (): void => undefined;

/** By the first part of their paths. `compatible` is a server that takes whatever it is given. */
export const VENDORS: Readonly<Record<string, Vendor>> = {
  openai: {
    services: [
      { wire: openAiChat, check: checkOpenAiChat },
      { wire: openAiResponses, check: checkOpenAiResponses },
    ],
    refuse: likeOpenAi,
  },
  compatible: { services: [{ wire: openAiChat, check: anything }], refuse: likeOpenAi },
  anthropic: { services: [{ wire: anthropicMessages, check: checkMessages }], refuse: likeAnthropic },
  bedrock: {
    services: [
      { wire: bedrockConverse, check: checkConverse },
      { wire: messagesOnBedrock, check: checkMessagesOnBedrock },
      { wire: responsesOnBedrock, check: checkResponsesOnBedrock },
      { wire: chatOnBedrock, check: checkChatOnBedrock },
    ],
    refuse: likeBedrock,
  },
  google: { services: [{ wire: gemini, check: checkGemini }], refuse: likeGoogle },
  mistral: { services: [{ wire: mistralChat, check: checkMistral }], refuse: likeMistral },
  deepseek: {
    services: [{ wire: deepSeekChat, check: checkDeepSeek }],
    refuse: ({ message, status }) => ({
      status,
      body: { error: { message, type: 'invalid_request_error', param: null, code: 'invalid_request_error' } },
    }),
  },
};

function likeOpenAi({ message, field, status, code }: Refusal): ReturnType<Vendor['refuse']> {
  return { status, body: { error: { message, type: 'invalid_request_error', param: field ?? null, code: code ?? null } } };
}

function likeAnthropic({ message, status, code = 'invalid_request_error' }: Refusal): ReturnType<Vendor['refuse']> {
  return { status, body: { type: 'error', error: { type: code, message }, request_id: `req_${randomUUID()}` } };
}

function likeBedrock({ message, status }: Refusal): ReturnType<Vendor['refuse']> {
  return { status, body: { message }, headers: { 'x-amzn-errortype': 'ValidationException', 'x-amzn-requestid': randomUUID() } };
}

function likeGoogle({ message, status, code = 'INVALID_ARGUMENT' }: Refusal): ReturnType<Vendor['refuse']> {
  return { status, body: { error: { code: status, message, status: code } } };
}

function likeMistral({ message, field = 'invalid_request_error', status }: Refusal): ReturnType<Vendor['refuse']> {
  if (status === 422)
    return { status, body: { object: 'error', message: JSON.parse(message), type: 'invalid_request_error', param: null, code: null } };
  return { status, body: { object: 'error', message, type: field, param: null, code: '3230' } };
}
