import type { Left } from './left';
import type { DialectWord, Said, SaidCall, SaidTool, SaidTurn } from './said';

/** A kind of call, and what must be true of what leaves for it, wherever it goes. */
export interface Kind {
  readonly said: Said;
  /** Default: all. */
  readonly dialects?: readonly DialectWord[];
  /** What is wrong with what left in another wire format than the caller's, beside what its vendor's rules say of any body. */
  readonly wrong?: (left: Left, target: string, warnings: string) => readonly string[];
  /** What a host that cannot do it may refuse it for, by the field's name or in words. Default: nothing. */
  readonly refusable?: RegExp;
}

export const HI: SaidTurn = { role: 'user', texts: ['Where is the museum?'] };
export const FIND: SaidTool = { name: 'find', schema: { type: 'object', properties: { city: { type: 'string' } } } };

export const call = (id: string, name = 'find', args = '{"city":"Bergen"}'): SaidCall => ({ id, name, args });
export const called = (...calls: readonly SaidCall[]): SaidTurn => ({ role: 'assistant', calls });
export const result = (id: string, text = 'Bergen'): SaidTurn => ({ role: 'tool', results: [{ id, texts: [text] }] });
export const user = (...texts: readonly string[]): SaidTurn => ({ role: 'user', texts });

/** A call and what came of it. */
export const LOOP: readonly SaidTurn[] = [HI, called(call('call_a')), result('call_a')];

const wordsOf = ({ system, turns }: Left): string => JSON.stringify([system, turns]);

/** Texts that are gone. */
export function lost(left: Left, ...texts: readonly string[]): string[] {
  const words = wordsOf(left);
  return texts.filter((text) => !words.includes(JSON.stringify(text).slice(1, -1))).map((text) => `lost: ${text}`);
}

/** OpenAI and its like take blank texts. */
export function blank({ turns, format }: Left): string[] {
  if (format === 'chat' || format === 'responses') return [];
  return turns.flatMap(({ texts }) => texts.filter((text) => text.trim() === '').map(() => 'a blank text'));
}

/** Instructions that were moved before the turns. */
export function moved(left: Left, text: string): string[] {
  return JSON.stringify(left.turns).includes(text) ? [] : [`moved: ${text}`];
}

export function says(left: Left, text: string): string[] {
  return wordsOf(left).includes(text) ? [`it says ${text}`] : [];
}
