import { text } from './admin/options';
import { resourceCommand } from './admin/resource-command';
import { field, formatBudgets } from './admin/table';

export const command = resourceCommand({
  name: 'users',
  singular: 'user',
  columns: [
    field('id'),
    field('name'),
    field('team_id', 'team'),
    field('status'),
    { title: 'budgets', value: (row) => formatBudgets(row['budgets']) },
  ],
  options: { id: { type: 'string' }, status: { type: 'string' }, team: { type: 'string' } },
  help: `  --id TEXT                        choose the id (create)
  --status active|blocked
  --team ID                        the team it belongs to (create), or whose users to list`,
  filters: { team: 'team_id' },
  extend(body, parsed) {
    const fields = { id: text(parsed, 'id'), status: text(parsed, 'status'), team_id: text(parsed, 'team') };
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) body[name] = value;
  },
});
