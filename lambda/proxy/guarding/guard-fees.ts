import type { CallGuard, ManagedGuards } from '../../guardrails';
import { GUARDRAIL_PRICES, type GuardFees, textUnits } from '../../money/pricing';
import type { RequestText } from '../../wire/texts';
import type { RoutedCall } from '../before/call';

/** Of a window over a stream, what it sees for the first time at least: it may begin earlier where a mask lies across its cut. */
const LEAST_NEW_CHARACTERS = 500;
/** What a long text is looked at in, by itself and held against others, and how far the pieces overlap. */
const PIECE_CHARACTERS = 25_000;
const GROUNDED_PIECE_CHARACTERS = 5_000;
const OVERLAP_CHARACTERS = 251;

/** The most that a guardrail of Bedrock bills for looking at so many characters, by every policy that it can have. */
export function mostBedrockFee(characters: number, windows: 'whole' | 'stream'): bigint {
  return BigInt(mostUnits(characters, windows, PIECE_CHARACTERS)) * GUARDRAIL_PRICES.guardrail_any;
}

/** The same, with each question held against so many other characters. */
export function mostGroundedFee(characters: number, windows: 'whole' | 'stream', against: number): bigint {
  const units = mostUnits(characters, windows, GROUNDED_PIECE_CHARACTERS);
  // A question has at least one unit, and its source and its query are each rounded up.
  const others = BigInt(units * (textUnits(against) + 1));
  return (
    BigInt(units) * (GUARDRAIL_PRICES.guardrail_any + GUARDRAIL_PRICES.guardrail_grounding) + others * GUARDRAIL_PRICES.guardrail_grounding
  );
}

function mostUnits(characters: number, windows: 'whole' | 'stream', pieceCharacters: number): number {
  if (windows === 'stream') return Math.ceil(characters / LEAST_NEW_CHARACTERS);
  const pieces = Math.ceil(characters / (pieceCharacters - OVERLAP_CHARACTERS));
  return textUnits(characters) + (pieces > 1 ? pieces : 0);
}

/** What the managed guards of a call may bill, in all; undefined where none bills anything. */
export function guardFeesOf(guards: ManagedGuards, guard: CallGuard, { document, dialect, answer }: RoutedCall): GuardFees | undefined {
  const [input, output] = (['input', 'output'] as const).map((way) => guard.managed(way).map((rule) => guards.of(rule)));
  if (input === undefined || output === undefined || input.length + output.length === 0) return undefined;
  const texts = (): readonly RequestText[] => (document.form === undefined ? dialect.texts(document).texts : []);
  const lengths = input.length === 0 ? [] : texts().map(({ text }) => text.length);
  const { source = '', query = '' } = guard.groundingOf(texts) ?? {};
  const windows = answer === 'sse' ? 'stream' : 'whole';
  const inputNanoUsd = input.reduce(
    (sum, each) => lengths.reduce((fee, characters) => fee + each.mostCostNanoUsd(characters, 'whole', 0), sum),
    0n,
  );
  const outputNanoUsd = (characters: number): bigint =>
    output.reduce((sum, each) => sum + each.mostCostNanoUsd(characters, windows, source.length + query.length), 0n);
  return inputNanoUsd === 0n && outputNanoUsd(1) === 0n ? undefined : { inputNanoUsd, outputNanoUsd };
}
