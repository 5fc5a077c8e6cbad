export { BASE64_SIGN, DASH, DIGIT, FLAGS, HEX, is, LETTER, LOCAL_SIGN, LOWER, SPACE, UPPER, WORD } from './characters';
export { foldedUnits, foldText } from './fold';
export { NumberGroups, type NumberKind, shapeOf } from './number-groups';
export { UnitSet } from './unit-set';
export { JsonUnits, PlainUnits, type UnitSource } from './units';
export { CONTEXT_UNITS, TextWindow } from './window';
