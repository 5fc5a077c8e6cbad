const NANO_DIGITS = 9;
const NANO_USD = 1_000_000_000n;
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const BAR_WIDTH = 20;

/** US dollars as the API writes them, in whole nano-dollars. */
export function nanoOf(usd: unknown): bigint {
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(String(usd ?? '')) ?? [];
  if (whole === undefined) return 0n;
  const nano = BigInt(whole + part.padEnd(NANO_DIGITS, '0'));
  return sign === '-' ? -nano : nano;
}

/** To the nano-dollar, as the API writes it. */
export function exactUsd(nanoUsd: bigint): string {
  const [sign, amount] = nanoUsd < 0n ? ['-', -nanoUsd] : ['', nanoUsd];
  const part = String(amount % NANO_USD)
    .padStart(NANO_DIGITS, '0')
    .replace(/0{1,7}$/, '');
  return `${sign}${amount / NANO_USD}.${part}`;
}

/** Nano-dollars as people read them: cents, and more digits of what is less. */
export function dollars(nanoUsd: bigint): string {
  const usd = Number(nanoUsd) / 1e9;
  return usd === 0 || usd >= 0.1 ? usd.toFixed(2) : usd.toPrecision(2);
}

/** A line of blocks, as high as the values are. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 0);
  return values.map((value) => (value <= 0 || most === 0 ? ' ' : BLOCKS[Math.min(7, Math.floor((value / most) * 7.999))])).join('');
}

/** A share of one as a bar. */
export function bar(share: number): string {
  const full = Math.max(0, Math.min(BAR_WIDTH, Math.round(share * BAR_WIDTH)));
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}
