import { text } from './admin/options';
import { resourceCommand } from './admin/resource-command';
import { field, formatBudgets } from './admin/table';

export const command = resourceCommand({
  name: 'tags',
  singular: 'tag',
  columns: [field('id', 'tag'), field('name'), { title: 'budgets', value: (row) => formatBudgets(row['budgets']) }],
  own: ['show-figures', 'no-show-figures'],
  required: { id: '--id NAME=VALUE' },
  options: { id: { type: 'string' } },
  help: '  --id NAME=VALUE                  the tag that is held to it (create)',
  extend(body, parsed) {
    const id = text(parsed, 'id');
    if (id !== undefined) body['id'] = id;
  },
});
