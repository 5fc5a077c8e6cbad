import type { CallGuard, ManagedGuards } from '../../guardrails';
import { GUARDRAIL_PRICES, type GuardFees, textUnits } from '../../money/pricing';
import type { RoutedCall } from '../before/call';

/** Of a window over a stream, what it sees for the first time at least: it may begin earlier where a mask lies across its cut. */
const LEAST_NEW_CHARACTERS = 500;
/** What a long text is looked at in, and how far the pieces overlap. */
const PIECE_CHARACTERS = 25_000;
const OVERLAP_CHARACTERS = 251;

/** The most that a guardrail of Bedrock bills for looking at so many characters, by every policy that it can have. */
export function mostBedrockFee(characters: number, windows: 'whole' | 'stream'): bigint {
  return (
    BigInt(windows === 'whole' ? wholeUnits(characters) : Math.ceil(characters / LEAST_NEW_CHARACTERS)) * GUARDRAIL_PRICES.guardrail_any
  );
}

function wholeUnits(characters: number): number {
  const pieces = Math.ceil(characters / (PIECE_CHARACTERS - OVERLAP_CHARACTERS));
  return textUnits(characters) + (pieces > 1 ? pieces : 0);
}

/** What the managed guards of a call may bill, in all; undefined where none bills anything. */
export function guardFeesOf(guards: ManagedGuards, guard: CallGuard, { document, dialect, answer }: RoutedCall): GuardFees | undefined {
  const [input, output] = (['input', 'output'] as const).map((way) => guard.managed(way).map((rule) => guards.of(rule)));
  if (input === undefined || output === undefined || input.length + output.length === 0) return undefined;
  const lengths = input.length === 0 || document.form !== undefined ? [] : dialect.texts(document).texts.map(({ text }) => text.length);
  const windows = answer === 'sse' ? 'stream' : 'whole';
  const inputNanoUsd = input.reduce(
    (sum, each) => lengths.reduce((fee, characters) => fee + each.mostCostNanoUsd(characters, 'whole'), sum),
    0n,
  );
  const outputNanoUsd = (characters: number): bigint => output.reduce((sum, each) => sum + each.mostCostNanoUsd(characters, windows), 0n);
  return inputNanoUsd === 0n && outputNanoUsd(1) === 0n ? undefined : { inputNanoUsd, outputNanoUsd };
}
