/** What is known of a place before a call is written for it: what its model takes, in which wire format, and the caller's words for what it does not. */
export { callersNames, droppedOf, inCallersWords } from './callers-words';
export { capabilitiesAt, capabilityReader, capsByOlderName, isBeyond, mayBeBeyond, quirksForModel } from './capabilities';
export { endpointFor, notOffered } from './endpoint';
export { BY_ROUTE, withParameters } from './parameters';
