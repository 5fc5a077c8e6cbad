/** Options that narrow calls by who asked and what became of them, and the admin API's parameter of each. */
export const CALL_FILTERS: Readonly<Record<string, string>> = {
  team: 'team_id',
  project: 'project_id',
  user: 'user_id',
  'for-key': 'key_id',
  provider: 'provider',
  model: 'model',
  outcome: 'outcome',
};
