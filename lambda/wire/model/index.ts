/** The common request, response, stream event and usage, in which wire formats meet. */

export { answerOf, eventsOf, isWritten } from './answer-events';
export { withoutProfile } from './bedrock-profile';
export type { Media } from './media';
export { allowedPlaces, bindsModel, coversModels, fitsModel } from './model-pattern';
export { type BillingUnit, PRICE_UNITS, type PriceUnit, type UnitCounts } from './price-unit';
export type { AnyRequest, ModelRequest, Operation } from './request';
export type { AnyAnswer, FinishReason, ModelResponse, StreamEvent } from './response';
export { holdsCredential } from './scrub';
export { sameUnit, type ToolUse, toolModelsOf } from './tool-use';
export { type TokenClasses, tokenClasses, type Usage } from './usage';
export { mostTokens, WrittenText } from './written-text';
