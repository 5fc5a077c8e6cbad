import type { Command } from '../command';
import { text, texts } from './options';
import { resourceCommand } from './resource-command';
import { field, formatBudgets } from './table';

/**
 * The command of teams, of projects or of users.
 *
 * @param name as typed and as in the path: `teams`
 * @param ofTeam whether entries belong to a team
 */
export function levelCommand(name: string, { ofTeam }: { readonly ofTeam: boolean }): Command {
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
    options: {
      ...Object.fromEntries(Object.keys(fields).map((option) => [option, { type: 'string' as const }])),
      ...(ofTeam ? {} : { 'allowed-tag': { type: 'string' as const, multiple: true } }),
    },
    help: [
      '  --id TEXT                        choose the id (create)',
      '  --status active|blocked',
      ...(ofTeam ? [] : ['  --allowed-tag NAME=VALUES         tags that its administrators may set; may be repeated']),
      ...(ofTeam ? [`  --team ID                        the team it belongs to (create), or whose ${name} to list`] : []),
    ].join('\n'),
    ...(ofTeam ? { filters: { team: 'team_id' } } : {}),
    extend(body, parsed) {
      for (const [option, attribute] of Object.entries(fields)) {
        const value = text(parsed, option);
        if (value !== undefined) body[attribute] = value;
      }
      const allowed = ofTeam ? undefined : texts(parsed, 'allowed-tag');
      if (allowed !== undefined) body['allowed_tags'] = allowed;
    },
  });
}
