import { matchesGlob } from '../../platform/runtime';

/**
 * Whether a pattern fits a name. `*` alone fits every name. Any other pattern has a slash where the name has one: what stands before the
 * first is held against what stands before the first, the rest against the rest, so that no `*` reaches from a provider into its models.
 */
export function fitsModel(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  const [patternAt, nameAt] = [pattern.indexOf('/'), name.indexOf('/')];
  if (patternAt < 0 || nameAt < 0) return patternAt === nameAt && matchesGlob(pattern, name);
  return (
    matchesGlob(pattern.slice(0, patternAt), name.slice(0, nameAt)) && matchesGlob(pattern.slice(patternAt + 1), name.slice(nameAt + 1))
  );
}

/**
 * The places that a list of patterns lets a call go to. A pattern without a slash is held against the name as the caller wrote it and lets
 * in all that it means; one with a slash is `provider/model` and lets in those places alone, whatever they were asked for by.
 *
 * @param places by `provider/model`
 */
export function allowedPlaces<T extends { readonly name: string }>(
  patterns: readonly string[],
  askedFor: string,
  places: readonly T[],
): readonly T[] {
  if (patterns.some((pattern) => !pattern.includes('/') && fitsModel(pattern, askedFor))) return places;
  return places.filter(({ name }) => patterns.some((pattern) => pattern.includes('/') && fitsModel(pattern, name)));
}

/**
 * Whether a budget's or a limit's pattern counts for a call. It errs on the side of counting: it fits the name as asked or any place's, one
 * without a slash also a place's bare model, in any case of letters, since some providers read names so.
 *
 * @param places `provider/model` of every place that the call may go to
 */
export function bindsModel(pattern: string, askedFor: string, places: readonly string[]): boolean {
  const plain = pattern.toLowerCase();
  return (
    fitsModel(plain, askedFor.toLowerCase()) ||
    places.some((place) => {
      const name = place.toLowerCase();
      return fitsModel(plain, name) || (!plain.includes('/') && matchesGlob(plain, name.slice(name.indexOf('/') + 1)));
    })
  );
}

/** Whether all that `narrow` lets in is let in by `wide` as well, whatever is configured: a `*` is only covered by a `*`. Never says yes wrongly. */
export function coversModels(wide: string, narrow: string): boolean {
  return narrow === '*' ? wide === '*' : fitsModel(wide, narrow);
}
