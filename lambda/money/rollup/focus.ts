import { SPEND_COLUMNS } from '../../../lib/private/contract';
import { type ParquetRow, parquetFile } from '../../platform/parquet';
import { merged, nameOfRow, type RowChange } from './contribution';
import { COST, PROVIDER_ADJUSTMENT, type Sums, TEAM_ADJUSTMENT } from './sums';
import type { UsageTuple } from './tuple';

type ColumnName = (typeof SPEND_COLUMNS)[number]['name'];
type Cells = { readonly [Name in ColumnName]: string | bigint | undefined };

const HOUR_MS = 3_600_000;

/**
 * A day's spend as a Parquet file by FOCUS: a row for each hour, key, model and whatever else requests are told apart by, but for their outcome and
 * on whose behalf they were asked. The same bytes for the same rows, in whatever order they come.
 *
 * @param gateway its name
 * @param rows of the rollups
 */
export function spendFile(gateway: string, rows: readonly RowChange[]): Buffer {
  const charged = rows.filter(({ sums }) => (sums['requests'] ?? 0n) !== 0n || (sums[COST] ?? 0n) !== 0n);
  const told = merged(charged.map((row) => ({ ...row, tuple: tupleToTell(row.tuple) })));
  const sorted = [...told].sort((left, right) => (nameOfRow(left) < nameOfRow(right) ? -1 : 1));
  return parquetFile(
    SPEND_COLUMNS,
    sorted.map((row) => rowOf(cellsOf(gateway, row))),
  );
}

/** The fields of what is left stand in the order in which they stood. */
function tupleToTell({ outcome: _outcome, level: _level, end_user: _endUser, ...tuple }: UsageTuple): UsageTuple {
  return tuple;
}

function rowOf(cells: Cells): ParquetRow {
  return SPEND_COLUMNS.map(({ name }) => cells[name]);
}

function cellsOf(gateway: string, { hour, tuple, sums }: RowChange): Cells {
  const startMs = Date.parse(`${hour}:00:00Z`);
  const start = new Date(startMs);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  const { team, project, user, key, alias, provider, model, region } = tuple;
  const [input, output] = [of(sums, 'input_tokens'), of(sums, 'output_tokens')];
  return {
    ...costOf(sums),
    BillingAccountId: gateway,
    BillingAccountName: gateway,
    BillingCurrency: 'USD',
    BillingPeriodEnd: BigInt(Date.UTC(year, month + 1, 1)),
    BillingPeriodStart: BigInt(Date.UTC(year, month, 1)),
    ChargeCategory: 'Usage',
    ChargeClass: undefined,
    ChargeDescription: `${model ?? 'no model'} for ${key ?? 'no key'}`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodEnd: BigInt(startMs + HOUR_MS),
    ChargePeriodStart: BigInt(startMs),
    ConsumedQuantity: input + output,
    ConsumedUnit: 'Tokens',
    InvoiceIssuerName: provider,
    PricingCategory: 'Standard',
    PricingQuantity: input + output,
    PricingUnit: 'Tokens',
    ProviderName: provider,
    PublisherName: provider,
    RegionId: region,
    ResourceId: key,
    ResourceName: undefined,
    ResourceType: 'Virtual key',
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: 'Model inference',
    ServiceSubcategory: 'Generative AI',
    SkuId: model,
    SubAccountId: team,
    SubAccountName: undefined,
    SubAccountType: 'Team',
    Tags: tagsOf(tuple),
    x_ProjectId: project,
    x_UserId: user,
    x_Alias: alias,
    x_Requests: of(sums, 'requests'),
    x_Errors: of(sums, 'errors'),
    x_InputTokens: input,
    x_CacheReadInputTokens: of(sums, 'cache_read_input_tokens'),
    x_CacheCreationInputTokens: of(sums, 'cache_creation_input_tokens'),
    x_OutputTokens: output,
    x_ReasoningOutputTokens: of(sums, 'reasoning_output_tokens'),
    x_CacheCreation1hInputTokens: of(sums, 'cache_creation_1h_input_tokens'),
    x_AudioInputTokens: of(sums, 'audio_input_tokens'),
    x_ImageInputTokens: of(sums, 'image_input_tokens'),
    x_AudioOutputTokens: of(sums, 'audio_output_tokens'),
    x_ImageOutputTokens: of(sums, 'image_output_tokens'),
  };
}

/** What the team is charged, what the provider bills after what was negotiated with it, and what its list says. */
function costOf(sums: Sums) {
  const billed = of(sums, COST);
  const contracted = billed - of(sums, TEAM_ADJUSTMENT);
  return {
    BilledCost: billed,
    ContractedCost: contracted,
    EffectiveCost: billed,
    ListCost: contracted - of(sums, PROVIDER_ADJUSTMENT),
  };
}

function of(sums: Sums, measure: string): bigint {
  return sums[measure] ?? 0n;
}

/** What the key is bound to, and what its callers said beside that. */
function tagsOf({ tags = {}, labels = {} }: UsageTuple): string {
  const pairs = Object.entries({ ...labels, ...tags }).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify(Object.fromEntries(pairs));
}
