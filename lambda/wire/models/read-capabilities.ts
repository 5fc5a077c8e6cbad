import type { Capabilities, CapabilitiesConfig } from '../../../lib/private/contract';

/** Capabilities as an administrator wrote them, which was checked then. */
export function readCapabilities(written: CapabilitiesConfig): Capabilities {
  return Object.fromEntries(Object.entries(written).map(([field, value]) => [nameOf(field), value]));
}

function nameOf(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
