/** What it costs to look through texts, those that are made to take long included. */
import { start } from '../processes.mjs';

export async function measureGuards({ root, row }) {
  const { proseMs, heldUnits, worst, worstByDefault } = await start(root, 'dist/bench/guards.mjs');
  row('guard-prose', '50 KB of prose through every detector', 'ms', { most: 3 }, { gateway: proseMs });
  row('guard-held', 'most that waits of prose in pieces of four units', 'units', { most: 64 }, { gateway: heldUnits });
  row(
    'guard-hostile-default',
    `1 MB that takes the default set longest (${worstByDefault.name})`,
    'ms',
    { most: 50 },
    { gateway: worstByDefault.ms },
  );
  row('guard-hostile', `1 MB that takes every detector longest (${worst.name})`, 'ms', { most: 50 }, { gateway: worst.ms });
}
