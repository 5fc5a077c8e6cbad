import type { Caller } from '../../identity';
import type { Exchange } from '../../platform/http';
import type { Trace } from '../after/trace';
import { sendJson } from '../answer/answers';
import { upgradeRefused } from '../answer/refused';
import type { FoundRoute, Route } from '../before/routes';
import type { Gateway } from '../gateway';
import { showMe } from './me';
import { listModels, showModel } from './model-list';

/** Answers what needs no key: health and probes. */
export async function answerOpen(gateway: Gateway, exchange: Exchange, trace: Trace, route: Route): Promise<void> {
  if (route.kind !== 'probe') await gateway.authenticator.check();
  const isGood = route.kind !== 'deep-health' || (await gateway.deepHealth.isGood());
  sendJson(exchange, trace, isGood ? 200 : 503, { status: isGood ? 'ok' : 'unavailable' });
}

/** Answers from what the gateway itself knows. */
export async function answerOwn(
  gateway: Gateway,
  exchange: Exchange,
  trace: Trace,
  { route, model = '' }: FoundRoute,
  caller: Caller,
): Promise<void> {
  const { kind, lists } = route;
  if (kind === 'refuse-upgrade') throw upgradeRefused();
  switch (kind) {
    case 'list-models':
      return sendJson(exchange, trace, 200, await listModels(gateway, caller, lists, exchange.query));
    case 'show-model':
      return sendJson(exchange, trace, 200, await showModel(gateway, caller, lists, model));
    default:
      return sendJson(exchange, trace, 200, await showMe(gateway, caller));
  }
}
