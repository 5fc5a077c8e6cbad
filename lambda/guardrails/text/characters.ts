/** What ASCII units are: flags of one table, which all detectors share. */
export const DIGIT = 1;
export const UPPER = 2;
export const LOWER = 4;
export const HEX = 8;
/** `-` and `_`, which stand in base64url and in names. */
export const DASH = 16;
/** `+`, `/` and `=`, which stand in base64. */
export const BASE64_SIGN = 32;
/** White space. */
export const SPACE = 64;
/** Signs that the local part of an e-mail address may have beside letters and digits. */
export const LOCAL_SIGN = 128;

export const LETTER = UPPER | LOWER;
export const WORD = LETTER | DIGIT;

export const FLAGS = flags();

/** Whether a unit has one of the flags. */
export function is(unit: number, wanted: number): boolean {
  return unit < 128 && ((FLAGS[unit] as number) & wanted) !== 0;
}

function flags(): Uint8Array {
  const table = new Uint8Array(128);
  const mark = (characters: string, flag: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = (table[character.charCodeAt(0)] as number) | flag;
  };
  mark('0123456789', DIGIT);
  mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER);
  mark('abcdefghijklmnopqrstuvwxyz', LOWER);
  mark('0123456789abcdefABCDEF', HEX);
  mark('-_', DASH);
  mark('+/=', BASE64_SIGN);
  mark(' \t\n\r\f\v', SPACE);
  mark("!#$%&'*+/=?^_`{|}~.-", LOCAL_SIGN);
  return table;
}
