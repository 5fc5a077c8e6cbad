interface Node {
  text?: string;
  readonly next: Map<string, Node>;
}

const MOST_NODES = 2_000;

/**
 * Joins texts that come in the same few combinations. Each combination is put together once: a text that is made anew for every call is
 * hashed and copied anew by whoever keeps something by it or sends it.
 *
 * @param opening stands in front of the first part; without any part the text is empty
 */
export function createJoiner(separator: string, opening = ''): (parts: readonly string[]) => string {
  let nodes = 0;
  let root: Node = { next: new Map() };
  return (parts) => {
    if (nodes >= MOST_NODES) {
      root = { next: new Map() };
      nodes = 0;
    }
    let node = root;
    for (const part of parts) {
      let next = node.next.get(part);
      if (next === undefined) {
        next = { next: new Map() };
        node.next.set(part, next);
        nodes += 1;
      }
      node = next;
    }
    node.text ??= parts.length === 0 ? '' : `${opening}${parts.join(separator)}`;
    return node.text;
  };
}
