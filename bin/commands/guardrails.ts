import { readData } from './admin/level-options';
import { text } from './admin/options';
import { overrideCommand } from './admin/override-command';
import { field, plain } from './admin/table';
import { UsageError } from './command';

export const command = overrideCommand({
  name: 'guardrails',
  summary: 'list guardrail policies; make or change one at run time',
  columns: [
    field('id', 'policy'),
    field('name'),
    {
      title: 'rules',
      value: (row) =>
        (row['rules'] as { name: string; action: string }[]).map((rule) => `${plain(rule.name)}:${plain(rule.action)}`).join(' '),
    },
    { title: 'media', value: (row) => plain(row['media'] ?? 'allow') },
    { title: 'enabled', value: (row) => (row['enabled'] === false ? 'no' : 'yes') },
    { title: 'version', value: (row) => plain(row['version'] ?? 'deployed') },
  ],
  options: {},
  help: `\`list\` shows all policies, deployed and made at run time; \`get\` and \`delete\` are about those of run time. \`set\` takes a whole policy with
--data; \`npx cdk-llm-gateway guard test\` tries it on a text before.

  ID                    of the policy: levels, keys and routes name it in "guardrails"`,
  none: 'no guardrail policies',
  bodyOf(parsed, id) {
    const { id: written = id, ...body } = readData(text(parsed, 'data'));
    if (written !== id) throw new UsageError(`guardrails set ${id} is given the policy '${plain(written)}'`);
    if (Object.keys(body).length > 0) return body;
    throw new UsageError(`guardrails set ${id} takes the policy with --data, such as --data @policy.json`);
  },
});
