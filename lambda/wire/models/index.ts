/** What each model can do: the catalogue. Data by hand (`families.json`), data from a public list (`listed.json`), and how they are read. */

export {
  CAPABILITY_FIELDS,
  type Capabilities,
  type CapabilityName,
  type Effort,
} from '../../../lib/private/contract';
export { capabilitiesOf, familyOf } from './catalogue';
export { makersName } from './model-id';
export { readCapabilities } from './read-capabilities';
export type { ToolNameGrammar } from './tool-name-grammar';
export { type FormatNeeds, type WireFormat, wireFormatsFor } from './wire-formats';
