import { type JsonPlace, readJson, writtenInJson } from '../json-text';
import type { CheckedPiece, TextForm } from '../scanner';
import { withReplaced } from '../services/spans';
import { MaskRestorer } from './restorer';

/** As masks stand in texts; longer ones are never made. */
const MASK = /\[([A-Z][A-Z0-9_]{0,79})_([1-9][0-9]{0,5})\]/g;
const LONGEST_LABEL = 64;

/** How findings are masked. */
export interface Masking {
  readonly form: TextForm;
  /** Where a part of JSON begins. */
  readonly place?: JsonPlace;
  /** Ids of rules whose masks are exchanged for the values again on the way back. */
  readonly reversible: ReadonlySet<string>;
}

/**
 * The masks of one call: `[EMAIL_1]`. The same value has the same mask in all of its texts, and values are numbered in the order in which
 * they come, so that a conversation that is sent again, and is longer by then, has the same ones.
 */
export class Masks {
  private readonly masks = new Map<string, string>();
  private readonly numbers = new Map<string, number>();
  private readonly reserved = new Set<string>();
  private readonly values = new Map<string, string>();

  /** What looks like a mask in a text before anything is masked stands for something else, and is not made again. */
  reserve(text: string): void {
    if (!text.includes('[')) return;
    for (const [mask] of text.matchAll(MASK)) this.reserved.add(mask);
  }

  /** A text with masks in place of what was found. */
  apply({ text, findings }: CheckedPiece, { form, place, reversible }: Masking): string {
    const replaced = findings.map(({ rule, type, start, end }) => {
      const value = text.slice(start, end);
      return { start, end, by: this.maskOf(type, form === 'json' ? unescaped(value) : value, reversible.has(rule)) };
    });
    return withReplaced(text, form === 'json' ? writtenInJson(readJson(text, place), replaced) : replaced);
  }

  /** Whether any mask is to be exchanged on the way back. */
  get areReversible(): boolean {
    return this.values.size > 0;
  }

  /** Exchanges masks for their values in a text that comes in pieces; in a JSON text so that it stays one. */
  restorer(form: TextForm): MaskRestorer {
    return new MaskRestorer(this.values, form);
  }

  private maskOf(type: string, value: string, isReversible: boolean): string {
    const label = type
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '_')
      .slice(0, LONGEST_LABEL);
    const known = this.masks.get(`${label} ${value}`);
    const mask = known ?? this.next(label);
    if (known === undefined) this.masks.set(`${label} ${value}`, mask);
    if (isReversible) this.values.set(mask, value);
    return mask;
  }

  private next(label: string): string {
    let number = this.numbers.get(label) ?? 0;
    do number++;
    while (this.reserved.has(`[${label}_${number}]`));
    this.numbers.set(label, number);
    return `[${label}_${number}]`;
  }
}

/** What a part of a JSON string stands for. */
function unescaped(part: string): string {
  if (!part.includes('\\')) return part;
  try {
    return JSON.parse(`"${part}"`) as string;
  } catch {
    return part;
  }
}
