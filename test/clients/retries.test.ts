/** How often the vendors' packages try again, with their own defaults, on each error that the gateway gives. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { CLOSE_MS, type ClientGateway, describeClients, startClientGateway } from './support';
import type { Script } from './upstreams';

const user = { role: 'user' as const, content: 'Hi' };

/** One row of the table in docs/clients.md. */
interface Row {
  readonly what: string;
  readonly model?: string;
  readonly key?: object | 'wrong';
  readonly body?: object;
  readonly script?: Script;
  /** Calls that go before, to use something up. */
  readonly before?: number;
  readonly status: { readonly chat: number; readonly responses: number; readonly messages: number };
  readonly attempts: number;
  /** Records of one package's attempts and of what went before. */
  readonly records?: number;
}

const all = (status: number) => ({ chat: status, responses: status, messages: status });
const failing = (status: number): Script => ({ status, body: { error: { message: 'no', type: 'error' } } });

const ROWS: readonly Row[] = [
  { what: 'a wrong key', key: 'wrong', status: all(401), attempts: 1 },
  { what: 'an unknown model', model: 'nobody/serves-this', status: all(404), attempts: 1, records: 0 },
  { what: 'a model that the key may not use', key: { models: ['other'] }, status: all(403), attempts: 1, records: 0 },
  { what: 'a field of the wrong type', body: { model: 7 }, status: all(400), attempts: 1, records: 0 },
  {
    what: 'a spent budget',
    key: { budgets: [{ limit_usd: '0.000001', period: 'month' }] },
    model: 'on-simulated',
    status: { chat: 402, responses: 429, messages: 429 },
    attempts: 1,
    records: 0,
  },
  {
    what: 'a rate limit of the key',
    key: { limits: { requests_per_minute: 1 } },
    before: 1,
    status: all(429),
    attempts: 3,
    records: 1,
  },
  { what: 'a request that the provider refuses', script: failing(400), model: 'chat/refused', status: all(400), attempts: 1, records: 1 },
  { what: 'a rate limit of the provider', script: failing(429), model: 'chat/limited', status: all(429), attempts: 3, records: 3 },
  { what: 'a provider that fails', script: failing(500), model: 'chat/failing', status: all(502), attempts: 3, records: 3 },
  {
    what: 'a provider that is overloaded',
    script: failing(503),
    model: 'chat/overloaded',
    status: { chat: 503, responses: 503, messages: 529 },
    attempts: 3,
    records: 3,
  },
];

describeClients('G07 attempts of the vendors’ packages', () => {
  let gateway: ClientGateway;

  beforeAll(async () => {
    gateway = await startClientGateway();
  }, 30_000);
  afterAll(() => gateway.close(), CLOSE_MS);

  describe.each(ROWS)('on $what', (row) => {
    test.each(['chat', 'responses', 'messages'] as const)('%s', async (dialect) => {
      gateway.provider.script(row.script ?? { text: 'Hello.' });
      const key = row.key === 'wrong' ? 'sk-gw-wrong' : await gateway.newKey({ name: row.what, ...row.key });
      const seen: number[] = [];
      // Its own model for each dialect: a target that failed is left alone for a while.
      const model = row.script === undefined ? (row.model ?? 'on-chat') : `${row.model}-${dialect}`;
      const ask = asker(dialect, gateway, key, { model, ...row.body }, seen);
      for (let count = 0; count < (row.before ?? 0); count += 1) await ask();
      seen.length = 0;

      await expect(ask()).rejects.toThrow();

      expect(seen).toHaveLength(row.attempts);
      expect(seen[0]).toBe(row.status[dialect]);
      if (row.records !== undefined) expect(await gateway.recorded(key)).toBe(row.records);
    });
  });
});

/** Calls with a package as it comes; only the waits between its attempts are cut short. */
function asker(
  dialect: 'chat' | 'responses' | 'messages',
  gateway: ClientGateway,
  apiKey: string,
  fields: { readonly model: string },
  seen: number[],
): () => Promise<unknown> {
  const watched = async (...call: Parameters<typeof fetch>): Promise<Response> => {
    const response = await fetch(...call);
    seen.push(response.status);
    const headers = new Headers(response.headers);
    headers.set('retry-after-ms', '1');
    return new Response(await response.arrayBuffer(), { status: response.status, headers });
  };
  if (dialect === 'messages') {
    const client = new Anthropic({ baseURL: gateway.url, apiKey, fetch: watched });
    return () => client.messages.create({ max_tokens: 20, messages: [user], ...fields });
  }
  const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, fetch: watched });
  return () =>
    dialect === 'chat'
      ? client.chat.completions.create({ max_completion_tokens: 20, messages: [user], ...fields })
      : client.responses.create({ max_output_tokens: 20, input: 'Hi', ...fields });
}
