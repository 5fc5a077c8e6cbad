/** A call in the common model, made such that the model it goes to takes it. Pure; each rule answers what fits already as it is. */

export { withFewerMarks } from './cache-marks';
export { claudeThinking, type Thinking } from './claude-thinking';
export {
  beginningWithUser,
  inClaudesForm,
  objectOfArguments,
  withMessages,
  withoutBlankTexts,
  withPairedCalls,
  withSystemInPlace,
} from './conversation';
export { effortOfBudget, nearestEffort } from './effort';
export { fitMedia, refuseAddresses, refuseOtherThanText } from './media';
export { withPairedResults } from './paired-results';
export { withoutReferences } from './references';
export { namedAtRoot, objectAtRoot } from './root-object';
export { fitSampling } from './sampling';
export { fitSettings } from './settings';
export { toldOfSchema, withoutNativeSchema } from './structured-output';
export { holdThinking, thinkingWithin, withThinkingHeld } from './thinking-budget';
export { TOOL_FAILED, withResultsAfterCalls } from './tool-results';
export { withToolsOfHistory, withUniqueTools } from './tools';
