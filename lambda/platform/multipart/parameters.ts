const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`[ \\t]*;[ \\t]*(${TOKEN})=(?:"([^"\\r\\n]*)"|(${TOKEN}))`, 'y');

/**
 * The parameters of a header: `; name="value"; filename=x`. Their names in lower case.
 *
 * @returns undefined where they cannot be read in one way only: one stands twice, or a quoted one ends in a backslash, which some parsers
 * take to mean that it goes on
 */
export function parametersOf(header: string, from: number): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (let at = from; at < header.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(header);
    if (match === null) return undefined;
    const [, name = '', quoted, token = ''] = match;
    if (parameters.has(name.toLowerCase()) || quoted?.endsWith('\\') === true) return undefined;
    parameters.set(name.toLowerCase(), quoted ?? token);
  }
  return parameters;
}
