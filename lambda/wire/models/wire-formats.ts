import type { Capabilities } from '../../../lib/private/contract';

/** A wire format, by its word in the catalogue. */
export type WireFormat = NonNullable<Capabilities['calledBy']>[number];

/** What of a call decides in which wire formats its model takes it. */
export interface FormatNeeds {
  /** An effort beside tools: one that is asked for, or that of the model. Absent: no tools, or no effort by the caller's word. */
  readonly effortWithTools?: 'asked' | 'unsaid';
  /** The answer is to keep to a schema. */
  readonly answersBySchema?: boolean;
}

/** The wire formats in which a model takes a call, the best for callers of another one first. Undefined: in all that its host speaks. */
export function wireFormatsFor(can: Capabilities, call: FormatNeeds): readonly WireFormat[] | undefined {
  const thinksWithTools = call.effortWithTools === 'asked' || (call.effortWithTools === 'unsaid' && can.thinkingUnasked === true);
  const held = within(can.calledBy, call.answersBySchema === true ? can.structuredOutputBy : undefined);
  return within(held, thinksWithTools ? can.effortWithTools : undefined);
}

function within(taken: readonly WireFormat[] | undefined, limit: readonly WireFormat[] | undefined): readonly WireFormat[] | undefined {
  return taken === undefined || limit === undefined ? (taken ?? limit) : limit.filter((format) => taken.includes(format));
}
