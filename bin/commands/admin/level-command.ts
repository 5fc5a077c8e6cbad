import type { Command } from '../command';
import { text } from './options';
import { resourceCommand } from './resource-command';
import { field, formatBudgets } from './table';

/**
 * The command of teams, of projects or of users.
 *
 * @param name as typed and as in the path: `teams`
 * @param ofTeam whether entries may belong to a team
 * @param needsTeam whether none is without one
 */
export function levelCommand(
  name: string,
  { ofTeam, needsTeam = false }: { readonly ofTeam: boolean; readonly needsTeam?: boolean },
): Command {
  const singular = name.slice(0, -1);
  const fields = { id: 'id', status: 'status', ...(ofTeam ? { team: 'team_id' } : {}) };
  return resourceCommand({
    name,
    singular,
    columns: [
      field('id'),
      field('name'),
      ...(ofTeam ? [field('team_id', 'team')] : []),
      field('status'),
      { title: 'budgets', value: (row) => formatBudgets(row['budgets']) },
    ],
    options: Object.fromEntries(Object.keys(fields).map((option) => [option, { type: 'string' as const }])),
    own: [
      'may-store',
      'no-may-store',
      'sensitivity',
      'residency',
      'guardrail',
      'content-log',
      'pinned',
      ...(ofTeam ? [] : (['allowed-tag'] as const)),
    ],
    required: { name: '--name TEXT', ...(needsTeam ? { team_id: '--team ID' } : {}) },
    help: [
      '  --id TEXT                        choose the id (create)',
      '  --status active|blocked',
      ...(ofTeam ? [`  --team ID                        the team it belongs to (create), or whose ${name} to list`] : []),
    ].join('\n'),
    ...(ofTeam ? { filters: { team: 'team_id' } } : {}),
    extend(body, parsed) {
      for (const [option, attribute] of Object.entries(fields)) {
        const value = text(parsed, option);
        if (value !== undefined) body[attribute] = value;
      }
    },
  });
}
