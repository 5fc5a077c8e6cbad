/** See `check-workflows.mjs`. */
export function workflowBreaches(text: string): string[];
