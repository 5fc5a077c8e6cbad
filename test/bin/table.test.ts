import { formatDetails } from '../../bin/commands/admin/table';

test('an entry is a line for each field, its id and name first, objects written out, lists line by line', () => {
  const entry = {
    name: 'app',
    budgets: [
      { limit_usd: '25', period: 'month' },
      { limit_usd: '1', period: 'day', model: 'openai/*', soft: true },
    ],
    id: 'k1',
    team_id: null,
    models: ['smart', 'openai/*'],
    limits: { requests_per_minute: 10, per_model: { 'gpt-*': { tokens_per_day: 5 } } },
    attempts: [
      { provider: 'openai', status: 503 },
      { provider: 'anthropic', status: 200 },
    ],
    note: 'a\u001b[31mb',
  };

  expect(formatDetails(entry).split('\n')).toEqual([
    'id        k1',
    'name      app',
    'budgets   25/month, 1/day openai/* (soft)',
    'models    smart, openai/*',
    'limits    requests_per_minute=10 per_model={"gpt-*":{"tokens_per_day":5}}',
    'attempts  provider=openai status=503',
    '          provider=anthropic status=200',
    'note      a?[31mb',
  ]);
});
