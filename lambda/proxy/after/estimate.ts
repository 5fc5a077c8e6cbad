import {
  callsOf,
  dearOutput,
  estimateTokens,
  familyOf,
  isFree,
  mayReasonUnseen,
  mediaOf,
  mostOutput,
  type Price,
  textUnits,
  windowOf,
  writtenWithin,
} from '../../money/pricing';
import type { Usage } from '../../wire/model';
import type { BoundedCall, RoutedCall } from '../before/call';

/** What there is to charge for. */
export interface Consumed {
  /** As the provider reported it. */
  readonly usage: Usage | undefined;
  /** Tokens of the generated text that came, at most; asked for when there is no report. */
  readonly writtenTokens: () => number;
  /** The answer reached its end, so the report is the last word. */
  readonly complete: boolean;
  /**
   * How long the provider may have been writing when the caller had left, in ms; 0 where it had not. What was written unseen is unknown,
   * and choosing the moment must not make it free.
   */
  readonly writingMs: number;
  /** How long it took until the first text came, in ms: a model that reasons may have done so unseen. */
  readonly silentMs: number;
}

/** Of most texts, about. */
const CHARACTERS_PER_TOKEN = 4;

/** An estimate may be wrong, but not beyond what can be: a token is never shorter than a byte, nor a prompt longer than the window. */
export function estimatedInput(call: RoutedCall, price: Price | undefined, model: string): number {
  const text = textOf(call);
  const written = Math.min(estimateTokens(text, familyOf(model)), Buffer.byteLength(text));
  const media = price === undefined ? { audio: 0, other: 0 } : mediaOf(call.facts, price);
  const window = price === undefined ? undefined : windowOf(call.facts, price);
  return Math.min(written + media.audio + media.other, window ?? Number.POSITIVE_INFINITY);
}

/** The body without its pictures and recordings. */
function textOf({ document, facts }: RoutedCall): string {
  const media = new Set(facts.media.flatMap(({ base64 }) => (base64 === undefined ? [] : [base64])));
  if (media.size === 0) return document.bytes.toString('utf8');
  const lengths = [...media].map((text) => text.length);
  const shortest = Math.min(...lengths);
  return JSON.stringify(document.value, (_name, value: unknown) => {
    if (typeof value !== 'string' || value.length < shortest) return value;
    return media.has(value.slice(value.startsWith('data:') ? value.indexOf(',') + 1 : 0)) ? '' : value;
  });
}

/** Tokens of the answer at most, by what came of it and how long it may have been written, and how they are billed. */
export function estimatedOutput(
  bounded: BoundedCall,
  price: Price | undefined,
  { usage, writtenTokens, writingMs, silentMs }: Consumed,
): Pick<Usage, 'outputTokens' | 'audioOutputTokens' | 'imageOutputTokens'> {
  const { facts } = bounded.call;
  const most = mostOutputOf(bounded, price);
  // Sound and pictures say nothing of how many tokens they are.
  const dear = price === undefined ? undefined : dearOutput(facts, price);
  const unseenMs = Math.max(writingMs, mayReasonUnseen(price) ? silentMs : 0);
  const unseen = writtenWithin(unseenMs, price, facts.choices);
  const written = writingMs > 0 ? Math.max(writtenTokens(), unseen) : writtenTokens() + unseen;
  const outputTokens = Math.max(usage?.outputTokens ?? 0, dear === undefined ? Math.min(written, most) : most);
  return dear === undefined
    ? { outputTokens }
    : { outputTokens, [dear === 'audioOutput' ? 'audioOutputTokens' : 'imageOutputTokens']: outputTokens };
}

/** The most output tokens that the call's provider is held to, over all choices. */
export function mostOutputOf({ call, maxOutputTokens }: BoundedCall, price: Price | undefined): number {
  return mostOutput(price, maxOutputTokens, call.facts.choices);
}

/** What tools that were asked for may have cost, where nothing says how often they were used. */
export function estimatedTools({ facts }: RoutedCall, price: Price | undefined): Usage['toolCalls'] {
  const calls: Record<string, number> = {};
  for (const use of facts.toolUses) if (!isFree(facts, use.unit)) calls[use.unit] = (calls[use.unit] ?? 0) + callsOf(use, price?.place);
  return Object.keys(calls).length === 0 ? undefined : calls;
}

/** What is billed beside tokens: as it was reported, and where nothing counted it, the most that it can be. */
export function billedUnits({ facts }: RoutedCall, reported: Usage['units']): Pick<Usage, 'units'> {
  const units = facts.units === undefined ? reported : { ...facts.units, ...reported };
  return units === undefined ? {} : { units };
}

/** What a guardrail of the provider's bills: as it was reported, else every text looked at by every policy. */
export function guardrailUnitsOf(call: RoutedCall, { guardrailUnits, outputTokens = 0 }: Usage): Pick<Usage, 'guardrailUnits'> {
  return { guardrailUnits: guardrailUnits ?? { any: textUnits(textOf(call).length) + textUnits(outputTokens * CHARACTERS_PER_TOKEN) } };
}

/** A usage without the calls of tools that cost nothing in this call. */
export function billedOf({ facts }: RoutedCall, usage: Usage): Usage {
  const { toolCalls, ...tokens } = usage;
  if (toolCalls === undefined || !Object.keys(toolCalls).some((unit) => isFree(facts, unit))) return usage;
  const billed = Object.entries(toolCalls).filter(([unit]) => !isFree(facts, unit));
  return billed.length === 0 ? tokens : { ...tokens, toolCalls: Object.fromEntries(billed) };
}
