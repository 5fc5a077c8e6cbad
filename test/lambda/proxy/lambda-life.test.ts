import { PassThrough } from 'node:stream';
import { exchangeFromEvent } from '../../../lambda/proxy/hosts/lambda-event';
import { serve } from '../../../lambda/proxy/pipeline';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, type Step, startUpstream, type Upstream } from '../../support/upstream';

/** What a function's life means for a call: the answer first, then the books, both before the time is over. */

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

/** Serves one call as the function does; tells when the answer ended and in which state the books were then. */
async function invoke(steps: readonly Step[], remainingMs: number) {
  upstream.script(steps);
  const out = new PassThrough();
  let text = '';
  let status = 0;
  let stateAtEnd: string | undefined;
  out.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  out.on('end', () => {
    stateAtEnd = gateway.records()[0]?.state;
  });
  const exchange = exchangeFromEvent(
    {
      httpMethod: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${gateway.key}` },
      body: JSON.stringify({ model: 'up/m', messages: [{ role: 'user', content: 'x' }] }),
    },
    { getRemainingTimeInMillis: () => remainingMs },
    performance.now(),
    (code) => {
      status = code;
      return out;
    },
  );
  const began = performance.now();
  await serve(gateway.gateway, exchange as NonNullable<typeof exchange>);
  return { status, text, stateAtEnd, stateAfter: gateway.records()[0]?.state, tookMs: performance.now() - began };
}

test('the whole answer is out before the settlement, which the invocation waits for', async () => {
  let waited = 0;
  gateway.table.hooks = {
    before: async ({ operation }) => {
      // Every write once the provider has been called takes its time.
      if ((operation !== 'updateItem' && operation !== 'putItem') || upstream.requests.length === 0) return;
      waited += 1;
      await new Promise((done) => setTimeout(done, 40));
    },
  };

  const { status, text, stateAtEnd, stateAfter } = await invoke(
    jsonReply({
      choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    }),
    900_000,
  );

  expect([status, JSON.parse(text).choices[0].message.content]).toEqual([200, 'y']);
  expect(waited).toBeGreaterThan(0);
  expect([stateAtEnd, stateAfter]).toEqual([undefined, 'settled']);
});

test('I19 a provider that says nothing is given up in time for the settlement', async () => {
  // 20 seconds are kept back of what is left, so here the provider has the least that any has: one.
  const { status, stateAfter, tookMs } = await invoke([{ hang: true }], 20_500);

  expect([status, stateAfter]).toEqual([504, 'settled']);
  expect(tookMs).toBeLessThan(15_000);
});
