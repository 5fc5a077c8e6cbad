import { createPriceBook } from '../../../lambda/money/pricing';
import { GatewayError } from '../../../lambda/platform/error';
import type { Stage } from '../../../lambda/proxy/relay/stages';
import type { DialectName } from '../../../lambda/wire/dialects';
import type { StreamEvent } from '../../../lambda/wire/model/response';
import type { ProviderConfig } from '../../../lib/private/contract';
import { type ExpectedAnswer, expectAnswer } from '../../support/answer-grid';
import { readAnswer, readStream } from '../../support/answers';
import { DIALECT_CALLS } from '../../support/dialect-calls';
import { DIALECTS, FIXTURE_CREDENTIALS, fixturePlaces, MODELS, played } from '../../support/fixture-places';
import { fixtures, scenarioOf } from '../../support/fixtures';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { changed, changing, stageOf } from '../../support/stages';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, type Upstream } from '../../support/upstream';

/** What stages between decoder and encoder do to answers, over sockets. */

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
});

afterEach(() => gateway.close());
afterAll(() => upstream.close());

async function start(...stages: Stage[]): Promise<void> {
  const providers: ProviderConfig[] = [
    ...fixturePlaces(upstream.origin),
    compatible('up', upstream.origin, { free: false }),
    compatible('spare', upstream.origin, { free: false }),
  ];
  gateway = await startGateway({
    stages,
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2')),
    document: {
      providers,
      routes: [{ alias: 'both', targets: ['up', 'spare'].map((provider) => ({ provider, model: 'm' })) }],
    },
    ...FIXTURE_CREDENTIALS,
  });
}

async function ask(dialect: DialectName, model: string, stream: boolean, steps: readonly Step[], more: object = {}) {
  upstream.script(steps);
  const { path, body } = DIALECT_CALLS[dialect](stream);
  const answer = await gateway.call(path, { model, ...body, ...more });
  await gateway.settled();
  return answer;
}

const good = fixtures().filter(({ status, facts }) => status === 200 && facts !== undefined && facts.unified !== 'error');

/** What a caller must be told of an answer that the stage went over. */
function changedAnswer(expected: ExpectedAnswer): ExpectedAnswer {
  const { text, refusal = '', reasoning, toolCalls } = expected;
  return {
    ...expected,
    text: changed(text as string),
    refusal: changed(refusal),
    reasoning: typeof reasoning === 'string' ? changed(reasoning) : undefined,
    toolCalls: toolCalls.map(({ name, args }) => ({ name, args: { seen: args } })),
  };
}

describe.each(DIALECTS)('a stage that changes what is said, for a %s caller', (dialect) => {
  // One gateway for all: what is asked of it is not kept.
  let shared: TestGateway;
  beforeAll(async () => {
    await start(changing);
    shared = gateway;
  });
  beforeEach(() => {
    gateway = { ...shared, close: async () => undefined };
  });
  afterAll(() => shared.close());

  test.each(good.map((fixture) => [fixture.id, fixture] as const))('%s', async (_id, fixture) => {
    const { expected } = scenarioOf(fixture);

    const answer = await ask(dialect, MODELS[fixture.wireFormat], fixture.streaming, played(fixture));

    expect(answer.status).toBe(200);
    const told = fixture.streaming ? readStream(dialect, answer.text) : readAnswer(dialect, answer.json);
    expectAnswer(told, { expected: changedAnswer(expected as ExpectedAnswer) }, { name: dialect });
    expect(told.terminals.filter((terminal) => terminal === 'error')).toEqual([]);
  });
});

const event = (value: object | string): Step => chunk(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
const said = (content: string): Step => event({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const REST: readonly Step[] = [
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } }),
  event('[DONE]'),
  lastChunk,
];
const COMPLETION = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  unknown_to_us: { kept: true },
  choices: [{ index: 0, message: { role: 'assistant', content: 'all is bad' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
};
const FULL_COST = 9_000n + 8_000n;
const REFUSED = new GatewayError({ code: 'content_policy_violation', message: 'The answer was withheld.' });
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
};
const isBad = (seen: StreamEvent): boolean => seen.type === 'text-delta' && seen.text.includes('bad');

/** Ends the answer with a finish reason of its own where it is bad. */
const cutting = stageOf((seen, onward) => {
  if (!isBad(seen)) return onward(seen);
  onward({ type: 'finish', choice: 0, reason: { unified: 'content-filter' } });
  onward({ type: 'end' });
});
/** Ends it with an error. */
const refusing = stageOf((seen, onward) => onward(isBad(seen) ? { type: 'error', error: REFUSED } : seen));

/** Holds everything back until the provider has ended, and a while longer. */
function holding(lastly: (held: readonly StreamEvent[]) => readonly StreamEvent[] = (held) => held): Stage {
  return {
    open() {
      const held: StreamEvent[] = [];
      return {
        take(seen, onward) {
          held.push(seen);
          if (seen.type === 'end') setTimeout(() => lastly(held).forEach(onward), 40);
        },
      };
    },
  };
}

describe('a stage that only looks', () => {
  test('leaves the bytes of a whole answer in its own dialect as they are', async () => {
    const seen: string[] = [];
    await start(
      stageOf((told, onward) => {
        seen.push(told.type);
        onward(told);
      }),
    );

    const answer = await ask('openai-chat', 'up/m', false, jsonReply(COMPLETION));

    expect(answer.text).toBe(JSON.stringify(COMPLETION));
    expect(seen).toEqual(['start', 'text-start', 'text-delta', 'text-end', 'finish', 'usage', 'end']);
  });

  test('leaves alone the answers that it is not opened for', async () => {
    await start({ open: (call) => (call.facts.model === 'up/m' ? undefined : { take: () => undefined }) });

    const answer = await ask('openai-chat', 'up/m', true, [streamHead(), said('a'), event({ choices: [], strange: 1 }), ...REST]);

    expect(answer.text).toContain('"strange":1');
  });

  test('does not see counts of tokens and vectors', async () => {
    await start({ open: () => ({ take: () => undefined }) });
    const vectors = {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [1] }],
      model: 'm',
      usage: { prompt_tokens: 1, total_tokens: 1 },
    };
    upstream.script(jsonReply(vectors));

    expect((await gateway.call('/v1/embeddings', { model: 'up/m', input: 'x' })).json).toEqual(vectors);
    const counted = await gateway.call('/v1/messages/count_tokens', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] });
    expect(counted.json).toEqual({ input_tokens: expect.any(Number) });
  });
});

describe('a stage that ends an answer early', () => {
  const endings: Readonly<Record<DialectName, readonly string[]>> = {
    'openai-chat': ['[DONE]', 'content_filter'],
    'openai-responses': ['response.incomplete', 'content_filter'],
    'anthropic-messages': ['message_stop', 'refusal'],
  };

  test.each(DIALECTS)(
    'ends the stream of a %s caller as its dialect ends one, frees the provider and charges what was written',
    async (dialect) => {
      await start(cutting);

      const answer = await ask(dialect, 'up/m', true, [
        streamHead(),
        said('all is '),
        said('bad'),
        { waitMs: 20 },
        said('secret'),
        { hang: true },
      ]);

      const told = readStream(dialect, answer.text);
      expect([told.text, ...told.terminals, told.finish]).toEqual(['all is ', ...(endings[dialect] as string[])]);
      expect(answer.text).not.toContain('secret');
      await until(() => upstream.open() === 0);
      const [record] = gateway.records();
      expect(record).toMatchObject({ state: 'settled', outcome: 'ok', finishReason: 'content-filter', usage: { estimated: true } });
      expect(record?.costNanoUsd).toBeGreaterThan(0n);
      expect(record?.attempts).toMatchObject([{ outcome: 'ok' }]);
      expect(gateway.gateway.health.look('up/m@')).toEqual({ open: true });
    },
  );

  test.each(DIALECTS)('ends the stream of a %s caller in one error once it has begun', async (dialect) => {
    await start(refusing);

    const answer = await ask(dialect, 'both', true, [streamHead(), said('all is '), said('bad'), { hang: true }]);

    const told = readStream(dialect, answer.text);
    expect([answer.status, told.terminals]).toEqual([200, ['error']]);
    expect(answer.text).toContain('all is ');
    expect(answer.text).not.toContain('bad');
    expect(told.error).toMatchObject({ message: 'The answer was withheld.' });
    expect(gateway.records()).toMatchObject([
      {
        state: 'settled',
        outcome: 'content_policy_violation',
        incomplete: true,
        usage: { estimated: true },
        attempts: [{ outcome: 'ok' }],
      },
    ]);
  });

  test.each([true, false])(
    'refuses an answer of which nothing is out with a status, and asks no other provider (stream: %s)',
    async (stream) => {
      await start(refusing);
      const calls = upstream.requests.length;
      const steps = stream ? [streamHead(), said('bad'), ...REST] : jsonReply(COMPLETION);

      const answer = await ask('anthropic-messages', 'both', stream, steps);

      expect([answer.status, answer.json]).toMatchObject([400, { type: 'error', error: { message: 'The answer was withheld.' } }]);
      expect(upstream.requests.length - calls).toBe(1);
      expect(gateway.records()).toMatchObject([{ state: 'settled', status: 400, outcome: 'content_policy_violation' }]);
      // The whole answer came with its report.
      if (!stream) expect(gateway.records()[0]?.costNanoUsd).toBe(FULL_COST);
    },
  );

  test('ends a whole answer too', async () => {
    await start(cutting);

    const answer = await ask('openai-chat', 'up/m', false, jsonReply(COMPLETION));

    expect(answer.json.choices[0]).toMatchObject({ message: { content: '' }, finish_reason: 'content_filter' });
    expect(gateway.records()).toMatchObject([{ costNanoUsd: FULL_COST, finishReason: 'content-filter' }]);
  });
});

describe('a stage that holds an answer back', () => {
  test.each(DIALECTS)('may let it go when the provider has long ended, for a %s caller', async (dialect) => {
    await start(holding());

    const answer = await ask(dialect, 'up/m', true, [streamHead(), said('all is '), said('well'), ...REST]);

    const told = readStream(dialect, answer.text);
    expect([told.text, told.terminals.length]).toEqual(['all is well', 1]);
    expect(gateway.records()).toMatchObject([{ state: 'settled', outcome: 'ok', costNanoUsd: FULL_COST }]);
    expect(gateway.records()[0]?.usage).not.toHaveProperty('estimated');
  });

  test('may refuse it then, and the report of the provider is the last word', async () => {
    await start(holding(() => [{ type: 'error', error: REFUSED }]));

    const answer = await ask('openai-chat', 'both', true, [streamHead(), said('bad'), ...REST]);

    expect([answer.status, answer.json.error.code]).toEqual([400, 'content_policy_violation']);
    expect(gateway.records()).toMatchObject([{ outcome: 'content_policy_violation', costNanoUsd: FULL_COST }]);
  });

  test('has a whole answer wait as well', async () => {
    await start(holding(), changing);

    const answer = await ask('anthropic-messages', 'up/m', false, jsonReply(COMPLETION));

    expect(answer.json.content).toEqual([{ type: 'text', text: changed('all is bad') }]);
  });

  test.each([true, false])('has as long as the call has (stream: %s)', async (stream) => {
    await start({ open: () => ({ take: () => undefined }) });
    const steps = stream ? [streamHead(), said('a'), ...REST] : jsonReply(COMPLETION);
    const totalMs = gateway.gateway.configuration.document.deadlines.totalMs;
    Object.assign(gateway.gateway.configuration.document.deadlines, { totalMs: 200 });

    const answer = await ask('openai-chat', 'up/m', stream, steps);

    Object.assign(gateway.gateway.configuration.document.deadlines, { totalMs });
    expect([answer.status, answer.json.error.code]).toEqual([504, 'upstream_timeout']);
    expect(gateway.records()).toMatchObject([{ state: 'settled', costNanoUsd: FULL_COST }]);
  });

  test('keeps no provider from failing over until it says something, and lets no other follow it then', async () => {
    await start(holding());
    const broken: readonly Step[] = [streamHead(), said('all '), { reset: true }];
    upstream.script(() => broken);

    const answer = await ask('openai-chat', 'both', true, broken);

    expect([answer.status, answer.json.error.code]).toEqual([502, 'upstream_incomplete']);
    expect(gateway.records()).toMatchObject([{ attempts: [{ provider: 'up' }], usage: { estimated: true } }]);
    expect(gateway.records()[0]?.attempts).toHaveLength(1);
  });
});

test('a stage with a fault ends the answer rather than letting it pass unseen', async () => {
  await start(
    stageOf((seen, onward) => {
      if (isBad(seen)) throw new Error('a bug');
      onward(seen);
    }),
  );

  const answer = await ask('openai-chat', 'up/m', true, [streamHead(), said('all '), said('bad'), ...REST]);

  const told = readStream('openai-chat', answer.text);
  expect([told.text, told.terminals, told.error]).toMatchObject(['all ', ['error'], { message: 'The gateway failed.' }]);
  expect(answer.text).not.toContain('bug');
});

test('a call whose answer is read is refused by what the common model cannot hold, before anything is sent', async () => {
  await start(changing);
  const calls = upstream.requests.length;

  const answer = await ask('openai-chat', 'up/m', false, jsonReply(COMPLETION), {
    messages: [{ role: 'user', content: [{ type: 'strange', text: 'x' }] }],
  });

  expect([answer.status, answer.json.error.param]).toEqual([400, expect.stringContaining('messages')]);
  expect(upstream.requests.length).toBe(calls);
  expect(gateway.records()).toMatchObject([{ state: 'settled' }]);
});
