import { callGateway } from '../../../local/first-key';
import { isObject } from '../../../local/template/json';
import { AdminClient } from '../admin/client';
import { nanoUsd } from '../race/verdict';

/** Three views of the same money, and what is still set aside, in nano-USD. */
export interface Views {
  readonly spent: bigint;
  readonly recorded: bigint;
  readonly billed: bigint;
  readonly reserved: bigint;
  readonly records: number;
}

/** What the functions' log tells: what the simulated provider bills, and why calls failed, by one name whatever dialect their callers speak. */
export class Told {
  public billedNanoUsd = 0n;
  public failures = new Map<string, number>();

  public readonly read = (line: string): void => {
    const json = line.slice(line.indexOf('{'));
    if (json.includes('"event":"simulated-bill"')) {
      const { costNanoUsd } = JSON.parse(json) as { costNanoUsd: string };
      this.billedNanoUsd += BigInt(costNanoUsd);
    } else if (json.includes('"event":"request"')) {
      const { status = 0, outcome = '' } = JSON.parse(json) as { status?: number; outcome?: string };
      if (status >= 400) this.failures.set(outcome, (this.failures.get(outcome) ?? 0) + 1);
    }
  };

  public forget(): void {
    this.billedNanoUsd = 0n;
    this.failures = new Map();
  }
}

export interface Place {
  readonly url: string;
  readonly adminUrl: string;
  readonly adminKey: string;
  readonly key: string;
  readonly keyId: string;
}

/** As `/v1/me`, the records and the provider's bill tell. */
export async function look({ url, adminUrl, adminKey, key, keyId }: Place, told: Told): Promise<Views> {
  const me = await callGateway('GET', `${url}/v1/me`, key);
  if (me.status !== 200 || !isObject(me.body)) throw new Error(`/v1/me answered ${me.status}`);
  const [budget] = me.body.budgets as { spent_usd: string; reserved_usd: string }[];
  let recorded = 0n;
  let records = 0;
  for await (const { cost_usd: cost } of new AdminClient(adminUrl, adminKey).each('/requests', { key_id: keyId })) {
    recorded += nanoUsd(String(cost ?? '0'));
    records += 1;
  }
  const spent = nanoUsd(budget?.spent_usd ?? '0');
  return { spent, recorded, billed: told.billedNanoUsd, reserved: nanoUsd(budget?.reserved_usd ?? '0'), records };
}

/** Nothing is set aside, and all three say the same. */
export function agree({ spent, recorded, billed, reserved }: Views): boolean {
  return reserved === 0n && spent === recorded && recorded === billed;
}
