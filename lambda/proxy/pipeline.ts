import type { KeyRecord } from '../identity';
import type { Exchange } from '../platform/http';
import { attemptId, safeStack } from '../platform/runtime';
import { noteSubjects } from './after/end-user';
import { placeNames } from './after/metric-dimensions';
import { record } from './after/record';
import { openTaps } from './after/tap';
import { openTrace, type Trace } from './after/trace';
import { deliver } from './answer/deliver';
import { noRoute, refuse } from './answer/refused';
import { admit, RefusedError } from './before/admit';
import { parse } from './before/parse';
import type { RouteMatch } from './before/routes';
import { contentWish } from './content/policy';
import type { Gateway } from './gateway';
import { answerOpen, answerOwn } from './own/own-routes';
import { refuseStrayAdminCall } from './own/stray-admin-call';
import { shadowed } from './shadow/shadowed';
import { traceContext } from './telemetry/trace-context';

/** Serves one exchange, settlement and record included. Never rejects. */
export async function serve(gateway: Gateway, received: Exchange): Promise<void> {
  const match = gateway.offer.matchRoute(received.method, received.path);
  const trace = openTrace(attemptId(gateway.clock.now()), received);
  const tapped = openTaps(gateway.taps, received, trace, gateway.log);
  const exchange = tapped?.exchange ?? received;
  if (match.found === 'route') trace.route = match.route.path;
  const { traceparent } = exchange.headers;
  if (traceparent !== undefined || gateway.telemetry !== undefined) {
    trace.context = traceContext(traceparent, gateway.telemetry?.makesSpans === true);
    trace.traceId = trace.context?.traceId;
  }
  trace.dialect = match.found === 'route' ? match.route.dialect : match.dialect;
  try {
    await run(gateway, exchange, trace, match);
  } catch (error) {
    const isCall = match.found === 'route' && match.route.kind === 'model-call';
    await refuse(gateway, exchange, trace, error).catch((cause: unknown) => {
      // The answer could not even be an error: the log is all that is left.
      trace.stack = safeStack(cause);
    });
    if (isCall && !trace.admitted) gateway.refusals.note(trace, error instanceof RefusedError ? error.level : undefined);
  } finally {
    record(gateway, trace);
    const exported = gateway.telemetry?.note(trace, placeNames(gateway));
    if (exported !== undefined) trace.afterwards.push(exported);
    if (tapped !== undefined) trace.afterwards.push(tapped.end(trace));
    if (trace.afterwards.length > 0) await Promise.all(trace.afterwards);
  }
}

function noteCaller(trace: Trace, { id, teamId, projectId, userId }: KeyRecord): void {
  trace.keyId = id;
  trace.teamId = teamId;
  trace.projectId = projectId;
  trace.userId = userId;
}

/** The stages in order; each throws the error that the caller is to see. */
async function run(gateway: Gateway, exchange: Exchange, trace: Trace, match: RouteMatch): Promise<void> {
  const { authenticator, configuration } = gateway;
  if (exchange.refusal !== undefined) throw exchange.refusal;
  if (match.found === 'route' && !match.route.authenticated) return answerOpen(gateway, exchange, trace, match.route);

  if (match.found === 'nothing') refuseStrayAdminCall(exchange);
  // The round that reserves checks the rows; where nothing is reserved, they are read anew.
  const isCall = match.found === 'route' && match.route.kind === 'model-call';
  let configured: Promise<void> | undefined;
  const caller = await authenticator.authenticate(exchange.headers, !isCall, () => {
    configured = configuration.ready();
  });
  noteCaller(trace, caller.key);
  const { contentLog } = configuration.document;
  if (isCall && contentLog !== undefined) trace.contents = contentWish(contentLog, caller.rows, exchange.headers);
  if (!isCall) gateway.ownRate.take(caller.key.id);
  if (match.found !== 'route') throw noRoute(match);
  await configured;

  const { route } = match;
  if (!isCall) return answerOwn(gateway, exchange, trace, match, caller);

  trace.operation = route.operation;
  const call = await parse(gateway, exchange, match, caller, trace.requestId, configuration);
  trace.originalModel = call.facts.model;
  if (trace.contents !== undefined) noteSubjects(trace, call);
  trace.stream = call.facts.stream;
  const { bounded, reservation } = await admit(gateway, call, (work) => trace.afterwards.push(work));
  // A second attempt at admission has an id of its own, which is the usage record's.
  trace.requestId = reservation.attemptId;
  trace.admitted = true;
  // The rows that the round has checked may be newer than those that the caller was known by.
  if (contentLog !== undefined) trace.contents = contentWish(contentLog, bounded.call.rows, exchange.headers, 'admitted');
  trace.openReservations = reservation.open;
  // attempt -> stream -> settle: the answer decides what is settled, so the three are told together.
  await deliver(gateway, bounded, reservation, trace);
  const shadow = shadowed(gateway, bounded, trace);
  if (shadow !== undefined) trace.afterwards.push(shadow);
  const probing = gateway.probes.after(bounded.call.resolution.targets);
  if (probing !== undefined) trace.afterwards.push(probing);
  const written = trace.usage?.outputTokens;
  if (written !== undefined) gateway.usualOutput.note(caller.key.id, call.facts.model, written);
}
