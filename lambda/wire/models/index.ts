/** What each model can do: the catalogue. Data by hand (`families.json`), data from a public list (`listed.json`), and how they are read. */

export { CAPABILITY_FIELDS, type Capabilities, type CapabilityName, EFFORTS, type Effort, type ToolNameGrammar } from './capabilities';
export { capabilitiesOf, familyOf } from './catalogue';
export { makersName } from './model-id';
export { type WireFormat, wireFormatsFor } from './wire-formats';
