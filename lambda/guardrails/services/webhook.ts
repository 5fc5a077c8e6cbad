import { createHmac } from 'node:crypto';
import type { Transport } from '../../platform/http';
import type { JsonObject } from '../../platform/json';
import type { Clock } from '../../platform/runtime';
import type { ManagedRule } from '../managed';
import { askByHttp } from './http-question';
import { type GuardService, NoVerdict, type Question, type ServiceVerdict } from './service';

const DEFAULT_TIMEOUT_MS = 2_000;
const MOST_TYPES = 32;
/** What a type may be called: it stands in records and headers. */
const TYPE = /^[A-Za-z][A-Za-z0-9_.:/-]{0,63}$/;

/** What a webhook rule needs. */
export interface WebhookParts {
  readonly transport: Transport;
  readonly clock: Pick<Clock, 'now'>;
  /** What calls are signed with. Undefined: they are not signed. */
  readonly secret: () => Promise<string | undefined>;
  readonly network: 'public' | 'vpc' | 'loopback';
}

/**
 * A service of the operator's own, in the schema of docs/guardrails-webhook.md.
 *
 * @param rule whose `webhook` says where
 */
export function webhookService({ policy, name, rule }: ManagedRule, { transport, clock, secret, network }: WebhookParts): GuardService {
  const { url, timeout_ms: timeoutMs = DEFAULT_TIMEOUT_MS } = rule.webhook as NonNullable<typeof rule.webhook>;
  const { origin, pathname, search } = new URL(url);
  return {
    mostTexts: 256,
    mostCharacters: 100_000,
    timeoutMs,
    async ask(question) {
      const body = Buffer.from(JSON.stringify(bodyOf(policy, name, question)));
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'cdk-llm-gateway',
        'x-gateway-request-id': question.requestId,
        ...signed(body, Math.floor(clock.now() / 1_000), await secret()),
      };
      const request = { method: 'POST' as const, origin, path: pathname + search, headers, body, network };
      return verdictOf(await askByHttp(transport, request, question));
    },
  };
}

function bodyOf(policy: string, rule: string, { texts, direction, requestId, timeoutMs }: Question): JsonObject {
  return { version: 1, request_id: requestId, policy, rule, direction, texts: [...texts], timeout_ms: Math.floor(timeoutMs) };
}

/** The time is signed too, so that a call that was overheard cannot be told again later. */
function signed(body: Buffer, timestamp: number, secret: string | undefined): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
  return { 'x-gateway-timestamp': String(timestamp), 'x-gateway-signature': `v1=${signature}` };
}

/** An answer that is not exactly a verdict is none: nothing passes for a slip. */
function verdictOf({ verdict, texts, types = [], error }: JsonObject): ServiceVerdict {
  if (error !== undefined && error !== null) throw new NoVerdict('refused');
  if (!isTypes(types)) throw new NoVerdict('malformed');
  const found = { types: types.filter((type) => TYPE.test(type)), costNanoUsd: 0n };
  switch (verdict) {
    case 'pass':
      return { blocked: false, ...found };
    case 'block':
      return { blocked: true, ...found };
    case 'mask':
      if (!isTexts(texts)) throw new NoVerdict('malformed');
      return { blocked: false, masked: texts, ...found };
    default:
      throw new NoVerdict('malformed');
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isTypes(value: unknown): value is readonly string[] {
  return isTexts(value) && value.length <= MOST_TYPES;
}
