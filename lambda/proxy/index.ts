import type { Writable } from 'node:stream';
import { loadDocument } from '../platform/document';
import { compileAtFirstCall, createTierUp, readEnvironment } from '../platform/runtime';
import { exchangeFromEvent, type InvocationContext } from './hosts/lambda-event';
import { openGateway } from './open-gateway';
import { serve } from './pipeline';

const tierUp = createTierUp();
const started = compileAtFirstCall();
const environment = readEnvironment();
const document = loadDocument(environment.configFile);
const opening = openGateway(environment, document);
// Of no use once requests come, so it is a chunk of its own.
if (document.providers.length > 0) await (await import('./warm-up')).warmUp(environment, document);
const { gateway } = await opening;
started();

/** The data plane behind API Gateway's response streaming. */
export const handler = awslambda.streamifyResponse(async (event: unknown, stream: Writable, context: InvocationContext) => {
  const exchange = exchangeFromEvent(event, context, gateway.clock.monotonic(), (statusCode, headers) => {
    const out = awslambda.HttpResponseStream.from(stream, { statusCode, headers });
    // Status and headers travel with the first write only; an answer may have no body.
    out.write('');
    return out;
  });
  tierUp();
  if (exchange !== undefined) return serve(gateway, exchange);
  gateway.log.write('info', 'event-ignored', { reason: 'not-a-request' });
  stream.write('');
  stream.end();
});
