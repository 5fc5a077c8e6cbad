export function withBlocks(page: string, blocks: Readonly<Record<string, readonly string[]>>): string;
