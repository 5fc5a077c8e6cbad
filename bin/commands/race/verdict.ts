import type { Shot } from './load';

/** Nano-USD of a decimal string of US dollars. */
export function nanoUsd(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const amount = BigInt(whole + fraction.padEnd(9, '0').slice(0, 9));
  return decimal.startsWith('-') ? -amount : amount;
}

function formatNano(nano: bigint): string {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(10, '0');
  return `${nano < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9).replace(/0{1,7}$/, '')}`;
}

export interface Verdict {
  readonly requests: number;
  readonly admitted: number;
  readonly refused: number;
  readonly failed: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly budget_usd: string;
  readonly spent_usd: string;
  /** What was spent beyond the budget. */
  readonly overspend_usd: string;
  /** Answered calls of which the gateway has no finished record. */
  readonly lost_records: number;
  /** What the counter took less what the records say. */
  readonly difference_usd: string;
  /** Still set aside after the wait, for attempts whose process died; the sweeper resolves them. */
  readonly reserved_usd: string;
  readonly seconds: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly held: boolean;
}

export interface Evidence {
  readonly shots: readonly Shot[];
  readonly budgetUsd: string;
  readonly spentUsd: string;
  readonly reservedUsd: string;
  /** Costs by request id, of every call that was answered and has a finished record. */
  readonly costs: ReadonlyMap<string, string>;
  /** Costs of the key's finished records that no answer named: calls whose answer was lost on the way. */
  readonly otherCosts: readonly string[];
  readonly seconds: number;
}

/** Whether the budget held and every answered call has its record. Where nothing was admitted, nothing is shown. */
export function judge({ shots, budgetUsd, spentUsd, reservedUsd, costs, otherCosts, seconds }: Evidence): Verdict {
  const answered = shots.filter(({ status }) => status >= 200 && status < 300);
  const refusals: Record<string, number> = {};
  for (const { status, code } of shots) if (status >= 400) refusals[code ?? String(status)] = (refusals[code ?? String(status)] ?? 0) + 1;
  const recorded = [...costs.values(), ...otherCosts].reduce((sum, cost) => sum + nanoUsd(cost), 0n);
  const spent = nanoUsd(spentUsd);
  const overspend = spent > nanoUsd(budgetUsd) ? spent - nanoUsd(budgetUsd) : 0n;
  const lost = answered.filter(({ requestId }) => requestId === undefined || !costs.has(requestId)).length;
  const times = answered.map(({ durationMs }) => durationMs).sort((left, right) => left - right);
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  return {
    requests: shots.length,
    admitted: answered.length,
    refused: shots.filter(({ status }) => status >= 400 && status < 500).length,
    failed: shots.filter(({ status }) => status === 0 || status >= 500).length,
    refusals,
    budget_usd: budgetUsd,
    spent_usd: spentUsd,
    overspend_usd: formatNano(overspend),
    lost_records: lost,
    difference_usd: formatNano(spent - recorded),
    reserved_usd: reservedUsd,
    seconds: Math.round(seconds * 10) / 10,
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    held: answered.length > 0 && overspend === 0n && lost === 0 && spent === recorded,
  };
}
