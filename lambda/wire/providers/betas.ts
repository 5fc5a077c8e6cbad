import type { Endpoint } from './provider';

const HEADER = 'anthropic-beta';
/** What Anthropic itself switches on by one name, its other hosts know in parts. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([['advanced-tool-use-2025-11-20', 'tool-search-tool-2025-10-19']]);

/**
 * The caller's headers for a host of Claude that refuses a call for features that it does not have.
 *
 * @param known matches the names of those that it has
 */
export function takingBetas(known: RegExp): NonNullable<Endpoint['takenHeaders']> {
  return ({ [HEADER]: asked, ...headers }) => {
    if (asked === undefined) return { headers, dropped: [] };
    const betas = asked.split(',').map((beta) => ELSEWHERE.get(beta.trim()) ?? beta.trim());
    const taken = [...new Set(betas.filter((beta) => known.test(beta)))];
    return {
      headers: taken.length === 0 ? headers : { ...headers, [HEADER]: taken.join(',') },
      dropped: betas.every((beta) => known.test(beta)) ? [] : [HEADER],
    };
  };
}
