import { credentialOf, isBootstrapForm } from '../../identity';
import { GatewayError } from '../../platform/error';
import type { Exchange } from '../../platform/http';

const ADMIN_PATH = /^\/+admin(\/|$)/i;

/**
 * Tells an administrator who came to the data plane that the admin plane is not here. The bootstrap credential is not known here and would
 * be answered as a bad key, which sends people to look for the fault in the key.
 *
 * @throws GatewayError 404 for such a call; what `credentialOf` throws for an admin path without one credential
 */
export function refuseStrayAdminCall({ path, headers }: Exchange): void {
  if (!ADMIN_PATH.test(path) || !isBootstrapForm(credentialOf(headers))) return;
  throw new GatewayError({
    code: 'not_found',
    message:
      'There is no such endpoint here. Where the admin API has a URL of its own, the output AdminUrl of the stack names it; the command takes it as --admin-url.',
  });
}
