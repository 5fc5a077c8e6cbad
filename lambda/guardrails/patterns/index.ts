export { type Automaton, automatonOf } from './automaton';
export { type Matches, PatternMatcher } from './matcher';
