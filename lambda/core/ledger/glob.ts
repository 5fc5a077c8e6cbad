const compiled = new Map<string, RegExp>();
const MOST_COMPILED = 5_000;

/** Whether a name matches a glob, in which `*` stands for any run of characters, `/` included. */
export function matchesGlob(glob: string, name: string): boolean {
  if (glob === '*' || glob === name) return true;
  if (!glob.includes('*')) return false;
  let pattern = compiled.get(glob);
  if (pattern === undefined) {
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    const escaped = glob.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    pattern = new RegExp(`^${escaped.join('.*?')}$`, 's');
    compiled.set(glob, pattern);
  }
  return pattern.test(name);
}
