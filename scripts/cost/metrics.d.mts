export function metricCounts(facts: object, errorTypes: number, good: readonly string[]): object;
