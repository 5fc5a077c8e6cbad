import type { ServerResponse } from 'node:http';
import type { Gateway } from '../gateway';
import type { OpenCalls } from './open-calls';

/** Asked by whatever sends calls here; a path of the host's own, which no caller has. */
export const READINESS_PATH = '/ready';

/**
 * Tells whether calls should be sent here: once the gateway could read what every call needs, until it is to stop. An outage later on makes
 * nobody unready, because it would take every process out of service at once, and callers are told of it anyway.
 */
export function createReadiness(gateway: Pick<Gateway, 'authenticator' | 'log'>, calls: OpenCalls): (response: ServerResponse) => void {
  let ready = false;
  const check = async (): Promise<void> => {
    if (ready) return;
    try {
      await gateway.authenticator.check();
      ready = true;
    } catch (error) {
      gateway.log.write('warn', 'not-ready', { code: reasonOf(error) });
    }
  };

  return (response) => {
    void check().then(() => {
      const status = calls.draining ? 'draining' : ready ? 'ready' : 'not_ready';
      const body = Buffer.from(JSON.stringify({ status }));
      response.writeHead(status === 'ready' ? 200 : 503, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    });
  };
}

/** The AWS error's name where there is one: it says what to mend. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.name : error.name;
}
