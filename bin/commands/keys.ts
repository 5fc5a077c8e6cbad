import { text, texts, wholeNumber } from './admin/options';
import { resourceCommand } from './admin/resource-command';
import { field, formatBudgets, plain } from './admin/table';

const post = (verb: string, summary: string) => ({
  name: verb,
  summary,
  run: (client: import('./admin/client').AdminClient, id: string) =>
    client.json<Record<string, unknown>>('POST', `/keys/${encodeURIComponent(id)}/${verb}`),
});

export const command = resourceCommand({
  name: 'keys',
  singular: 'key',
  columns: [
    field('id'),
    field('name'),
    { title: 'key', value: (row) => `...${plain(row['last_four'])}` },
    field('role'),
    field('team_id', 'team'),
    field('project_id', 'project'),
    field('user_id', 'user'),
    field('status'),
    field('expires_at', 'expires'),
    { title: 'budgets', value: (row) => formatBudgets(row['budgets']) },
  ],
  options: {
    team: { type: 'string' },
    project: { type: 'string' },
    user: { type: 'string' },
    role: { type: 'string' },
    endpoint: { type: 'string', multiple: true },
    'expires-at': { type: 'string' },
    grace: { type: 'string' },
  },
  help: `  --team ID  --project ID  --user ID  what the key is bound to (create), or whose keys to list (--team)
  --role caller|viewer|team_admin|admin
  --endpoint PATH                  /v1/chat/completions, ...; may be repeated; default: all
  --expires-at TIME                2027-01-31T00:00:00Z
  --grace SECONDS                  how long the old secret goes on working (rotate)`,
  own: ['may-store', 'no-may-store', 'sensitivity', 'residency', 'guardrail', 'content-log', 'pinned'],
  filters: { team: 'team_id' },
  actions: [
    {
      name: 'rotate',
      options: ['grace'],
      summary: 'make a new secret; --grace SECONDS keeps the old one that long',
      run(client, id, parsed) {
        const grace = wholeNumber(parsed, 'grace');
        return client.json('POST', `/keys/${encodeURIComponent(id)}/rotate`, {
          body: grace === undefined ? {} : { grace_period_seconds: grace },
        });
      },
    },
    post('block', 'refuse its calls until it is unblocked'),
    post('unblock', 'let it call again'),
    post('revoke', 'refuse its calls for ever'),
  ],
  extend(body, parsed) {
    const fields = {
      team_id: text(parsed, 'team'),
      project_id: text(parsed, 'project'),
      user_id: text(parsed, 'user'),
      role: text(parsed, 'role'),
      endpoints: texts(parsed, 'endpoint'),
      expires_at: text(parsed, 'expires-at'),
    };
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) body[name] = value;
  },
  announce: (entry) =>
    typeof entry['key'] === 'string' ? 'This is the only time the key is shown. Keep it in a secret store.' : undefined,
});
