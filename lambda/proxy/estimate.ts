import type { Usage } from '../core/model/usage';
import { callsOf, estimateTokens, familyOf, isFree, mediaOf, type Price } from '../core/pricing';
import type { RoutedCall } from './call';

/** An estimate may be wrong, but not beyond what can be: a token is never shorter than a byte, nor a prompt longer than the window. */
export function estimatedInput(call: RoutedCall, price: Price | undefined, model: string): number {
  const text = textOf(call);
  const written = Math.min(estimateTokens(text, familyOf(model)), Buffer.byteLength(text));
  const media = price === undefined ? { audio: 0, other: 0 } : mediaOf(call.facts, price);
  return Math.min(written + media.audio + media.other, price?.contextWindow ?? Number.POSITIVE_INFINITY);
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

/** What tools that were asked for may have cost, where nothing says how often they were used. */
export function estimatedTools({ facts }: RoutedCall): Usage['toolCalls'] {
  const calls: Record<string, number> = {};
  for (const use of facts.toolUses) if (!isFree(facts, use.unit)) calls[use.unit] = (calls[use.unit] ?? 0) + callsOf(use);
  return Object.keys(calls).length === 0 ? undefined : calls;
}

/** A usage without the calls of tools that cost nothing in this call. */
export function billedOf({ facts }: RoutedCall, usage: Usage): Usage {
  const { toolCalls, ...tokens } = usage;
  if (toolCalls === undefined || !Object.keys(toolCalls).some((unit) => isFree(facts, unit))) return usage;
  const billed = Object.entries(toolCalls).filter(([unit]) => !isFree(facts, unit));
  return billed.length === 0 ? tokens : { ...tokens, toolCalls: Object.fromEntries(billed) };
}
