import { NANO_USD } from '../../money/pricing';
import type { AttemptRecord } from '../../money/record';
import type { Attributes, Span } from '../../platform/otlp';
import type { Clock } from '../../platform/runtime';
import { attemptFault } from '../after/error-type';
import type { Trace } from '../after/trace';
import type { PlaceNames } from './telemetry';

/** One span of the request, and one of each attempt in it, by OpenTelemetry's conventions for generative models. */
export function spansOf(trace: Trace, names: PlaceNames, clock: Clock): readonly Span[] {
  const { context, operation, exchange } = trace;
  if (context?.spanId === undefined || !context.sampled || operation === undefined) return [];
  const { traceId, spanId, parentId } = context;
  // The monotonic clock tells how long ago something was.
  const [now, nowMs] = [clock.now(), clock.monotonic()];
  const at = (ms: number): number => now - (nowMs - ms);
  const request: Span = {
    traceId,
    spanId,
    parentId,
    name: `${operation} ${trace.originalModel ?? ''}`.trim(),
    kind: 'server',
    startedAt: at(exchange.arrivedMs),
    endedAt: at(trace.endedMs || nowMs),
    failed: trace.status >= 500 || (trace.status < 400 && trace.outcome !== 'ok'),
    attributes: requestAttributes(trace),
  };
  const attempts = trace.attemptSpans.flatMap(({ id, startedMs, endedMs }, index): Span[] => {
    const attempt = trace.attempts[index];
    if (attempt === undefined) return [];
    const name = `${operation} ${attempt.model}`;
    const failed = attempt.outcome !== 'ok';
    const times = { startedAt: at(startedMs), endedAt: at(endedMs) };
    return [
      {
        traceId,
        spanId: id,
        parentId: spanId,
        name,
        kind: 'client',
        ...times,
        failed,
        attributes: attemptAttributes(names, trace, attempt),
      },
    ];
  });
  return [request, ...attempts];
}

function requestAttributes(trace: Trace): Attributes {
  const { usage } = trace;
  return {
    'gen_ai.operation.name': trace.operation,
    'gen_ai.request.model': trace.originalModel,
    'gen_ai.response.model': trace.responseModel,
    'gen_ai.response.finish_reasons': trace.finishReason === undefined ? undefined : [trace.finishReason],
    'gen_ai.usage.input_tokens': usage?.inputTokens,
    'gen_ai.usage.output_tokens': usage?.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage?.cacheReadInputTokens,
    'gen_ai.usage.cache_creation.input_tokens': usage?.cacheCreationInputTokens,
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoningOutputTokens,
    'http.response.status_code': trace.status,
    'error.type': trace.outcome === 'ok' ? undefined : trace.outcome,
    'llm_gateway.request.id': trace.requestId,
    'llm_gateway.key.id': trace.keyId,
    'llm_gateway.team.id': trace.teamId,
    'llm_gateway.project.id': trace.projectId,
    'llm_gateway.user.id': trace.userId,
    'llm_gateway.cost': Number(trace.costNanoUsd) / Number(NANO_USD),
    'llm_gateway.guard.verdict': trace.guardVerdict,
  };
}

function attemptAttributes(names: PlaceNames, { operation }: Trace, attempt: AttemptRecord): Attributes {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': names.vendorOf(attempt.provider),
    'gen_ai.request.model': attempt.model,
    'http.response.status_code': attempt.status,
    'cloud.region': attempt.region,
    'error.type': attemptFault(attempt.outcome),
    'llm_gateway.provider': attempt.provider,
  };
}
