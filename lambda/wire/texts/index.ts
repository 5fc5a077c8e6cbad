/** The texts of a request, by their places, and how others are written in their stead. */
export {
  ARGUMENTS,
  addressOf,
  CITED,
  FILE,
  FILE_BYTES,
  FUNCTION,
  fileOf,
  NATIVE_FIELDS,
  PLAIN_ARGUMENTS,
  REASONING,
  SCHEMA,
  TOOL_ADDRESS,
  TOOL_CHOICE,
  WORDLESS,
} from './common';
export { findTexts, type RequestText, type RequestTexts, type TextForm } from './find';
export { each, SKIP, type TextPlace, type TextRule, type TextRules } from './rule';
