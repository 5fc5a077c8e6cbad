import { randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AwsCredentials } from '../../lambda/aws/signing';
import { createSigV4Signer } from '../../lambda/aws/signing';
import { systemClock } from '../../lambda/platform/runtime';
import type { Access } from './authorizer';
import { guardrailCall, playedGuardrail } from './bedrock-guardrail';
import type { Place } from './names';
import { ACCESS_DENIED, type AwsAnswer, AwsError, type AwsRequest, type AwsService } from './service';

export interface BedrockOptions extends Place {
  /** The user's own credentials, or undefined when there are none. Default: what the AWS SDK finds in the environment and `~/.aws`. */
  readonly credentials?: () => Promise<AwsCredentials | undefined>;
  /** Told what to set when a call is allowed but there are no credentials to make it with: the caller's answer may not show it. */
  readonly onNoCredentials?: (advice: string) => void;
  /** Where a Region's calls go. Default: `https://bedrock-runtime.<region>.amazonaws.com`. */
  readonly origin?: (region: string) => string;
}

/** The permission behind each call on a model. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  invoke: 'bedrock:InvokeModel',
  converse: 'bedrock:InvokeModel',
  'invoke-with-response-stream': 'bedrock:InvokeModelWithResponseStream',
  'converse-stream': 'bedrock:InvokeModelWithResponseStream',
  'count-tokens': 'bedrock:CountTokens',
};

/** Wire formats whose bodies name the model, by their paths. */
const FORMATS: Readonly<Record<string, { readonly name: string; readonly inProject: boolean }>> = {
  '/openai/v1/responses': { name: 'Responses', inProject: true },
  '/openai/v1/chat/completions': { name: 'ChatCompletions', inProject: true },
  '/anthropic/v1/messages': { name: 'Messages', inProject: false },
};

/** Prefixes of cross-Region inference profiles. */
const PROFILE = /^(us|eu|apac|jp|au|ca|us-gov|global)\.(.+)$/;

/** Headers that belong to the call that came in, not to the one that goes out. */
const NOT_FORWARDED = new Set([
  'authorization',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
]);

const NO_CREDENTIALS =
  'The role allows this call to Bedrock, but the local run found no AWS credentials of yours to make it with: ' +
  'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary ones), or AWS_PROFILE, and start again.';

/** Bedrock's runtime: calls that the role allows go to the real service, signed again with the user's own credentials. */
export function createBedrock(options: BedrockOptions): AwsService {
  const credentials = options.credentials ?? sdkCredentials();
  const originOf = options.origin ?? ((region: string) => `https://bedrock-runtime.${region}.amazonaws.com`);
  const signer = createSigV4Signer(systemClock);

  const forward = async (request: AwsRequest): Promise<AwsAnswer> => {
    const own = await credentials();
    if (own === undefined) {
      options.onNoCredentials?.(NO_CREDENTIALS);
      throw new AwsError(ACCESS_DENIED, NO_CREDENTIALS, 403);
    }
    const origin = originOf(request.region);
    const path = request.url.pathname + request.url.search;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined && !NOT_FORWARDED.has(name)) headers[name] = String(value);
    }
    const signature = signer.sign({ method: 'POST', origin, path, headers, body: request.body }, own, 'bedrock', request.region);
    const answer = await send(new URL(path, origin), request, { ...headers, ...signature });
    return { status: answer.statusCode ?? 502, headers: answerHeaders(answer), body: answer };
  };

  /** Guardrails are in the user's account, if there is one; else one is played. */
  const lookedAt = async (request: AwsRequest): Promise<AwsAnswer> =>
    (await credentials()) === undefined ? playedGuardrail(request) : forward(request);

  return {
    understand(request) {
      const guardrail = guardrailCall(request, options.account);
      if (guardrail !== undefined) return { action: 'ApplyGuardrail', accesses: guardrail.accesses, run: () => lookedAt(request) };
      const call = request.method === 'POST' ? (callOfPath(request) ?? callOfBody(request, options.account)) : undefined;
      if (call === undefined) {
        throw new AwsError('UnknownOperationException', `the local Bedrock does not know ${request.method} ${request.url.pathname}`, 404);
      }
      const accesses = [...bedrockAccesses(call.permission, call.model, request.region, options.account), ...call.beside];
      if (request.body.includes('"s3Location"')) accesses.push(...mediaAccesses(parsed(request.body), options.account));
      return { action: call.name, accesses, run: () => forward(request) };
    },
    refuse: (error) => ({
      status: error.code === ACCESS_DENIED ? 403 : error.status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code, 'x-amzn-requestid': randomUUID() },
      body: JSON.stringify({ message: error.message }),
    }),
  };
}

/** What is asked of a model. */
interface ModelCall {
  readonly name: string;
  readonly permission: string;
  readonly model: string;
  /** What is needed beside the model. */
  readonly beside: readonly Access[];
}

function callOfPath({ url }: AwsRequest): ModelCall | undefined {
  const [, model, call = ''] = /^\/model\/([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
  const permission = PERMISSIONS[call];
  return model === undefined || permission === undefined
    ? undefined
    : { name: apiName(call), permission, model: decodeURIComponent(model), beside: [] };
}

/**
 * Responses and Chat Completions ask for the account's default project too.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
 */
function callOfBody({ url, body, region }: AwsRequest, account: string): ModelCall | undefined {
  const format = FORMATS[url.pathname];
  if (format === undefined) return undefined;
  const { model, stream } = (parsed(body) ?? {}) as { readonly model?: unknown; readonly stream?: unknown };
  if (typeof model !== 'string' || model === '') throw new AwsError('ValidationException', 'The body names no model.');
  const project = { action: 'bedrock:InvokeModel', resource: `arn:aws:bedrock:${region}:${account}:project/default` };
  return {
    name: format.name,
    permission: stream === true ? 'bedrock:InvokeModelWithResponseStream' : 'bedrock:InvokeModel',
    model,
    beside: format.inProject ? [project] : [],
  };
}

/** `converse-stream` of the path is `ConverseStream` of the API. */
function apiName(call: string): string {
  return call.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
}

/**
 * A call through an inference profile needs the profile and the model behind it; the model is looked for in the Region that is called.
 *
 * @param model a model id, an inference profile's id, or an ARN of either
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
function bedrockAccesses(action: string, model: string, region: string, account: string): Access[] {
  const profileId = /:inference-profile\/(.+)$/.exec(model)?.[1] ?? model;
  const foundationModel = PROFILE.exec(profileId)?.[2];
  if (foundationModel !== undefined) {
    const profile = model.startsWith('arn:') ? model : `arn:aws:bedrock:${region}:${account}:inference-profile/${profileId}`;
    return [
      { action, resource: profile },
      {
        action,
        resource: `arn:aws:bedrock:${region}::foundation-model/${foundationModel}`,
        context: { 'bedrock:InferenceProfileArn': [profile] },
      },
    ];
  }
  return [{ action, resource: model.startsWith('arn:') ? model : `arn:aws:bedrock:${region}::foundation-model/${model}` }];
}

/** Media in buckets are read with the caller's role. @see https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html */
function mediaAccesses(value: unknown, account: string): Access[] {
  if (typeof value !== 'object' || value === null) return [];
  const { s3Location } = value as { s3Location?: { uri?: unknown; bucketOwner?: string } };
  if (typeof s3Location?.uri !== 'string') return Object.values(value).flatMap((inner) => mediaAccesses(inner, account));
  const context = { 'aws:ResourceAccount': [s3Location.bucketOwner ?? account] };
  return [{ action: 's3:GetObject', resource: s3Location.uri.replace('s3://', 'arn:aws:s3:::'), context }];
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError('ValidationException', 'the body is no JSON', 400);
  }
}

function send(url: URL, { body, signal }: AwsRequest, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing = start(url, { method: 'POST', headers: { ...headers, 'content-length': String(body.length) }, signal });
    outgoing.once('error', (error) =>
      reject(new AwsError('ServiceUnavailableException', `Bedrock was not reached: ${error.message}`, 503)),
    );
    outgoing.once('response', resolve);
    outgoing.end(body);
  });
}

function answerHeaders(answer: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && name !== 'connection' && name !== 'transfer-encoding' && name !== 'keep-alive') headers[name] = value;
  }
  return headers;
}

/** The SDK's chain, loaded with the first call: profiles, single sign-on, the environment. */
function sdkCredentials(): () => Promise<AwsCredentials | undefined> {
  let chain: Promise<() => Promise<AwsCredentials>> | undefined;
  return async () => {
    chain ??= import('@aws-sdk/client-bedrock-runtime').then(({ BedrockRuntimeClient }) => {
      return new BedrockRuntimeClient({ region: 'us-east-1' }).config.credentials;
    });
    try {
      return await (await chain)();
    } catch {
      return undefined;
    }
  };
}
