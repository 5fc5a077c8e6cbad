/** Keywords of JSON Schema whose values are maps from names to schemas. */
export const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
/** Keywords whose values are data, not schemas. */
export const DATA: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required']);
