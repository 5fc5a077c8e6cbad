import type { GatewayDocument } from '../../../lib/private/contract';
import type { PlannedRows } from '../ports/planned-rows';
import type { LevelKind, LevelRow } from './holders';
import { type BoundLevel, bindLevel, GATEWAY_ID } from './levels';

/** Every level that binds a request that was planned from these rows, widest first. */
export function createPlannedLevels(document: Pick<GatewayDocument, 'gateway' | 'defaults'>): (rows: PlannedRows) => readonly BoundLevel[] {
  // Rows are kept as long as they hold, and so is what is made of them.
  const known = new WeakMap<PlannedRows['key'], { readonly rows: PlannedRows; readonly levels: readonly BoundLevel[] }>();
  return (rows) => {
    const kept = known.get(rows.key);
    if (kept !== undefined && isSame(kept.rows, rows)) return kept.levels;
    const levels = bindAll(document, rows);
    known.set(rows.key, { rows, levels });
    return levels;
  };
}

function isSame(left: PlannedRows, right: PlannedRows): boolean {
  return (
    left.gateway === right.gateway &&
    left.team === right.team &&
    left.project === right.project &&
    left.user === right.user &&
    left.tags.length === right.tags.length &&
    left.tags.every((tag, index) => tag === right.tags[index])
  );
}

function bindAll(document: Pick<GatewayDocument, 'gateway' | 'defaults'>, rows: PlannedRows): readonly BoundLevel[] {
  const { key, gateway, team, project, user, tags } = rows;
  const levels = [bindLevel(document, 'gateway', GATEWAY_ID, gateway)];
  const above = (kind: LevelKind, id: string | undefined, row: LevelRow | undefined): void => {
    if (id !== undefined) levels.push(bindLevel(document, kind, id, row));
  };
  above('team', key.teamId, team);
  above('project', key.projectId, project);
  above('user', key.userId, user);
  levels.push(bindLevel(document, 'key', key.id, key));
  for (const row of tags) levels.push(bindLevel(document, 'tag', row.id, row));
  return levels;
}

/** The row of a level, for what it says of its own age. */
export function rowOf(rows: PlannedRows, { kind, id }: BoundLevel): LevelRow | undefined {
  return kind === 'tag' ? rows.tags.find((row) => row.id === id) : rows[kind];
}
