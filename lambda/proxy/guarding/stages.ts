import type { CallGuard, ManagedGuards } from '../../guardrails';
import type { RoutedCall } from '../before/call';
import type { Stage } from '../relay/stages';

/** Looks for what the guardrail policies of a call find in its answer. */
export const guardStage: Stage = { open: ({ guard }) => guard?.openAnswer() };

/** Shows what is left of it to services, which never see what was masked here. */
export function managedStage(guards: ManagedGuards): Stage {
  return { open: (call) => call.guard?.openManaged(guards, aroundOf(call, call.guard), call.answer === 'sse') };
}

function aroundOf({ exchange, configuration, requestId, dialect, document }: RoutedCall, guard: CallGuard) {
  const { deadlines } = configuration.document;
  const grounding = guard.groundingOf(() => (document.form === undefined ? dialect.texts(document).texts : []));
  return {
    requestId,
    grounding,
    deadlineMs: Math.min(exchange.arrivedMs + deadlines.totalMs, exchange.deadlineMs),
    wanted: exchange.wanted,
  };
}

/** Behind all others: the caller alone gets its own values back. */
export const restoreStage: Stage = { open: ({ guard }) => guard?.openRestored() };
