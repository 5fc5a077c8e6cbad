import { createPriceBook } from '../../../../lambda/money/pricing';
import type { AnswerSource } from '../../../../lambda/proxy/answer/source';
import type { DialectName } from '../../../../lambda/wire/dialects';
import type { ModelResponse } from '../../../../lambda/wire/model';
import { type ExpectedAnswer, expectAnswer } from '../../../support/answer-grid';
import { readAnswer, readStream } from '../../../support/answers';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { cannedSource, changed, changing } from '../../../support/stages';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

/** A source of answers that is no provider: what it says reaches callers of every dialect, and nobody pays for it. */

const DIALECTS: readonly DialectName[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];
const CANNED: ModelResponse = {
  id: 'canned-1',
  model: 'canned',
  createdAt: 1_700_000_000,
  choices: [
    {
      content: [
        { type: 'reasoning', text: 'I know this one.' },
        { type: 'text', text: 'It is in Paris.' },
        { type: 'tool-call', id: 'call_1', name: 'show', arguments: '{"city":"Paris"}' },
      ],
      finishReason: { unified: 'tool-calls' },
    },
  ],
  usage: { inputTokens: 11, outputTokens: 7 },
};
const EXPECTED: ExpectedAnswer = {
  text: 'It is in Paris.',
  reasoning: 'I know this one.',
  toolCalls: [{ name: 'show', args: { city: 'Paris' } }],
  finish: { 'openai-chat': 'tool_calls', 'openai-responses': 'completed', 'anthropic-messages': 'tool_use' },
  finishRaw: 'tool_calls',
  usage: { input: 11, output: 7 },
};

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

async function start(options: {
  readonly sources: readonly AnswerSource[];
  readonly stages?: readonly (typeof changing)[];
}): Promise<void> {
  gateway = await startGateway({
    ...options,
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2', 'canned || input=1 output=2')),
    document: { providers: [compatible('up', upstream.origin, { free: false })] },
  });
}

describe.each(DIALECTS)('a canned answer for a %s caller', (dialect) => {
  test.each([true, false])('says what it says, asks no provider, costs nothing and is recorded (stream: %s)', async (stream) => {
    await start({ sources: [cannedSource('up/canned', CANNED)] });
    const { path, body } = DIALECT_CALLS[dialect](stream);
    const poor = await gateway.addKey({ budgets: [{ limit_usd: '5.00', period: 'month' }] });

    const answer = await gateway.call(path, { model: 'up/canned', ...body }, { authorization: `Bearer ${poor}` });
    await gateway.settled();

    expect([answer.status, answer.headers['x-gateway-attempts']]).toEqual([200, '0']);
    const told = stream ? readStream(dialect, answer.text) : readAnswer(dialect, answer.json);
    expectAnswer(told, { expected: EXPECTED }, { name: dialect });
    expect(told.terminals).not.toContain('error');
    expect(upstream.requests).toHaveLength(0);
    expect(gateway.records()).toMatchObject([
      { status: 200, outcome: 'ok', costNanoUsd: 0n, responseModel: 'canned', finishReason: 'tool-calls', attempts: [] },
    ]);
    expect(gateway.records()[0]?.usage).toBeUndefined();
    const me = await gateway.send('GET', '/v1/me', { authorization: `Bearer ${poor}` });
    expect(me.json.budgets).toMatchObject([{ spent_usd: '0.00', reserved_usd: '0.00' }]);
  });

  test.each([true, false])('passes the stages like any other (stream: %s)', async (stream) => {
    await start({ sources: [cannedSource('up/canned', CANNED)], stages: [changing] });
    const { path, body } = DIALECT_CALLS[dialect](stream);

    const answer = await gateway.call(path, { model: 'up/canned', ...body });

    const told = stream ? readStream(dialect, answer.text) : readAnswer(dialect, answer.json);
    expect([told.text, told.reasoning]).toEqual([changed('It is in Paris.'), changed('I know this one.')]);
    expect(told.toolCalls.map(({ args }) => JSON.parse(args) as unknown)).toEqual([{ seen: { city: 'Paris' } }]);
  });
});

test('what a source leaves alone goes to the next one, at last to the providers', async () => {
  const asked: string[] = [];
  const declining = (name: string): AnswerSource => ({
    async answer() {
      asked.push(name);
      return { declined: undefined };
    },
  });
  await start({ sources: [declining('first'), declining('second')] });
  const choices = [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }];
  upstream.script(jsonReply({ id: 'c', model: 'm', choices, usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } }));

  const answer = await gateway.call('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] });
  await gateway.settled();

  expect([answer.status, asked, upstream.requests.length]).toEqual([200, ['first', 'second'], 1]);
  expect(gateway.records()).toMatchObject([{ state: 'settled', costNanoUsd: 5_000n }]);
});

test('a source with a fault is a plain 500, and the money is given back', async () => {
  await start({
    sources: [
      {
        answer: async () => {
          throw new Error('a bug');
        },
      },
    ],
  });

  const answer = await gateway.call('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] });
  await gateway.settled();

  expect([answer.status, answer.json.error.message]).toEqual([500, 'The gateway failed.']);
  expect(gateway.records()).toMatchObject([{ state: 'settled', costNanoUsd: 0n, status: 500 }]);
});
