import type { PriceAdjustment } from '../price-adjustment';
import { PERCENT_PATTERN, type PriceAdjustmentConfig } from './contract';
import { checkGlob } from './validation';

const PERCENT = new RegExp(PERCENT_PATTERN);
const TEAM = /^[A-Za-z0-9_-]{1,64}$/;

/** The document's form of what is charged on top of list prices. Throws, naming value and fix, on what makes no sense. */
export function priceAdjustmentConfigs(adjustments: readonly PriceAdjustment[], ids: ReadonlySet<string>): PriceAdjustmentConfig[] {
  const seen = new Set<string>();
  return adjustments.map(({ percent, options: { models = '*', team } }) => {
    checkGlob('"models" of a PriceAdjustment', models);
    const provider = models.split('/')[0] as string;
    if (!provider.includes('*') && !(models.includes('/') && ids.has(provider))) {
      throw new Error(
        `"models" of a PriceAdjustment is "${models}", which names no configured provider; write "<provider id>/<model>" with one of ${[...ids].join(', ')}, or "*"`,
      );
    }
    if (!PERCENT.test(percent)) {
      throw new Error(
        `a PriceAdjustment of "${models}" is of ${percent.replace('-', '')} %; give a decimal with at most 4 places, for example "12.5": a discount of at most 100, a mark-up of at most 1000`,
      );
    }
    if (team !== undefined && !TEAM.test(team)) {
      throw new Error(`"team" of a PriceAdjustment is "${team}"; give the id of a team, as "llm-gateway teams list" shows it`);
    }
    const name = JSON.stringify([models, team]);
    if (seen.has(name)) {
      throw new Error(
        `two PriceAdjustments are of "${models}"${team === undefined ? '' : ` for the team "${team}"`}; leave one of them out`,
      );
    }
    seen.add(name);
    return { id: models, ...(team === undefined ? { percent } : { team_percent: { [team]: percent } }) };
  });
}
