import type { TextForm } from '../scanner';

/** In JSON an escaped backslash is passed over, so that what follows it is no escape. */
const MASK = { text: /\[[A-Z][A-Z0-9_]{1,86}\]/g, json: /\\\\|(?:\[|\\u005[bB])[A-Z][A-Z0-9_]{1,86}(?:\]|\\u005[dD])/g };
/** What may be the beginning of a mask. */
const BEGUN = {
  text: /\[[A-Z0-9_]{0,87}$/,
  json: /(?:(?:\[|(?<!\\)(?:\\\\)*\\u005[bB])[A-Z0-9_]{0,87})?(?:(?<!\\)(?:\\\\)*\\(?:u(?:0(?:05?)?)?)?)?$/,
};
/** Longest mask, both brackets written as escapes. */
const MOST_HELD_UNITS = 100;

/** Exchanges masks for the values that they stand for, whatever the pieces are. */
export class MaskRestorer {
  private held = '';

  constructor(
    private readonly values: ReadonlyMap<string, string>,
    private readonly form: TextForm,
  ) {}

  /** The piece with values, without what may be the beginning of a mask. */
  write(piece: string): string {
    const text = this.held + piece;
    if (this.values.size === 0) return text;
    const tail = text.slice(-MOST_HELD_UNITS);
    const begun = BEGUN[this.form].exec(tail)?.index ?? tail.length;
    const end = text.length - tail.length + begun;
    this.held = text.slice(end);
    return this.restored(text.slice(0, end));
  }

  /** The rest. */
  end(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }

  private restored(text: string): string {
    if (!text.includes('[') && !text.includes('\\')) return text;
    return text.replace(MASK[this.form], (mask) => {
      const value = this.values.get(this.form === 'json' ? mask.replace(/^\\u005[bB]/, '[').replace(/\\u005[dD]$/, ']') : mask);
      if (value === undefined) return mask;
      return this.form === 'json' ? JSON.stringify(value).slice(1, -1) : value;
    });
  }
}
