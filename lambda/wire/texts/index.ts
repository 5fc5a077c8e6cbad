/** The texts of a request, by their places, and how others are written in their stead. */
export { ARGUMENTS, FILE, FILE_BYTES, FUNCTION, PLAIN_ARGUMENTS, REASONING, SCHEMA, TOOL_ADDRESS, WORDLESS } from './common';
export { findTexts, type RequestText, type RequestTexts, type TextForm } from './find';
export { each, SKIP, type TextPlace, type TextRule, type TextRules } from './rule';
