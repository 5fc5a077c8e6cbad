export function resourcesOf(root: string): Record<string, number>;
