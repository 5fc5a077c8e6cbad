import { type Caller, storeUnavailable, tagsOf } from '../../identity';
import { type BoundLevel, createPlannedLevels, GATEWAY_ID } from '../../money/ledger';
import { budgetNames, budgetStates } from '../../money/pages';
import type { JsonObject, JsonValue } from '../../platform/json';
import { rowsOf } from '../before/plan';
import type { Gateway } from '../gateway';

/** What a caller may know of itself: its key, and every budget and limit that binds it, with the figures that it may know. */
export async function showMe(gateway: Gateway, caller: Caller): Promise<JsonObject> {
  const { key } = caller;
  try {
    const rows = await rowsOf(gateway, { caller, configuration: gateway.configuration });
    const tags = tagsOf(rows);
    const levels = createPlannedLevels(gateway.configuration.document)(rows);
    const now = gateway.clock.now();
    const budgets = await Promise.all(
      levels.map((level) =>
        level.showsFigures ? budgetStates(gateway.budgets, level, scopeOf(level), now) : budgetNames(level, scopeOf(level), now),
      ),
    );
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
        tags,
        expires_at: key.expiresAt ?? null,
      },
      budgets: budgets.flat(),
      limits: levels.flatMap(limitsOf),
    };
  } catch (error) {
    throw storeUnavailable(error);
  }
}

function limitsOf(level: BoundLevel): JsonObject[] {
  const { per_model: perModel = {}, ...own } = level.limits;
  const list = (limits: object, model?: string): JsonObject[] =>
    Object.entries(limits)
      .filter(([, value]) => typeof value === 'number')
      .map(([name, value]) => ({
        scope: scopeOf(level),
        limit: name,
        ...(level.showsFigures ? { value: value as JsonValue } : {}),
        ...(model === undefined ? {} : { model }),
      }));
  return [...list(own), ...Object.entries(perModel).flatMap(([model, limits]) => list(limits, model))];
}

/** `team:t1`; the gateway and the key themselves need no id. */
function scopeOf({ kind, id }: BoundLevel): string {
  return kind === 'key' || id === GATEWAY_ID ? kind : `${kind}:${id}`;
}
