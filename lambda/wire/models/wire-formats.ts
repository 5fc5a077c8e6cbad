import type { Capabilities } from '../../../lib/private/contract';

/** A wire format, by its word in the catalogue. */
export type WireFormat = NonNullable<Capabilities['calledBy']>[number];

/**
 * The wire formats in which a model takes a call. Undefined: in all that its host speaks.
 *
 * @param asksEffortWithTools the call asks for an effort beside tools
 */
export function wireFormatsFor(
  { calledBy, effortWithTools }: Capabilities,
  asksEffortWithTools: boolean,
): readonly WireFormat[] | undefined {
  const limit: readonly WireFormat[] | undefined = asksEffortWithTools ? effortWithTools : undefined;
  if (calledBy === undefined || limit === undefined) return calledBy ?? limit;
  return calledBy.filter((format) => limit.includes(format));
}
