import { type Caller, storeUnavailable } from '../core/keys/authenticate';
import { type BoundLevel, GATEWAY_ID, levelsOf } from '../core/ledger/levels';
import { plannedCounter } from '../core/ledger/plan';
import type { JsonObject, JsonValue } from '../core/model/json';
import { formatUsd } from '../core/pricing/money';
import type { Gateway } from './gateway';

/** What a caller may know of itself: its key, and every budget and limit that binds it. */
export async function showMe(gateway: Gateway, caller: Caller): Promise<JsonObject> {
  const { key } = caller;
  try {
    const levels = await levelsOf(gateway.levels, gateway.configuration.document, key, key.tags ?? {});
    const budgets = await Promise.all(levels.map((level) => budgetsOf(gateway, level)));
    return {
      key: {
        id: key.id,
        name: key.name ?? null,
        last_four: key.lastFour,
        status: key.status,
        team_id: key.teamId ?? null,
        project_id: key.projectId ?? null,
        user_id: key.userId ?? null,
        models: key.models === undefined ? null : [...key.models],
        endpoints: key.endpoints === undefined ? null : [...key.endpoints],
        tags: { ...key.tags },
        expires_at: key.expiresAt ?? null,
      },
      budgets: budgets.flat(),
      limits: levels.flatMap(limitsOf),
    };
  } catch (error) {
    throw storeUnavailable(error);
  }
}

async function budgetsOf(gateway: Gateway, level: BoundLevel): Promise<JsonObject[]> {
  const now = gateway.clock.now();
  return Promise.all(
    level.budgets.map(async (budget) => {
      const { spec, period } = plannedCounter(level, budget, now);
      const state = await gateway.counters.get(spec.key);
      const remaining = state === undefined ? spec.limitNanoUsd : state.remainingNanoUsd + spec.limitNanoUsd - state.limitNanoUsd;
      const reserved = [...(state?.open.values() ?? [])].reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
      return {
        scope: scopeOf(level),
        limit_usd: formatUsd(spec.limitNanoUsd),
        spent_usd: formatUsd(spec.limitNanoUsd - remaining - reserved),
        reserved_usd: formatUsd(reserved),
        remaining_usd: formatUsd(remaining),
        period: budget.period,
        ...(budget.model === undefined ? {} : { model: budget.model }),
        soft: spec.soft,
        resets_at: Number.isFinite(period.endMs) ? new Date(period.endMs).toISOString() : null,
      };
    }),
  );
}

function limitsOf(level: BoundLevel): JsonObject[] {
  const { per_model: perModel = {}, ...own } = level.limits;
  const list = (limits: object, model?: string): JsonObject[] =>
    Object.entries(limits)
      .filter(([, value]) => typeof value === 'number')
      .map(([name, value]) => ({
        scope: scopeOf(level),
        limit: name,
        value: value as JsonValue,
        ...(model === undefined ? {} : { model }),
      }));
  return [...list(own), ...Object.entries(perModel).flatMap(([model, limits]) => list(limits, model))];
}

/** `team:t1`; the gateway and the key themselves need no id. */
function scopeOf({ kind, id }: BoundLevel): string {
  return kind === 'key' || id === GATEWAY_ID ? kind : `${kind}:${id}`;
}
