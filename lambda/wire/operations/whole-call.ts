import type { CallFacts } from '../protocols/protocol';

/** The facts of a call that is answered whole and that no model writes the answer to: it has no cap, no choices and no tools. */
export function wholeCall(model: string, facts: Pick<CallFacts, 'media' | 'units'>): CallFacts {
  return {
    model,
    stream: false,
    maxOutputField: 'max_tokens',
    choices: 1,
    wantsStreamUsage: false,
    serverTools: [],
    storedReferences: [],
    toolUses: [],
    ...facts,
  };
}
