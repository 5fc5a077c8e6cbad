import { GatewayError } from '../../platform/error';
import { ERRORS, type ErrorCode } from '../../platform/error-catalogue';
import { entryOf } from '../../platform/table';
import { scrub } from '../model/scrub';
import type { ProviderErrorFacts } from './protocol';
import { saidQuota } from './quota-headers';
import { retryAfterInWords, retryAfterMs, retryAfterSeconds } from './retry-after';

/** What a provider said when it failed, read out of its own shape. */
export interface ProviderFailure {
  /** HTTP status; 200 for an error inside a good answer or a stream, whose class then comes from `type` and `code`. */
  readonly status: number;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly param?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Where the body says it; else the headers do. */
  readonly retryAfterMs?: number | undefined;
}

interface Row {
  readonly code: ErrorCode;
  readonly message: string;
  readonly failover: boolean;
  readonly retryable?: false;
  /** The provider's own words and code are about the request, and help the caller. */
  readonly showMessage?: boolean;
}

const INVALID: Row = {
  code: 'invalid_request',
  message: 'The provider refused the request as invalid.',
  failover: false,
  showMessage: true,
};
const CONTEXT_LENGTH: Row = { ...INVALID, code: 'context_length_exceeded', message: 'The prompt is too long for the model.' };
const CONTENT_POLICY: Row = {
  code: 'content_policy_violation',
  message: "The provider's content policy refused the request.",
  failover: false,
};
const TOO_LARGE: Row = { ...INVALID, code: 'request_too_large', message: 'The request is too large for the provider.' };
const TOO_LARGE_HERE: Row = { ...TOO_LARGE, failover: true };
const AUTHENTICATION: Row = elsewhere('upstream_auth', "The provider refused the gateway's own credential.");
const NOT_FOUND: Row = elsewhere('model_not_found', 'The provider does not know this model, or does not offer it to this gateway.');
const QUOTA: Row = elsewhere('upstream_quota', "The gateway's quota at the provider is used up.");
const CONFLICT: Row = elsewhere('upstream_conflict', 'The provider reported a conflict; try again.');
const RATE_LIMIT: Row = elsewhere('rate_limit_exceeded', "The provider's rate limit is reached; try again later.");
const OVERLOADED: Row = elsewhere('upstream_overloaded', 'The provider is overloaded; try again later.');
const TIMEOUT: Row = elsewhere('upstream_timeout', 'The provider did not answer in time.');
const FAILED: Row = elsewhere('upstream_error', 'The provider failed.');
const UNEXPECTED: Row = { ...elsewhere('upstream_error', 'The provider gave an unexpected answer.'), retryable: false };

/** What another provider may answer. */
function elsewhere(code: ErrorCode, message: string): Row {
  return { code, message, failover: true };
}

/** One row per status; the rest is decided by its hundreds. 498: Groq's "flex tier capacity exceeded"; 529: Anthropic's overload. */
const BY_STATUS: Readonly<Record<number, Row>> = {
  400: INVALID,
  401: AUTHENTICATION,
  402: QUOTA,
  403: AUTHENTICATION,
  404: NOT_FOUND,
  408: TIMEOUT,
  409: CONFLICT,
  413: TOO_LARGE,
  422: INVALID,
  424: FAILED,
  425: CONFLICT,
  429: RATE_LIMIT,
  498: OVERLOADED,
  500: FAILED,
  503: OVERLOADED,
  504: TIMEOUT,
  524: TIMEOUT,
  529: OVERLOADED,
};

/** Types and codes as OpenAI, Anthropic, AWS and Google name them, for errors that came without a status of their own. */
const BY_NAME: Readonly<Record<string, Row>> = {
  invalid_request_error: INVALID,
  invalidrequesterror: INVALID,
  validationexception: INVALID,
  invalid_argument: INVALID,
  failed_precondition: INVALID,
  tool_use_failed: INVALID,
  authentication_error: AUTHENTICATION,
  permission_error: AUTHENTICATION,
  permission_denied: AUTHENTICATION,
  unauthenticated: AUTHENTICATION,
  accessdeniedexception: AUTHENTICATION,
  invalid_api_key: AUTHENTICATION,
  billing_error: QUOTA,
  not_found_error: NOT_FOUND,
  not_found: NOT_FOUND,
  model_not_found: NOT_FOUND,
  resourcenotfoundexception: NOT_FOUND,
  request_too_large: TOO_LARGE,
  rate_limit_error: RATE_LIMIT,
  rate_limit_exceeded: RATE_LIMIT,
  resource_exhausted: RATE_LIMIT,
  throttlingexception: RATE_LIMIT,
  too_many_requests: RATE_LIMIT,
  overloaded_error: OVERLOADED,
  server_is_overloaded: OVERLOADED,
  slow_down: OVERLOADED,
  unavailable: OVERLOADED,
  serviceunavailableexception: OVERLOADED,
  modelnotreadyexception: OVERLOADED,
  timeout_error: TIMEOUT,
  deadline_exceeded: TIMEOUT,
  modeltimeoutexception: TIMEOUT,
  api_error: FAILED,
  server_error: FAILED,
  internal_server_error: FAILED,
  internal: FAILED,
  internalserverexception: FAILED,
  modelerrorexception: FAILED,
  modelstreamerrorexception: FAILED,
};

const QUOTA_CODES = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'insufficient_balance',
  'access_terminated',
]);
const QUOTA_WORDS =
  /credit balance is too low|insufficient (?:balance|credits|funds)|exceeded your current quota|used all available credits|(?:reached|exceeded) (?:its|your) monthly spending limit/i;
/** A single call asks for more tokens than a minute has: waiting cures nothing, another provider may. */
const BEYOND_RATE = /request too large\b.*\btokens per min/is;
const POLICY_CODES = new Set([
  'content_filter',
  'content_policy_violation',
  'responsibleaipolicyviolation',
  'data_inspection_failed',
  'moderation_blocked',
]);
const CONTEXT_CODES = new Set(['context_length_exceeded', 'model_max_prompt_tokens_exceeded', 'exceed_context_size_error']);
/**
 * How hosts say that a prompt is too long, each in its own words: Anthropic (the answer's cap counted in), xAI, vLLM, llama.cpp, Kimi, Text
 * Generation Inference, Mistral, Google, Bedrock, Groq, Cerebras, Alibaba, Z.ai. Coding agents sum up and go on when they are told.
 */
const CONTEXT_WORDS = new RegExp(
  [
    'maximum context length|context[ _]length|context window|context limit|context size|maximum model length',
    'prompt is too long|input is too long|prompt (?:length )?is too large|too large for model with',
    'maximum prompt length|maximum (?:allowed )?(?:input|prompt) (?:length|tokens)',
    "too many (?:input |prompt )?tokens|exceed(?:s|ed)? (?:the )?(?:maximum|model)(?:'s)? (?:number of |allowed )?(?:input )?(?:context|tokens?)",
    '(?:prompt|inputs?|messages?)\\b[^.]{0,40}\\bexceed(?:s|ed)?\\b[^.]{0,60}(?:tokens?\\b|max(?:imum)? length|model limit)',
    'tokens exceed(?:s|ed)? (?:the |maximum)|reduce the length of the (?:messages|prompt|input)|range of input length|input cannot exceed [\\d,]+ tokens',
    'input token count is [\\d,]+ but',
    'inputs`? (?:must have less than \\d+ )?tokens|`inputs` tokens',
  ].join('|'),
  'i',
);
/** How Bedrock says that its model, and not the request, is wrong: it names no status of its own for that. */
const WRONG_MODEL =
  /model identifier is invalid|on-demand throughput isn.t supported|model (?:id|identifier) .*(?:not found|not supported)|isn.t supported on this route|end of its life|marked by provider as legacy/i;

/**
 * Total mapping from what a provider said to what a caller is told: every failure gives exactly one error.
 *
 * Words pass only where callers depend on them (validation, context length), with URLs, hosts and account ids taken out and
 * not at all when they hold anything like a credential. A 401 or 403 of the provider is never the caller's.
 *
 * @see https://platform.openai.com/docs/guides/error-codes
 * @see https://docs.claude.com/en/api/errors
 */
export function providerError(failure: ProviderFailure): ProviderErrorFacts {
  const row = rowOf(failure);
  const providerCode = row === INVALID && failure.code !== undefined && isSlug(failure.code) ? failure.code : undefined;
  const shown = row.showMessage && failure.message !== undefined && failure.message !== '' ? scrub(failure.message) : undefined;
  const param = row.showMessage && failure.param !== undefined && /^[\w.[\]-]{1,200}$/.test(failure.param) ? failure.param : undefined;
  const retryable = row.retryable ?? ERRORS[row.code].retryable;
  const wait = retryable ? waitOf(failure, row) : undefined;
  const error = new GatewayError({
    code: row.code,
    message: shown ?? row.message,
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(param === undefined ? {} : { param }),
    ...(retryable && failure.headers?.['x-should-retry'] !== 'false' ? {} : { retryable: false }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
  return { error, failover: row.failover };
}

/** In whichever way the provider says it; where it does not, when its quota is full again. */
function waitOf({ retryAfterMs: said, headers = {}, message = '' }: ProviderFailure, row: Row): number | undefined {
  const wait = said ?? retryAfterMs(headers);
  if (wait !== undefined || (row !== RATE_LIMIT && row !== OVERLOADED)) return wait;
  return retryAfterInWords(message) ?? retryAfterReset(headers);
}

/** Of what is used up, the longest. */
function retryAfterReset(headers: NonNullable<ProviderFailure['headers']>): number | undefined {
  const { requests, tokens } = saidQuota(headers, Date.parse(headers['date'] ?? '')) ?? {};
  const spent = [requests, tokens].flatMap((one) => (one !== undefined && one.left === 0 ? [one.resetMs] : []));
  return spent.length === 0 ? undefined : retryAfterSeconds(Math.max(...spent) / 1_000);
}

const REFUSALS = { upstream_auth: AUTHENTICATION, upstream_quota: QUOTA } as const;

/** What a provider refuses whatever the call. */
export type RefusalCode = keyof typeof REFUSALS;

export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code);
}

/** Such a refusal, as somebody else has met it. */
export function providerRefusal(code: RefusalCode): GatewayError {
  return new GatewayError({ code, message: REFUSALS[code].message, retryable: false });
}

/** The provider closed a stream before its answer was complete. */
export function upstreamIncomplete(): GatewayError {
  return new GatewayError({
    code: 'upstream_incomplete',
    message: "The provider's stream ended before the answer was complete.",
  });
}

/** An answer with a good status that is not an answer. */
export function unreadableAnswer(): GatewayError {
  return new GatewayError({
    code: 'upstream_invalid_response',
    message: "The provider's answer is not in its documented format.",
    retryable: false,
  });
}

function rowOf(failure: ProviderFailure): Row {
  const code = failure.code?.toLowerCase() ?? '';
  const type = failure.type?.toLowerCase() ?? '';
  const message = failure.message ?? '';
  const row =
    (failure.status >= 400 ? BY_STATUS[failure.status] : (entryOf(BY_NAME, code) ?? entryOf(BY_NAME, type))) ?? byHundreds(failure.status);
  if (QUOTA_CODES.has(code) || QUOTA_CODES.has(type)) return QUOTA;
  if (POLICY_CODES.has(code) && ERRORS[row.code].status < 500) return CONTENT_POLICY;
  if (CONTEXT_CODES.has(code) || CONTEXT_CODES.has(type)) return CONTEXT_LENGTH;
  if ((row === TOO_LARGE || row === RATE_LIMIT) && BEYOND_RATE.test(message)) return TOO_LARGE_HERE;
  if (row === INVALID || row === TOO_LARGE) {
    if (WRONG_MODEL.test(message)) return NOT_FOUND;
    if (CONTEXT_WORDS.test(message)) return CONTEXT_LENGTH;
    if (QUOTA_WORDS.test(message)) return QUOTA;
  }
  // Some servers fail where others refuse, and Bedrock says so of what its model refused.
  if (row === FAILED && CONTEXT_WORDS.test(message)) return CONTEXT_LENGTH;
  if ((row === RATE_LIMIT || row === AUTHENTICATION) && QUOTA_WORDS.test(message)) return QUOTA;
  return row;
}

function byHundreds(status: number): Row {
  return status >= 500 || status < 300 ? FAILED : UNEXPECTED;
}

function isSlug(code: string): boolean {
  return /^[a-z][a-z0-9_]{2,60}$/.test(code);
}
