import { readData } from './admin/level-options';
import type { Parsed } from './admin/options';
import { flag, text, texts, wholeNumber } from './admin/options';
import { overrideCommand, unlessMissing } from './admin/override-command';
import { PRICE_BOOK_VERBS } from './admin/price-book-verbs';
import type { Column } from './admin/table';
import { field, plain } from './admin/table';
import { readTokenPrices, TOKEN_PRICE_HELP, TOKEN_PRICE_OPTIONS } from './admin/token-price-options';
import { UsageError } from './command';

/** As they are given: `image=0.04 call=0.002`. */
const units: Column = {
  title: 'units',
  value: (row) =>
    Object.entries((row['usd_per_unit'] as Record<string, unknown> | undefined) ?? {})
      .map(([name, usd]) => `${plain(name)}=${plain(usd)}`)
      .join(' '),
};

/** As they are charged: `-12.5 % team_1=+10 %`. */
const percent: Column = {
  title: 'percent',
  value: (row) => {
    const teams = Object.entries((row['team_percent'] as Record<string, unknown> | undefined) ?? {}).sort();
    return [plain(row['percent']), ...teams.map(([team, own]) => `${plain(team)}=${plain(own)}`)].filter((text) => text !== '').join(' ');
  },
};

const price = (name: string): Column => ({
  title: name,
  align: 'right',
  value: (row) => (row['free'] === true ? 'free' : plain((row['usd_per_million_tokens'] as Record<string, unknown> | undefined)?.[name])),
});

export const command = overrideCommand({
  name: 'prices',
  summary: "override a model's price at run time, or bring a newer price book in",
  columns: [
    field('id', 'model'),
    price('input'),
    price('output'),
    price('cache_read'),
    units,
    percent,
    field('version'),
    field('updated_at', 'updated'),
  ],
  options: {
    ...TOKEN_PRICE_OPTIONS,
    unit: { type: 'string', multiple: true },
    tool: { type: 'string', multiple: true },
    free: { type: 'boolean' },
    discount: { type: 'string' },
    'mark-up': { type: 'string' },
    'team-discount': { type: 'string', multiple: true },
    'team-mark-up': { type: 'string', multiple: true },
    'context-window': { type: 'string' },
    'max-output': { type: 'string' },
  },
  help: `\`get\` shows what a model costs here, deployed and overridden together.

  ID                    provider/model, or a glob of such names; an alias (get): its first target
${TOKEN_PRICE_HELP}
  --unit NAME=USD       per image, second, character, page or call, beside tokens or in their place; may be repeated
  --tool NAME=USD       per call of a server-side tool; may be repeated
  --free                the model costs nothing
  --discount PERCENT  --mark-up PERCENT    what is charged less, or more, than the list price
  --team-discount TEAM=PERCENT  --team-mark-up TEAM=PERCENT
                        the same for calls of a team, on top of that; may be repeated
  --context-window N  --max-output N   tokens`,
  verbs: PRICE_BOOK_VERBS,
  inForceOf: (client, id) => unlessMissing(client.json('GET', `/prices-in-force/${encodeURIComponent(id)}`)),
  bodyOf(parsed) {
    const prices = readTokenPrices(parsed);
    const units = pairs(parsed, 'unit');
    const tools = pairs(parsed, 'tool');
    const percent = signed(text(parsed, 'discount'), text(parsed, 'mark-up'));
    const teams = { ...percents(parsed, 'team-discount', '-'), ...percents(parsed, 'team-mark-up', '') };
    const context = wholeNumber(parsed, 'context-window');
    const output = wholeNumber(parsed, 'max-output');
    const body = {
      ...readData(text(parsed, 'data')),
      ...(flag(parsed, 'free') ? { free: true } : {}),
      ...(prices === undefined ? {} : { usd_per_million_tokens: prices }),
      ...(units === undefined ? {} : { usd_per_unit: units }),
      ...(tools === undefined ? {} : { usd_per_tool_call: tools }),
      ...(percent === undefined ? {} : { percent }),
      ...(Object.keys(teams).length === 0 ? {} : { team_percent: teams }),
      ...(context === undefined ? {} : { context_window: context }),
      ...(output === undefined ? {} : { max_output_tokens: output }),
    };
    if (Object.keys(body).length === 0)
      throw new UsageError(
        'prices set takes a price: --input and --output, --unit, --free, or what is charged on top: --discount, --mark-up',
      );
    return body;
  },
});

/** A discount is below zero. */
function signed(discount: string | undefined, markUp: string | undefined): string | undefined {
  if (discount !== undefined && markUp !== undefined) throw new UsageError('--discount and --mark-up exclude each other');
  return discount === undefined ? markUp : `-${discount}`;
}

function percents(parsed: Parsed, option: string, sign: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs(parsed, option, 'TEAM=PERCENT') ?? {}).map(([team, percent]) => [team, `${sign}${percent}`]),
  );
}

/** Amounts by name, of an option that is given as `form` says. */
function pairs(parsed: Parsed, option: string, form = 'NAME=USD'): Record<string, string> | undefined {
  const given = texts(parsed, option)?.map((pair) => {
    const [name, usd] = pair.split('=');
    if (!name || !usd) throw new UsageError(`--${option} takes ${form}, not '${pair}'`);
    return [name, usd] as const;
  });
  return given === undefined ? undefined : Object.fromEntries(given);
}
