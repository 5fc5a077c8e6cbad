export function blocks(measured: unknown): Record<string, string[]>;
