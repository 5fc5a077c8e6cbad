/** Whether a glob fits one of the names: `*` stands for any characters; letters' case does not count. */
export function matches(glob: string | undefined, names: readonly string[]): boolean {
  if (glob === undefined) return true;
  const pattern = new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i');
  return names.some((name) => pattern.test(name));
}
