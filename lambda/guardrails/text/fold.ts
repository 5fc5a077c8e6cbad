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
const HANGUL = /^\p{Script=Hangul}$/u;
/** Ligatures of whole phrases stay what they are. */
const MOST_UNITS_OF_ONE = 4;

/** What characters are read as, as UTF-16 units; filled as they are met. There are as many entries as characters at most. */
const folded = new Map<number, readonly number[]>();

/** The units that a character is read as; none where it is invisible. */
export function foldedUnits(codePoint: number): readonly number[] {
  const known = folded.get(codePoint);
  if (known !== undefined) return known;
  const units = unitsOf(foldedText(String.fromCodePoint(codePoint)));
  folded.set(codePoint, units);
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
