import type { ProviderKind } from '../../../lib/private/contract';
import { createMemo } from '../../platform/runtime';
import { namesOf } from './book-line';

const MOST_CACHED = 1_000;
const MOST_OUTPUT = /\smaxOutput=(\d+)/;

type Lists = Readonly<Partial<Record<string, readonly string[]>>>;

/**
 * Finds the least that models of a name's kind can write, for one that nobody knows: what they all can, it can too. A name is shortened
 * by words until there are such models. The provider's own list goes before everybody's.
 */
export function createLeastOutputs({ lists }: { readonly lists: Lists }): (kind: ProviderKind, model: string) => number | undefined {
  const found = createMemo<number | undefined>(MOST_CACHED);

  function search(kind: ProviderKind, model: string): number | undefined {
    for (const words = wordsBeforeVersion(model.toLowerCase()); words.length > 0; words.pop()) {
      // Part of a word is another word.
      const like = new RegExp(`(?:^|[/.])${words.join('-')}(?![a-z])`);
      const least =
        leastOf(lists[kind] ?? [], like) ??
        leastOf(
          Object.values(lists).flatMap((lines) => lines ?? []),
          like,
        );
      if (least !== undefined) return least;
    }
    return undefined;
  }
  return (kind, model) => found(`${kind}\u0000${model}`, () => search(kind, model));
}

/** `claude`, `opus` of `us.anthropic.claude-opus-9-v1:0`. */
function wordsBeforeVersion(model: string): string[] {
  const name = model.slice(model.lastIndexOf('/') + 1);
  const digit = name.search(/\d/);
  const stem = digit < 0 ? name : name.slice(0, digit);
  const words = stem.slice(stem.lastIndexOf('.') + 1).split('-');
  const end = words.findIndex((word) => !/^[a-z]+$/.test(word) || word === 'v');
  return end < 0 ? words : words.slice(0, end);
}

function leastOf(lines: readonly string[], like: RegExp): number | undefined {
  let least: number | undefined;
  for (const line of lines) {
    const most = MOST_OUTPUT.exec(line)?.[1];
    if (most === undefined || (least !== undefined && Number(most) >= least)) continue;
    if (namesOf(line).some((name) => like.test(name))) least = Number(most);
  }
  return least;
}
