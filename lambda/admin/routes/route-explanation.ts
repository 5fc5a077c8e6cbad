import type { SensitivityLabel } from '../../../lib/private/contract';
import type { JsonObject } from '../../platform/json';
import type { Media } from '../../wire/model';
import { notFound } from '../caller';
import type { AdminRoute } from '../route';
import { explainRoute, type RouteQuestion } from '../route-explanation';
import { ROUTE_EXPLANATION, ROUTE_QUESTION } from '../schemas/route-explanation';

/** Health, speeds, quotas and calls in flight are each process's own knowledge. */
const NOT_KNOWN: Readonly<Partial<Record<string, readonly string[]>>> = {
  lowest_latency: ['health', 'quota', 'speed'],
  least_busy: ['health', 'quota', 'in_flight'],
};

/** Where a call would go, and why, without a call. */
export const routeExplanationRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/routes/explain',
    operation: 'explainRoute',
    summary: 'Say which targets a call would be sent to, in which order and why, without a call.',
    roles: ['admin', 'viewer'],
    body: ROUTE_QUESTION,
    answer: { status: 200, description: 'What would be chosen.', schema: ROUTE_EXPLANATION },
    async run({ services, body }) {
      const question = questionOf(body, services.clock.now());
      const rows = question.keyId === undefined ? undefined : await services.rowsOf(question.keyId);
      if (question.keyId !== undefined && rows === undefined) throw notFound('key', question.keyId);
      const { resolution, targets, skipped } = await explainRoute(services, question, rows);
      return {
        status: 200,
        json: {
          model: question.model,
          alias: resolution.alias ?? null,
          reason: resolution.reason,
          strategy: resolution.strategy,
          affinity: resolution.affinity,
          targets: [...targets],
          skipped: skipped.map(({ target, why }) => ({ target: target.key, why })),
          budget_fallback: resolution.budgetFallback ?? null,
          not_known: [...(NOT_KNOWN[resolution.strategy] ?? ['health', 'quota'])],
        },
      };
    },
  },
];

function questionOf(body: JsonObject, now: number): RouteQuestion {
  const { model, key_id: keyId, metadata, input_tokens: inputTokens, output_tokens: outputTokens, opening, sensitivity, at } = body;
  const media: Media['kind'][] = [
    ...(body['pictures'] === true ? ['image' as const] : []),
    ...(body['documents'] === true ? ['document' as const] : []),
  ];
  return {
    model: model as string,
    ...(keyId === undefined ? {} : { keyId: keyId as string }),
    labels: (metadata ?? {}) as Record<string, string>,
    ...(inputTokens === undefined ? {} : { inputTokens: inputTokens as number }),
    ...(outputTokens === undefined ? {} : { outputTokens: outputTokens as number }),
    tools: body['tools'] === true,
    media,
    schema: body['schema'] === true,
    opening: (opening ?? []) as string[],
    ...(sensitivity === undefined ? {} : { sensitivity: sensitivity as SensitivityLabel }),
    atMs: at === undefined ? now : Date.parse(at as string),
  };
}
