import type { BillFormat } from '../../../lib/private/contract';
import { csvRows } from './csv-rows';
import { nanoUsdOf } from './decimal';
import { type Bill, type BillLine, dayOfTime } from './lines';

/** Where an export has what is read of it. */
interface Columns {
  readonly start: string;
  readonly cost: string;
  readonly kind: string;
  /** Kinds of rows that are use, or a discount of it: no taxes, fees, credits and refunds, which are nobody's calls. */
  readonly kinds: ReadonlySet<string>;
  /** Texts that may name a model, the most telling one first. */
  readonly names: readonly string[];
}

/**
 * @see https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
 * @see https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-focus-1-2-aws.html
 */
const COLUMNS: Partial<Record<BillFormat, Columns>> = {
  cur: {
    start: 'line_item_usage_start_date',
    cost: 'line_item_unblended_cost',
    kind: 'line_item_line_item_type',
    kinds: new Set(['Usage', 'DiscountedUsage', 'EdpDiscount', 'PrivateRateDiscount', 'BundledDiscount']),
    names: [
      'line_item_usage_type',
      'line_item_line_item_description',
      'product_servicename',
      'product_product_name',
      'product',
      'line_item_resource_id',
      'line_item_product_code',
    ],
  },
  focus: {
    start: 'ChargePeriodStart',
    cost: 'BilledCost',
    kind: 'ChargeCategory',
    kinds: new Set(['Usage']),
    names: ['x_UsageType', 'ChargeDescription', 'ServiceName', 'SkuMeter', 'ResourceId', 'x_ServiceCode', 'SkuPriceDetails'],
  },
};
const BEDROCK = /bedrock/i;

/** Rows of Bedrock, Marketplace's of it included, in an AWS data export as CSV. */
export function readAwsExport(text: string, format: BillFormat): Bill {
  const columns = COLUMNS[format] as Columns;
  const lines: BillLine[] = [];
  let unread = 0;
  let isChecked = false;
  for (const row of csvRows(text)) {
    if (!isChecked) checkColumns(row, columns);
    isChecked = true;
    const names = columns.names.flatMap((column) => row.get(column) || []);
    if (!columns.kinds.has(row.get(columns.kind) ?? '') || !names.some((name) => BEDROCK.test(name))) continue;
    const day = dayOfTime(row.get(columns.start));
    const nanoUsd = nanoUsdOf(row.get(columns.cost) ?? '');
    if (day === undefined || nanoUsd === undefined) unread += 1;
    else if (nanoUsd !== 0n) lines.push({ day, names, nanoUsd });
  }
  return { lines, unread };
}

function checkColumns(row: ReadonlyMap<string, string>, { start, cost, kind }: Columns): void {
  const missing = [start, cost, kind].filter((column) => !row.has(column));
  if (missing.length > 0) throw new Error(`it has no column ${missing.join(', ')}`);
}
