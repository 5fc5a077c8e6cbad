import { csvText } from '../../../lambda/admin/csv';
import { readPage } from '../../../lambda/admin/cursor';
import { daysOf, readSpan } from '../../../lambda/admin/days';
import { findRoute } from '../../../lambda/admin/router';
import { routes } from '../../../lambda/admin/routes';
import { validate } from '../../../lambda/admin/schema';
import { readQuestion } from '../../../lambda/admin/usage-question';
import { GatewayError } from '../../../lambda/platform/error';
import type { JsonValue } from '../../../lambda/platform/json/value';
import { check, type Reader, refusedOr } from '../reader';

const KEY = {
  name: 'ci',
  role: 'caller',
  budgets: [{ limit_usd: '25.00', period: 'month', alert_at: [0.5, 1], increase: { limit_usd: '1', expires_at: '2027-01-31T00:00:00Z' } }],
  limits: { requests_per_minute: 60, per_model: { 'openai/*': { tokens_per_day: 5 } } },
  models: ['openai/*'],
  tags: { stage: 'live' },
  time_zone: 'Europe/Berlin',
  expires_at: '2027-01-31T00:00:00Z',
};
const SCHEMAS = routes.flatMap(({ body }) => (body === undefined ? [] : [body]));
const PRICE = { id: 'openai/gpt-5', usd_per_million_tokens: { input: '1.25', output: '10' } };

export const adminReaders: readonly Reader[] = [
  {
    name: 'admin-body',
    about: "bodies of the admin API, against every route's schema",
    files: ['lambda/admin/schema.ts'],
    isJson: true,
    samples: () => [JSON.stringify(KEY), JSON.stringify(PRICE), '{"targets":[{"provider":"openai","model":"gpt-5"}]}'],
    read(input, random) {
      let body: JsonValue;
      try {
        body = JSON.parse(input.toString('utf8')) as JsonValue;
      } catch {
        return;
      }
      const schema = random.pick(SCHEMAS);
      refusedOr([GatewayError], () => validate(schema, body));
    },
  },
  {
    name: 'admin-query',
    about: 'paths and queries of the admin API',
    files: ['lambda/admin/router.ts', 'lambda/admin/days.ts', 'lambda/admin/cursor.ts', 'lambda/admin/feed.ts'],
    samples: () => ['/keys/abc/budgets', '/tags/a=b%2Fc', '2026-11-24', '2026-11-24T10:00:00Z', 'WyJrZXkvIiwiYSJd', 'day,tag:note,model'],
    words: ['/', '%2F', '%', '..', '+275760-09-13', '-271821-04-20', '2026-', 'T24:00', ',', 'tag:'],
    read(input) {
      const text = input.toString('utf8');
      refusedOr([GatewayError], () => findRoute(routes, 'GET', text));
      refusedOr([GatewayError], () => readPage(new URLSearchParams({ cursor: text, limit: text.slice(0, 4) || '5' }), 'key/'));
      const now = Date.parse('2026-11-29T00:00:00Z');
      for (const name of ['group_by', 'tag', 'label']) {
        refusedOr([GatewayError], () => readQuestion(new URLSearchParams({ [name]: text }), now));
      }
      for (const query of [{ start: text }, { end: text }, { start: text, end: text }]) {
        const span = refusedOr([GatewayError], () => readSpan(new URLSearchParams(Object.entries(query)), now, '2026-11-01'));
        if (span !== undefined) check(daysOf(span).length <= 401, 'more days than may be asked for');
      }
    },
  },
  {
    name: 'csv',
    about: 'texts that come into a table for spreadsheets',
    files: ['lambda/admin/csv.ts'],
    samples: () => ['=HYPERLINK("x")', 'a,b', '\u200b=1', '"=1', '-5', '\uff1dcmd', 'x\r\n=1', "'@x"],
    words: ['=', '+', '-', '@', '\t', '\r', '\n', '"', "'", ' ', '\u00a0', '\uff1d', '\uff0b', '\uff0d', '\uff20', ';', '\ufeff'],
    read(input) {
      const text = input.toString('utf8');
      const [[written = ''] = [], ...others] = plainCsv(csvText([[text, 5n, { decimal: '-0.5' }]]));
      check(others.length === 0, 'one row became several');
      check(hasMoreApostrophesAlone(written, text), 'another text than was given');
      for (const part of written.split(/[,;|\t\r\n]/))
        check(!/^[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(part), 'a text that a spreadsheet runs');
      check(!/^[\t\r\n]/.test(written), 'a text that begins with a break');
    },
  },
];

function hasMoreApostrophesAlone(written: string, text: string): boolean {
  let at = 0;
  for (const mark of written) {
    if (text.startsWith(mark, at)) at += mark.length;
    else if (mark !== "'") return false;
  }
  return at === text.length;
}

/** RFC 4180, character by character. */
function plainCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at] as string;
    if (quoted) {
      if (mark !== '"') cell += mark;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (mark === '"') quoted = true;
    else if (mark === ',') {
      row.push(cell);
      cell = '';
    } else if (mark === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      at += 1;
    } else cell += mark;
  }
  return rows;
}
