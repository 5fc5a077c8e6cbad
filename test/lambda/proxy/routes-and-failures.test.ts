import fc from 'fast-check';
import type { ConditionConfig, RouteConfig, StrategyName } from '../../../lib/private/contract';
import { STRATEGY_NAMES } from '../../../lib/private/contract';
import { compatible, startGateway } from '../../support/gateway';
import { jsonReply, type Step, startUpstream, streamReply, type Upstream } from '../../support/upstream';

/** Whatever fails, and in whatever order targets are asked, a call reaches only what it is for. */

const PROVIDERS = ['a', 'b', 'c', 'd'];
const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const WHOLE = jsonReply({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: USAGE,
});
const STREAM = streamReply(
  `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta: { content: 'y' }, finish_reason: 'stop' }], usage: USAGE })}\n\ndata: [DONE]\n\n`,
);
const FAILURES: readonly (readonly Step[])[] = [
  jsonReply({ error: { message: 'x', type: 'server_error' } }, 500),
  jsonReply({ error: { message: 'x', code: 'rate_limit_exceeded' } }, 429),
  jsonReply({ error: { message: 'x', code: 'context_length_exceeded', type: 'invalid_request_error' } }, 400),
  jsonReply({ error: { message: 'x', code: 'content_filter', type: 'invalid_request_error' } }, 400),
  [{ reset: true }],
];
const RESET = 4;

interface Asking {
  readonly path: string;
  readonly body: (model: string, stream: boolean, tools: boolean) => object;
}

const DIALECTS: readonly Asking[] = [
  {
    path: '/v1/chat/completions',
    body: (model, stream, tools) => ({
      model,
      stream,
      messages: [{ role: 'user', content: 'x' }],
      ...(tools ? { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }] } : {}),
    }),
  },
  {
    path: '/v1/messages',
    body: (model, stream, tools) => ({
      model,
      stream,
      max_tokens: 10,
      messages: [{ role: 'user', content: 'x' }],
      ...(tools ? { tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }] } : {}),
    }),
  },
  {
    path: '/v1/responses',
    body: (model, stream, tools) => ({
      model,
      stream,
      input: 'x',
      ...(tools ? { tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }] } : {}),
    }),
  },
];

/** What the call says, and whether a condition holds for it, told without the gateway's code. */
interface Said {
  readonly task: string;
  readonly tools: boolean;
}

const holds = (when: ConditionConfig | undefined, { task, tools }: Said): boolean =>
  when === undefined ||
  ((when.tools === undefined || when.tools === tools) && (when.metadata?.['task'] === undefined || when.metadata['task'] === task));

const condition: fc.Arbitrary<ConditionConfig | undefined> = fc.option(
  fc
    .record({ tools: fc.boolean(), metadata: fc.record({ task: fc.constantFrom('title', 'chat') }) }, { requiredKeys: [] })
    .filter((when) => Object.keys(when).length > 0),
  { nil: undefined },
);

let up: Upstream;
beforeAll(async () => {
  up = await startUpstream();
});
afterAll(() => up.close());

test('I4 I18 a call is only ever sent to targets that it is for, whatever fails, in every dialect, streamed or not', async () => {
  const scenario = fc.record({
    whens: fc.array(condition, { minLength: 4, maxLength: 4 }),
    weights: fc.array(fc.constantFrom(0, 1, 5), { minLength: 4, maxLength: 4 }),
    strategy: fc.constantFrom(...STRATEGY_NAMES) as fc.Arbitrary<StrategyName>,
    policy: fc.boolean(),
    failing: fc.array(fc.option(fc.nat(FAILURES.length - 1)), { minLength: 4, maxLength: 4 }),
    dialect: fc.constantFrom(...DIALECTS),
    stream: fc.boolean(),
    task: fc.constantFrom('title', 'chat', 'other'),
    tools: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ whens, weights, strategy, policy, failing, dialect, stream, task, tools }) => {
      const route: RouteConfig = {
        alias: 'smart',
        strategy,
        content_policy_fallback: policy,
        targets: PROVIDERS.map((provider, index) => {
          const when = whens[index];
          return { provider, model: `m-${provider}`, weight: weights[index] ?? 1, ...(when === undefined ? {} : { when }) };
        }),
      };
      const gateway = await startGateway({
        random: Math.random,
        document: { providers: PROVIDERS.map((id) => compatible(id, up.origin)), routes: [route] },
      });
      const first = up.requests.length;
      const modelOf = (body: Buffer): string => JSON.parse(body.toString()).model;
      up.script((request) => {
        const failure = failing[PROVIDERS.indexOf(modelOf(request.body).slice(2))];
        return typeof failure === 'number' ? (FAILURES[failure] as readonly Step[]) : stream ? STREAM : WHOLE;
      });

      const reply = await gateway.call(dialect.path, dialect.body('smart', stream, tools), { 'x-gateway-metadata': `task=${task}` });
      await gateway.settled();
      const records = gateway.records();
      await gateway.close();

      const fitting = PROVIDERS.filter((_provider, index) => holds(whens[index], { task, tools }));
      const sent = up.requests.slice(first).map(({ body }) => modelOf(body).slice(2));
      for (const provider of sent) expect(fitting).toContain(provider);
      if (fitting.length === 0) expect([reply.status, reply.json.error.code ?? reply.json.error.type]).toEqual([400, expect.any(String)]);
      // One answer, told truly, in one record.
      expect(records.length).toBe(fitting.length === 0 ? 0 : 1);
      if (reply.status === 200) {
        expect(reply.headers['x-gateway-provider']).toBe(sent.at(-1));
        expect(records[0]).toMatchObject({ provider: sent.at(-1), outcome: 'ok' });
        // A connection that was kept and breaks at once may have been closed before: the same attempt goes on at a new one.
        const again = sent.filter((provider, index) => provider === sent[index - 1] && failing[PROVIDERS.indexOf(provider)] === RESET);
        const attempts = records[0]?.attempts?.length ?? 0;
        expect(attempts).toBeLessThanOrEqual(sent.length);
        expect(attempts).toBeGreaterThanOrEqual(sent.length - again.length);
      }
      // Whoever does not fail answers, unless what a failing one said is the caller's to hear.
      const healthy = fitting.filter((provider) => failing[PROVIDERS.indexOf(provider)] === null);
      const refusing = fitting.some((provider) => [2, 3].includes(failing[PROVIDERS.indexOf(provider)] ?? -1));
      if (healthy.length > 0 && !refusing && fitting.length <= 3) expect(reply.status).toBe(200);
    }),
    { numRuns: 120 },
  );
}, 120_000);
