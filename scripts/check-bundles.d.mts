/** See `check-bundles.mjs`. */
export function bundleBreaches(dist: string, approved?: Readonly<Record<string, Readonly<Record<string, string>>>>): string[];
