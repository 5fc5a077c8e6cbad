/** See `size-rules.mjs`. */
export function sizeBreaches(sources: ReadonlyMap<string, string>): string[];
