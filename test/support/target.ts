import { type Capabilities, capabilitiesOf } from '../../lambda/wire/models';
import type { TargetFacts } from '../../lambda/wire/protocols/protocol';
import type { ProviderKind } from '../../lib/private/contract';

/** A place to write a call for, of whose model is known what the catalogue says. */
export function targetFacts(
  requestModel: string,
  {
    kind = 'openai-compatible',
    capabilities,
    ...facts
  }: Partial<TargetFacts> & { readonly kind?: ProviderKind; readonly capabilities?: Capabilities } = {},
): TargetFacts {
  const known = { ...capabilitiesOf(kind, requestModel), ...capabilities };
  return { requestModel, quirks: new Set(), ...facts, capabilities: known };
}
