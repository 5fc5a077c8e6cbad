/** What the command tries policies with: the data plane's own code. */
export { rulesThatAsk, type TriedPolicy, tryPolicy } from '../lambda/guardrails';
