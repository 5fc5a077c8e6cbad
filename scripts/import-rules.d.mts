/** See `import-rules.mjs`. */
export function importBreaches(sources: ReadonlyMap<string, string>): string[];
