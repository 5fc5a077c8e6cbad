import type { OutboundRequest } from '../../../lambda/platform/http/exchange';
import { createTransport } from '../../../lambda/platform/http/transport';
import { ROUTES } from '../../../lambda/proxy/before/routes';
import { startGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { jsonReply, startUpstream } from '../../support/upstream';

const BODIES: Readonly<Record<string, object>> = {
  '/v1/chat/completions': { messages: [{ role: 'user', content: 'x' }] },
  '/v1/responses': { input: 'x' },
  '/v1/messages': { max_tokens: 5, messages: [{ role: 'user', content: 'x' }] },
  '/v1/messages/count_tokens': { messages: [{ role: 'user', content: 'x' }] },
  '/v1/embeddings': { input: 'x' },
  '/v1/moderations': { input: 'x' },
};
const KINDS = ['simulated', 'anthropic-compatible', 'cohere', 'google-ai-studio'] as const;

test('B05 no provider is called without an open entry that says what is asked for, on any route, for any kind of provider', async () => {
  const upstream = await startUpstream();
  upstream.script(jsonReply({ error: { message: 'no' } }, 400));
  const real = createTransport();
  const seen: { route: string; open: number; said: boolean }[] = [];
  let route = '';
  const gateway = await startGateway({
    document: {
      providers: KINDS.map((kind) => ({ id: kind, kind, baseUrl: { value: upstream.origin }, network: 'loopback' as const })),
      unknownPrice: { policy: 'ceiling', ceilingUsd: '0.01' },
    },
    transport: {
      send: (request: OutboundRequest, ...rest) => {
        const entries = gateway.table.items(TABLE_NAMES.counters).flatMap(({ o }) => Object.values(o?.M ?? {}));
        seen.push({ route, open: entries.length, said: entries.some(({ M: entry }) => entry?.['m'] !== undefined) });
        return real.send(request, ...rest);
      },
    },
  });
  const key = await gateway.addKey({ budgets: [{ limit_usd: '100.00', period: 'month' }] });

  for (const { kind, path, operation } of ROUTES) {
    if (kind !== 'model-call') continue;
    for (const provider of KINDS) {
      for (const stream of operation === 'chat' ? [false, true] : [false]) {
        route = `${path} ${provider}`;
        await gateway.call(path, { model: `${provider}/m`, stream, ...BODIES[path] }, { authorization: `Bearer ${key}` });
        await gateway.settled();
      }
    }
  }
  await gateway.close();
  real.close();
  await upstream.close();

  expect(seen.length).toBeGreaterThan(ROUTES.length);
  for (const { route: called, open, said } of seen) expect([called, open, said]).toEqual([called, 1, true]);
  expect(gateway.records().every(({ state }) => state === 'settled')).toBe(true);
});

test('a warm request makes one round trip to the table before the provider is called', async () => {
  const upstream = await startUpstream();
  upstream.script(
    jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'y' } }], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
  );
  const gateway = await startGateway({
    document: { providers: [{ id: 'sim', kind: 'simulated', baseUrl: { value: upstream.origin }, network: 'loopback' }] },
  });
  const key = await gateway.addKey({ budgets: [{ limit_usd: '100.00', period: 'month' }] });
  const ask = async () => {
    await gateway.call(
      '/v1/chat/completions',
      { model: 'sim/m', messages: [{ role: 'user', content: 'x' }] },
      { authorization: `Bearer ${key}` },
    );
    await gateway.settled();
  };
  await ask();
  gateway.table.resetCounts();
  let rounds = 0;
  let inRound = false;
  gateway.table.hooks = {
    before: async () => {
      if (upstream.requests.length > 1) return;
      if (!inRound) {
        inRound = true;
        rounds += 1;
        setImmediate(() => {
          inRound = false;
        });
      }
      await new Promise((done) => setTimeout(done, 5));
    },
  };

  await ask();
  gateway.table.hooks = {};
  await gateway.close();
  await upstream.close();

  expect(rounds).toBe(1);
  // The entry, the record, and the entry taken away.
  expect(gateway.table.writes).toBe(3);
  expect(gateway.table.calls).toMatchObject({ batchGetItem: 1, getItem: 0, query: 0 });
});
