import {
  createDeletionStore,
  createRecordBlanking,
  createRollupStore,
  createSubjectKeys,
  createUsageRecordStore,
} from '../../../../lambda/aws/dynamodb';
import { createPriceBook } from '../../../../lambda/money/pricing';
import { GatewayError } from '../../../../lambda/platform/error';
import { systemClock } from '../../../../lambda/platform/runtime';
import { UnansweredError } from '../../../../lambda/proxy/answer/source';
import { reconcile } from '../../../../lambda/reconciler/reconcile';
import { deleteWhatIsAsked } from '../../../../lambda/sweeper/deletions';
import { sweep } from '../../../../lambda/sweeper/handle';
import { METRICS } from '../../../../lib/private/contract';
import { serviceError } from '../../../support/dynamodb-expressions';
import { compatible, route, startGateway } from '../../../support/gateway';
import { budget, ledgerWorld, outcome } from '../../../support/ledger-world';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';
import { bookOf } from '../../../support/prices';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead } from '../../../support/upstream';
import { usageRecord } from '../../../support/usage-record';

const usage = {
  prompt_tokens: 90,
  completion_tokens: 30,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 5 },
};
const answer = (more: object = {}) => ({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'jane.doe@example.com' }, finish_reason: 'stop' }],
  usage,
  ...more,
});
const event = (value: object) =>
  chunk(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', ...value })}\n\n`);
const written = (text: string) => event({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] });
const STREAM: Step[] = [
  streamHead(),
  written('a'),
  { waitMs: 120 },
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ choices: [], usage }),
  chunk('data: [DONE]\n\n'),
  lastChunk,
];
const CACHED = {
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'y' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 9, output_tokens: 3, cache_creation_input_tokens: 7 },
};

/** Names of all metrics that calls of every kind leave behind. */
async function ofCalls(): Promise<string[]> {
  const upstream = await startUpstream();
  const gateway = await startGateway({
    priceBook: createPriceBook(bookOf(['openai-compatible', 'anthropic-compatible'], 'm || input=1 output=10')),
    sources: [
      {
        answer: async ({ call }) => {
          if (call.facts.model !== 'p/unchecked') return { declined: undefined };
          throw new UnansweredError(new GatewayError({ code: 'guardrail_unavailable', message: 'No verdict came.' }));
        },
      },
    ],
    document: {
      providers: [
        compatible('p', upstream.origin, { free: false }),
        { id: 'a', kind: 'anthropic-compatible', baseUrl: { value: upstream.origin }, network: 'loopback', free: false },
        compatible('no-key', upstream.origin, { credential: { secretArn: { value: 'arn:none' } } }),
      ],
      routes: [route('smart', 'p/m', 'a/m')],
      unknownPrice: { policy: 'ceiling', ceilingUsd: '0.01' },
      guardrails: (['mask', 'flag', 'block'] as const).map((action) => ({
        id: action,
        rules: [{ name: 'people', detect: ['email'], action }],
      })),
    },
  });
  const ask = async (model: string, steps: readonly Step[], more: object = {}, headers: Record<string, string> = {}) => {
    upstream.script(steps);
    gateway.gateway.health.visit('p/m@', 0).end({ kind: 'good' });
    const body = { model, max_tokens: 100, messages: [{ role: 'user', content: 'of jane.doe@example.com' }], ...more };
    return (await gateway.call('/v1/chat/completions', body, headers)).status;
  };
  const keyed = async (limits: object) => ({ authorization: `Bearer ${await gateway.addKey(limits)}` });

  await ask('p/m', jsonReply(answer()));
  await ask('p/m', STREAM, { stream: true });
  await ask('a/m', jsonReply(CACHED));
  await ask('p/other', jsonReply(answer({ model: 'other' })));
  await ask('p/m', jsonReply(answer({ usage: { ...usage, completion_tokens: -1 } })));
  await ask('p/m', jsonReply({ error: { message: 'busy' } }, 503));
  await ask('smart', jsonReply({ error: { message: 'no' } }, 401));
  await ask('p/m', jsonReply({ error: { message: 'no' } }, 400));
  await ask('no-key/m', jsonReply(answer()));
  await ask('p/m', jsonReply(answer()), {}, { authorization: 'Bearer sk-gw-none' });
  await ask('p/m', jsonReply(answer()), {}, await keyed({ budgets: [{ limit_usd: '0.000000001', period: 'day' }] }));
  const hasty = await keyed({ limits: { requests_per_minute: 1 } });
  for (const _twice of [1, 2]) await ask('p/m', jsonReply(answer()), {}, hasty);
  for (const id of ['mask', 'flag', 'block']) await ask('p/m', jsonReply(answer()), {}, { 'x-gateway-guardrails': id });
  await ask('p/unchecked', jsonReply(answer()));
  gateway.table.hooks = { before: () => Promise.reject(serviceError('InternalServerError', 'down')) };
  await ask('p/m', jsonReply(answer()));
  await gateway.settled();
  await Promise.all([gateway.close(), upstream.close()]);
  return gateway.metrics.flatMap((line) => Object.keys(line));
}

/** The same, of what happens to money when processes, tables and prices fail. */
async function ofTheLedger(): Promise<string[]> {
  const world = ledgerWorld();
  const open = async (options = {}) => {
    const key = await world.addKey({ budgets: [budget(100)] });
    const result = await world.process(options).admit(world.request(key));
    if (!result.admitted) throw new Error('refused');
    return result.reservation;
  };
  await (await open()).settle(outcome(11n));
  const late = await open();
  await world.records.put(usageRecord({ id: late.attemptId, state: 'adjusted', costNanoUsd: 9n }));
  await late.settle(outcome(4n));
  const deferred = await open();
  await open();
  world.table.hooks = { before: () => Promise.reject(serviceError('InternalServerError', 'down')) };
  await deferred.settle(outcome(4n));
  world.table.hooks = {};
  world.clock.advance(3_600_000);
  const metrics = { emit: (values: object) => world.logged.push(...Object.keys(values).map((name) => `metric ${name}`)) };
  await sweep({ pages: world.pages, records: world.records, clock: world.clock, log: { write: () => undefined }, metrics }, () => 300_000);
  return world.logged.map((line) => line.replace('metric ', ''));
}

/** The same, of what happens by itself: a deletion that nobody has gone on with, and a bill that cannot be read. */
async function ofWhatIsScheduled(): Promise<string[]> {
  const counted: string[] = [];
  const table = createMemoryDynamoDb();
  const parts = {
    clock: systemClock,
    log: { write: () => undefined },
    metrics: { emit: (values: object) => counted.push(...Object.keys(values)) },
    rollups: createRollupStore(table, TABLE_NAMES.records),
  };
  const deletions = createDeletionStore(table, TABLE_NAMES.audit);
  const createdAt = '2026-01-01T00:00:00.000Z';
  await deletions.put({ id: 'd', kind: 'key', value: 'k', facts: [], status: 'open', createdAt, contents: 0, records: 0, days: [] });
  await deleteWhatIsAsked(
    {
      ...parts,
      deletions,
      blanking: createRecordBlanking(table, TABLE_NAMES.records),
      subjectKeys: createSubjectKeys(table, TABLE_NAMES.records, systemClock),
      records: createUsageRecordStore(table, TABLE_NAMES.records, systemClock),
      contents: undefined,
    },
    () => true,
  );
  const bucketOf = () => ({ list: () => Promise.reject(new Error('no such bucket')), get: async () => undefined });
  await reconcile({ ...parts, bills: [{ provider: 'p', format: 'cur', bucket: 'none', prefix: '' }], bucketOf });
  return counted;
}

test('every metric that there is a name for is counted by the handlers', async () => {
  const counted = new Set([...(await ofCalls()), ...(await ofTheLedger()), ...(await ofWhatIsScheduled())]);

  expect(Object.values(METRICS).filter((name) => !counted.has(name))).toEqual([]);
}, 60_000);
