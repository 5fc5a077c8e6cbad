import type { Totals } from '../aws/dynamodb';
import { addTotals, contributionOf, dimensionValue, MEASURES, NO_TOTALS } from '../aws/dynamodb';
import { formatUsd } from '../money/pricing';
import { GatewayError, invalidRequest } from '../platform/error';
import type { JsonObject } from '../platform/json';
import { type CsvCell, csvText } from './csv';
import type { DaySpan } from './days';
import { daysOf, earlier, later, monthsOf, utcDay } from './days';
import { DIMENSIONS } from './schemas/usage';
import type { Services } from './services';

/** Rollup rows, groups or requests that one question may touch: past it, the range has to be narrowed. */
const MOST_ROWS = 20_000;
const DAY_MS = 86_400_000;
/** A request may be settled or adjusted this many days after it arrived, and is listed under that day. */
const LATE_DAYS = 15;

export interface UsageQuestion {
  readonly span: DaySpan;
  readonly groupBy: readonly string[];
  readonly teamId: string | undefined;
}

export interface UsageGroup {
  /** Values in the order of `groupBy`; `null`: the requests had none. */
  readonly values: readonly (string | null)[];
  readonly totals: Totals;
}

/** @throws GatewayError 400 for an unknown dimension */
export function readGroupBy(text: string | null): readonly string[] {
  const names = (text ?? '').split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === '') return [];
  for (const name of names) {
    const known = (DIMENSIONS as readonly string[]).includes(name) || /^tag:[A-Za-z0-9_.:/-]{1,64}$/.test(name);
    if (!known) throw invalidRequest('group_by', `group_by takes ${DIMENSIONS.join(', ')} or tag:NAME, not ${JSON.stringify(name)}.`);
  }
  return [...new Set(names)];
}

/** Answers from the daily rollups where one dimension is asked for, else from the requests themselves. */
export async function reportUsage(services: Services, question: UsageQuestion): Promise<readonly UsageGroup[]> {
  const dimensions = question.groupBy.filter((name) => name !== 'day');
  const groups = new Groups();
  if (dimensions.length > 1) await fromRequests(services, question, groups);
  else await fromRollups(services, question, dimensions[0], groups);
  return groups.sorted();
}

class Groups {
  private readonly found = new Map<string, UsageGroup>();
  private touched = 0;

  public add(values: readonly (string | null)[], totals: Totals): void {
    const name = JSON.stringify(values);
    const before = this.found.get(name)?.totals ?? NO_TOTALS;
    this.found.set(name, { values, totals: addTotals(before, totals) });
  }

  public touch(count = 1): void {
    this.touched += count;
    if (this.touched > MOST_ROWS) {
      throw new GatewayError({
        code: 'range_too_large',
        message: 'This covers too much for one answer. Narrow start and end, or group by a single dimension.',
        param: 'start',
      });
    }
  }

  /** By what was grouped, so that two answers can be compared. */
  public sorted(): readonly UsageGroup[] {
    return [...this.found.values()]
      .filter((group) => group.totals.requests !== 0n || group.totals.cost_nano_usd !== 0n)
      .sort((left, right) => (JSON.stringify(left.values) < JSON.stringify(right.values) ? -1 : 1));
  }
}

async function fromRollups(
  services: Services,
  { span, groupBy, teamId }: UsageQuestion,
  dimension: string | undefined,
  groups: Groups,
): Promise<void> {
  const place = placeOf(dimension, teamId);
  const epochs = new Map<string, Promise<number>>();
  const epochOf = (day: string): Promise<number> => {
    const known = epochs.get(day) ?? services.rollups.epochs(day).then(({ current }) => current);
    epochs.set(day, known);
    return known;
  };
  for (const month of monthsOf(span)) {
    let after: string | undefined = `${span.start}#`;
    do {
      const page = await services.rollups.list(place.scope, place.dimension, month, {
        limit: 500,
        ...(after === undefined ? {} : { after }),
      });
      const items = page.items.filter((item) => item.day >= span.start && item.day <= span.end && place.keeps(item));
      const current = await Promise.all(items.map((item) => epochOf(item.day)));
      groups.touch(page.items.length);
      for (const [index, item] of items.entries()) {
        if (current[index] !== item.epoch) continue;
        groups.add(
          groupBy.map((name) => (name === 'day' ? item.day : item.value)),
          item.totals,
        );
      }
      after = (page.items.at(-1)?.day ?? '') > span.end ? undefined : page.next;
    } while (after !== undefined);
  }
}

interface Place {
  readonly scope: string;
  readonly dimension: string;
  keeps(item: { readonly value: string; readonly teamId?: string }): boolean;
}

/** Where the rows of one dimension are, for the whole gateway or one team. */
function placeOf(dimension: string | undefined, teamId: string | undefined): Place {
  const everything = () => true;
  if (teamId === undefined) return { scope: '', dimension: dimension ?? 'gateway', keeps: everything };
  if (dimension === undefined || dimension === 'team') return { scope: '', dimension: 'team', keeps: (item) => item.value === teamId };
  if (dimension === 'key' || dimension === 'project' || dimension === 'user') {
    return { scope: '', dimension, keeps: (item) => item.teamId === teamId };
  }
  return { scope: teamId, dimension, keeps: everything };
}

async function fromRequests(services: Services, { span, groupBy, teamId }: UsageQuestion, groups: Groups): Promise<void> {
  const today = utcDay(services.clock.now());
  const last = earlier(utcDay(Date.parse(span.end) + LATE_DAYS * DAY_MS), later(today, span.end));
  for (const day of daysOf({ start: span.start, end: last })) {
    let after: string | undefined;
    do {
      const page = await services.records.list(day, { limit: 100, ...(after === undefined ? {} : { after }) });
      for (const record of page.items) {
        groups.touch();
        const contribution = contributionOf(record);
        if (contribution === undefined || contribution.day < span.start || contribution.day > span.end) continue;
        if (teamId !== undefined && record.teamId !== teamId) continue;
        groups.add(
          groupBy.map((name) => (name === 'day' ? contribution.day : dimensionValue(record, name))),
          contribution.totals,
        );
      }
      after = page.next;
    } while (after !== undefined);
  }
}

/** One row of the answer. */
export function usageRow(groupBy: readonly string[], { values, totals }: UsageGroup): JsonObject {
  const row: JsonObject = {};
  const tags: JsonObject = {};
  groupBy.forEach((name, index) => {
    const value = values[index] ?? null;
    if (name.startsWith('tag:')) tags[name.slice(4)] = value;
    else row[fieldOf(name)] = value;
  });
  if (Object.keys(tags).length > 0) row['tags'] = tags;
  for (const [measure, value] of Object.entries(totals)) {
    if (measure === 'cost_nano_usd') row['cost_usd'] = formatUsd(value);
    else row[measure] = Number(value);
  }
  return row;
}

function fieldOf(dimension: string): string {
  return dimension === 'day' || dimension === 'model' || dimension === 'provider' ? dimension : `${dimension}_id`;
}

/** The rows as a table for a spreadsheet; see `csvText`. */
export function usageCsv(groupBy: readonly string[], groups: readonly UsageGroup[]): string {
  const measures = MEASURES.map((measure) => (measure === 'cost_nano_usd' ? 'cost_usd' : measure));
  const head = [...groupBy.map((name) => (name.startsWith('tag:') ? name : fieldOf(name))), ...measures];
  const rows = groups.map(({ values, totals }) => [
    ...values.map((value) => value ?? ''),
    ...MEASURES.map((measure) => measureCell(measure, totals[measure])),
  ]);
  return csvText([head, ...rows]);
}

function measureCell(measure: keyof Totals, value: bigint): CsvCell {
  return measure === 'cost_nano_usd' ? { decimal: formatUsd(value) } : value;
}
