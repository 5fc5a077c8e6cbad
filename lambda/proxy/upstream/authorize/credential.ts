import type { Secrets } from '../../../identity';
import { GatewayError } from '../../../platform/error';
import { parseJson } from '../../../platform/json';
import type { Soon } from '../../../platform/runtime';
import type { ConfiguredProvider } from '../../../routing';

/**
 * The credential of a provider; undefined where it is called without one.
 *
 * @param fresh reads it anew: the known one was refused
 */
export function credentialOf(secrets: Secrets, provider: ConfiguredProvider, fresh: boolean): Soon<string | undefined> {
  const { secretArn } = provider;
  if (secretArn === undefined) return undefined;
  const text = fresh ? secrets.refresh(secretArn) : secrets.read(secretArn);
  return typeof text === 'string' ? credentialIn(text, provider) : text.then((read) => credentialIn(read, provider));
}

function credentialIn(text: string, provider: ConfiguredProvider): string {
  const field = provider.config.credential?.field;
  if (field === undefined) return text;
  const fields = parseJson(text);
  const value = fields !== null && typeof fields === 'object' && !Array.isArray(fields) ? fields[field] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new GatewayError({
    code: 'provider_misconfigured',
    message: `The credential of the provider '${provider.id}' is not configured.`,
  });
}
