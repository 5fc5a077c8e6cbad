/**
 * What a character is read as, so that one which only looks otherwise is found all the same: full width, styled and circled letters,
 * letters with marks, digits of every script, dashes, spaces, and letters of other alphabets that look like Latin ones. Marks and what is
 * invisible, such as zero-width spaces and marks of direction, are read as nothing.
 */

/** Letters that look like ASCII ones and are none by compatibility, in front of what they look like. */
const LOOKALIKES = [
  // Cyrillic
  'аa вb сc еe һh іi јj кk ӏl мm оo рp ѕs тt уy хx ԁd ԛq ԝw гr пn АA ВB СC ЕE НH ІI ЈJ КK МM ОO РP ЅS ТT УY ХX ҮY ԌG ԚQ ԜW',
  // Greek
  'αa γy εe ιi κk νv οo ρp υu χx ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX',
  // Armenian, Cherokee
  'օo սu հh ոn ցg զq ԱU ՕO ՍU ᎪA ᏴB ᏟC ᎬE ᎻH ᎫJ ᏦK ᏞL ᎷM ᏢP ᏚS ᎢT ᏙV ᎳW ᏃZ',
  // Latin letters with strokes, of phonetics, small capitals
  'ıi ɡg ɑa ɩi đd øo łl ħh ŧt ĐD ØO ŁL ĦH ŦT ᴀA ʙB ᴄC ᴅD ᴇE ꜰF ɢG ʜH ɪI ᴊJ ᴋK ʟL ᴍM ɴN ᴏO ᴘP ʀR ꜱS ᴛT ᴜU ᴠV ᴡW ʏY ᴢZ',
  // Punctuation
  '。. ·. ∙. ‧. ։: ∶: ꞉: ∕/ ⁄/ ⧸/ −- ⁃- ˗- ‘\' ’\' “" ”" \u0085\n \u2028\n \u2029\n ⠀\u0020',
];

const ASCII_LOOKED_LIKE = new Map(
  LOOKALIKES.flatMap((list) => list.split(' ').map((pair) => [pair.slice(0, -1), pair.slice(-1)] as const)),
);

const ASCII_ALONE = /^[\0-\x7f]*$/;
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\p{Cf}]$/u;
const MARKS = /\p{Mn}/gu;
const DIGIT = /^\p{Nd}$/u;
const SPACE = /^\p{Zs}$/u;
const DASH = /^\p{Pd}$/u;
/** What is read as something else even where it has no other form. */
const CHANGED = /[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\p{Cf}\p{Nd}\p{Zs}\p{Pd}]/u;
const HANGUL = /^\p{Script=Hangul}$/u;
/** Ligatures of whole phrases stay what they are. */
const MOST_UNITS_OF_ONE = 4;

/**
 * What a character is read as where that is not one unit: nothing, several units, or the two that it is. They are halves of surrogates, as which
 * no character is read.
 */
export const NO_UNIT = 0xd800;
export const SEVERAL_UNITS = 0xd801;
export const ITS_UNITS = 0xd802;

/** What the characters of the first two planes are read as, 0 where one was not met yet; those of others are seldom changed. */
const foldedOnes: (Uint16Array | undefined)[] = [undefined, undefined];
const foldedSeveral = new Map<number, readonly number[]>();
const PLANE = 0x1_0000;

/** Ranges of the first plane in which every character is read as it is, from the first to the last. */
const UNCHANGED: readonly (readonly [number, number])[] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xd800, 0xf8ff],
];

/** The one unit that a character is read as, or what of the above it is read as. */
export function foldedUnit(codePoint: number): number {
  const plane = codePoint >> 16;
  if (plane >= foldedOnes.length) return kindOf(codePoint);
  foldedOnes[plane] ??= plane === 0 ? firstPlane() : new Uint16Array(PLANE);
  const known = foldedOnes[plane];
  const unit = known[codePoint & 0xffff] as number;
  if (unit !== 0) return unit;
  const met = kindOf(codePoint);
  known[codePoint & 0xffff] = met;
  return met;
}

function firstPlane(): Uint16Array {
  const units = new Uint16Array(PLANE);
  for (const [first, last] of UNCHANGED) for (let unit = first; unit <= last; unit++) units[unit] = unit;
  return units;
}

function kindOf(codePoint: number): number {
  if (isPlain(codePoint)) return ITS_UNITS;
  const units = foldedUnits(codePoint);
  if (units.length === 1) return units[0] as number;
  if (units.length === 0) return NO_UNIT;
  return codePoint >= PLANE && String.fromCharCode(...units) === String.fromCodePoint(codePoint) ? ITS_UNITS : SEVERAL_UNITS;
}

/** Ideographs beyond the first planes, and what no letter stands at, are read as they are. */
function isPlain(codePoint: number): boolean {
  return (codePoint >= 0x2_0000 && codePoint < 0x2_f800) || (codePoint > 0x2_fa1f && codePoint < 0xe_0000) || codePoint >= 0xf_0000;
}

/** The units that a character is read as; none where it is invisible. */
export function foldedUnits(codePoint: number): readonly number[] {
  const known = foldedSeveral.get(codePoint);
  if (known !== undefined) return known;
  const character = String.fromCodePoint(codePoint);
  const units = unitsOf(isPlain(codePoint) ? character : foldedText(character));
  if (units.length > 1 && !isPlain(codePoint)) foldedSeveral.set(codePoint, units);
  return units;
}

/** A text as it is read. */
export function foldText(text: string): string {
  if (ASCII_ALONE.test(text)) return text;
  let read = '';
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number;
    read += codePoint < 0x80 ? character : String.fromCharCode(...foldedUnits(codePoint));
  }
  return read;
}

function foldedText(character: string): string {
  const ascii = ASCII_LOOKED_LIKE.get(character);
  if (ascii !== undefined) return ascii;
  if (!CHANGED.test(character) && character.normalize('NFKD') === character) return character;
  if (INVISIBLE.test(character)) return '';
  if (SPACE.test(character)) return ' ';
  if (DASH.test(character)) return '-';
  if (HANGUL.test(character)) return character;
  const plain = character.normalize('NFKD').replace(MARKS, '');
  if (DIGIT.test(plain)) return String(digitOf(plain.codePointAt(0) as number));
  if (plain === character || plain === '' || plain.length > MOST_UNITS_OF_ONE) return character;
  return [...plain].map((part) => (part < '\x80' ? part : foldedText(part))).join('');
}

/** Digits of a script stand together, nought first. */
function digitOf(codePoint: number): number {
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(codePoint - value - 1))) value++;
  return value;
}

function unitsOf(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}
