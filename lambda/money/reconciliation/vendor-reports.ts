import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../platform/json';
import { nanoUsdOf } from './decimal';
import { type Bill, type BillLine, dayOfTime } from './lines';

/**
 * Reports of OpenAI and of Anthropic as their APIs answer them: a page, or a list of pages, of days with results. Costs grouped by line item or
 * by description, usage by model.
 *
 * @see https://platform.openai.com/docs/api-reference/usage/costs
 * @see https://platform.claude.com/docs/en/api/admin/cost_report
 */
export function readVendorReport(text: string): Bill {
  const parsed = parseJson(text);
  const pages = Array.isArray(parsed) ? parsed : [parsed];
  const lines: BillLine[] = [];
  let unread = 0;
  for (const page of pages) {
    if (!isJsonObject(page) || !Array.isArray(page['data'])) throw new Error('it has no "data"');
    for (const bucket of page['data']) {
      const day = isJsonObject(bucket) ? dayOf(bucket) : undefined;
      for (const result of isJsonObject(bucket) && Array.isArray(bucket['results']) ? bucket['results'] : []) {
        const line = day === undefined || !isJsonObject(result) ? undefined : lineOf(day, result);
        if (line === undefined) unread += 1;
        else lines.push(line);
      }
    }
  }
  return { lines, unread };
}

/** OpenAI begins its days with Unix seconds, Anthropic with a time. */
function dayOf({ start_time: seconds, starting_at: time }: JsonObject): string | undefined {
  if (typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds >= 0 && seconds < 1e11)
    return new Date(seconds * 1_000).toISOString().slice(0, 10);
  return dayOfTime(time);
}

function lineOf(day: string, result: JsonObject): BillLine | undefined {
  const names = ['model', 'line_item', 'description', 'cost_type'].flatMap((field) => {
    const name = result[field];
    return typeof name === 'string' && name !== '' ? [name] : [];
  });
  const { amount } = result;
  if (amount !== undefined) {
    const nanoUsd = costOf(amount, result['currency']);
    return nanoUsd === undefined ? undefined : { day, names, nanoUsd };
  }
  const inputTokens = inputOf(result);
  const outputTokens = count(result['output_tokens'] ?? 0);
  return inputTokens === undefined || outputTokens === undefined ? undefined : { day, names, inputTokens, outputTokens };
}

/** OpenAI writes dollars as a number, Anthropic cents as a decimal string. */
function costOf(amount: JsonValue, currency: JsonValue | undefined): bigint | undefined {
  if (isJsonObject(amount)) {
    const { value, currency: unit } = amount;
    if (String(unit).toLowerCase() !== 'usd' || (typeof value !== 'number' && typeof value !== 'string')) return undefined;
    return nanoUsdOf(String(value));
  }
  return typeof amount === 'string' && (currency ?? 'USD') === 'USD' ? nanoUsdOf(amount, 2) : undefined;
}

/** All that was read: OpenAI counts what a cache held among its input tokens, Anthropic beside them. */
function inputOf(result: JsonObject): bigint | undefined {
  const { input_tokens: whole, uncached_input_tokens: uncached, cache_read_input_tokens: cached, cache_creation: created } = result;
  if (uncached === undefined) return count(whole ?? 0);
  const writes = isJsonObject(created) ? Object.values(created) : [];
  let all: bigint | undefined = 0n;
  for (const part of [uncached, cached ?? 0, ...writes]) {
    const counted = count(part ?? 0);
    all = all === undefined || counted === undefined ? undefined : all + counted;
  }
  return all;
}

function count(value: JsonValue): bigint | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
}
