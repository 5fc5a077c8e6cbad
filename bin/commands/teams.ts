import { text } from './admin/options';
import { resourceCommand } from './admin/resource-command';
import { field, formatBudgets } from './admin/table';

export const command = resourceCommand({
  name: 'teams',
  singular: 'team',
  columns: [
    field('id'),
    field('name'),

    field('status'),
    { title: 'budgets', value: (row) => formatBudgets(row['budgets']) },
  ],
  options: { id: { type: 'string' }, status: { type: 'string' } },
  help: `  --id TEXT                        choose the id (create)
  --status active|blocked`,

  extend(body, parsed) {
    const fields = { id: text(parsed, 'id'), status: text(parsed, 'status') };
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) body[name] = value;
  },
});
