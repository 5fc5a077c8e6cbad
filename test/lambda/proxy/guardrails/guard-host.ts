import type { GuardRuleConfig } from '../../../../lib/private/contract';
import { jsonReply, type SeenRequest, type Step } from '../../../support/upstream';

/** Services that managed rules ask, and models, all played by one scripted server. */

export const HOST_PATHS = { webhook: '/guard/check', bedrock: '/guardrail/', moderation: '/v1/moderations' } as const;

type Answers = {
  readonly webhook?: (body: AskedWebhook, request: SeenRequest) => object | readonly Step[];
  readonly bedrock?: (body: AskedBedrock, request: SeenRequest) => object | readonly Step[];
  readonly moderation?: (body: { readonly model: string; readonly input: readonly string[] }) => object | readonly Step[];
  readonly model: readonly Step[] | ((request: SeenRequest) => readonly Step[]);
};

export interface AskedWebhook {
  readonly texts: readonly string[];
  readonly direction: string;
  readonly [field: string]: unknown;
}

export interface AskedBedrock {
  readonly source: string;
  readonly content: readonly { readonly text: { readonly text: string } }[];
}

/** A script that tells services and models apart by their paths. */
export function hosts({ webhook, bedrock, moderation, model }: Answers) {
  return (request: SeenRequest): readonly Step[] => {
    const answer = <Asked>(by: ((body: Asked, request: SeenRequest) => object | readonly Step[]) | undefined): readonly Step[] => {
      const said = by?.(JSON.parse(request.body.toString()), request) ?? {};
      return Array.isArray(said) ? (said as readonly Step[]) : jsonReply(said);
    };
    if (request.path.startsWith(HOST_PATHS.webhook)) return answer(webhook);
    if (request.path.startsWith(HOST_PATHS.bedrock)) return answer(bedrock);
    if (request.path.startsWith(HOST_PATHS.moderation)) return answer(moderation);
    return typeof model === 'function' ? model(request) : model;
  };
}

export function isModelCall({ path }: SeenRequest): boolean {
  return !Object.values(HOST_PATHS).some((own) => path.startsWith(own));
}

export function webhookRule(origin: string, more: Partial<GuardRuleConfig> = {}, webhook: object = {}): GuardRuleConfig {
  return { name: 'own', webhook: { url: `${origin}${HOST_PATHS.webhook}`, network: 'loopback', ...webhook }, action: 'block', ...more };
}

export const BEDROCK_RULE: GuardRuleConfig = {
  name: 'bedrock',
  bedrock: { guardrail_id: 'gr1', guardrail_version: '2', region: 'eu-central-1' },
  action: 'block',
};

export function moderationRule(more: Partial<GuardRuleConfig> = {}, moderation: object = {}): GuardRuleConfig {
  return {
    name: 'moderation',
    openai_moderation: { provider: 'own', model: 'omni-moderation-latest', ...moderation },
    action: 'block',
    ...more,
  };
}

const UNITS = {
  topicPolicyUnits: 0,
  contentPolicyUnits: 0,
  wordPolicyUnits: 0,
  sensitiveInformationPolicyUnits: 0,
  sensitiveInformationPolicyFreeUnits: 0,
  contextualGroundingPolicyUnits: 0,
};

/** What Bedrock answers: content filters have looked at everything. */
export function bedrockSays({ content }: AskedBedrock, more: { readonly blocks?: RegExp; readonly masks?: RegExp } = {}): object {
  const texts = content.map(({ text }) => text.text);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const usage = { ...UNITS, contentPolicyUnits: Math.ceil(characters / 1_000) };
  if (more.blocks !== undefined && texts.some((text) => more.blocks?.test(text))) {
    return {
      usage,
      action: 'GUARDRAIL_INTERVENED',
      outputs: [{ text: 'Sorry.' }],
      assessments: [{ contentPolicy: { filters: [{ type: 'VIOLENCE', confidence: 'HIGH', action: 'BLOCKED' }] } }],
    };
  }
  const masks = more.masks === undefined ? undefined : new RegExp(more.masks, 'g');
  if (masks !== undefined && texts.some((text) => text.search(masks) >= 0)) {
    return {
      usage,
      action: 'GUARDRAIL_INTERVENED',
      outputs: texts.map((text) => ({ text: text.replace(masks, '{EMAIL}') })),
      assessments: [{ sensitiveInformationPolicy: { piiEntities: [{ type: 'EMAIL', match: 'x', action: 'ANONYMIZED' }] } }],
    };
  }
  return { usage, action: 'NONE', outputs: [], assessments: [{ invocationMetrics: { usage } }] };
}
