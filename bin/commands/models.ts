import { readData } from './admin/level-options';
import { text, texts } from './admin/options';
import { overrideCommand } from './admin/override-command';
import { field, plain } from './admin/table';
import { UsageError } from './command';

export const command = overrideCommand({
  name: 'models',
  summary: 'override at run time where an alias leads',
  columns: [
    field('id', 'alias'),
    {
      title: 'targets',
      value: (row) =>
        (row['targets'] as { provider: string; model: string }[]).map((target) => plain(`${target.provider}/${target.model}`)).join(' > '),
    },
    field('version'),
    field('updated_at', 'updated'),
  ],
  options: { target: { type: 'string', multiple: true } },
  help: `  ID                    the alias, or a glob of aliases
  --target PROVIDER/MODEL   may be repeated; tried in this order`,
  bodyOf(parsed) {
    const targets = texts(parsed, 'target')?.map((target) => {
      const at = target.indexOf('/');
      if (at < 1 || at === target.length - 1) throw new UsageError(`--target takes PROVIDER/MODEL, not '${target}'`);
      return { provider: target.slice(0, at), model: target.slice(at + 1) };
    });
    const body = { ...readData(text(parsed, 'data')), ...(targets === undefined ? {} : { targets }) };
    if (!('targets' in body)) throw new UsageError('models set takes at least one --target');
    return body;
  },
});
