/** What a host writes around a model's own name: its profile, its maker, versions and days. */
const AROUND = [
  /^(?:us-gov|global|apac|us|eu|jp|au|ca|in)\./,
  /^[a-z0-9]+\.(?=[a-z])/,
  /(?:-v\d+)?:\d+(?::.*)?$/,
  /-v\d+$/,
  /-20\d{6}$/,
  /-20\d\d-\d\d-\d\d$/,
];
/** Shorter names would be found in anything. */
const LEAST_LETTERS = 3;

/** Finds which of some models a line of a bill is about. */
export interface ModelMatch {
  /** Undefined: none of them. */
  of(names: readonly string[]): string | undefined;
}

/**
 * A line is about the model that its texts name the longest, however they write it: `claude-sonnet-4-5` is found in `Claude Sonnet 4.5 (Amazon
 * Bedrock Edition)` and in `USE1-ClaudeSonnet4.5-input-tokens`. Of two that are called the same, such as two profiles, the first counts.
 *
 * @param models as they were asked of the provider
 */
export function matchModels(models: readonly string[]): ModelMatch {
  const keys = models.map((model) => ({ model, exact: squeezed(model), own: squeezed(ownName(model)) }));
  const byLength = [...keys].sort((left, right) => right.own.length - left.own.length);
  const known = new Map<string, string | undefined>();
  const find = (names: readonly string[]): string | undefined => {
    const texts = names.map(squeezed);
    const exact = keys.find((key) => texts.includes(key.exact));
    return (exact ?? byLength.find(({ own }) => own.length >= LEAST_LETTERS && texts.some((text) => text.includes(own))))?.model;
  };
  return {
    of(names) {
      const key = names.join('\n');
      if (!known.has(key)) known.set(key, find(names));
      return known.get(key);
    },
  };
}

function ownName(model: string): string {
  return AROUND.reduce((name, pattern) => name.replace(pattern, ''), model.toLowerCase());
}

/** Its letters and digits. */
function squeezed(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}
