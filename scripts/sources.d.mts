/** See `sources.mjs`. */
export function readSources(root: string, folders: readonly string[], kind?: RegExp): Map<string, string>;
