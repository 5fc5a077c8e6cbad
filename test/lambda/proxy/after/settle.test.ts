import type { Outcome, Reservation } from '../../../../lambda/money/ledger/admission';
import { type Charge, ceilingPrice, createPriceBook, estimateTokens, type Price } from '../../../../lambda/money/pricing';
import type { Consumed } from '../../../../lambda/proxy/after/estimate';
import { estimatedInput, estimatedOutput, estimatedTools, mostOutputOf } from '../../../../lambda/proxy/after/estimate';
import { type Loss, lostAttempt, settle, settleLost } from '../../../../lambda/proxy/after/settle';
import { openTrace, type Trace } from '../../../../lambda/proxy/after/trace';
import type { BoundedCall } from '../../../../lambda/proxy/before/call';
import type { Gateway } from '../../../../lambda/proxy/gateway';
import type { Usage } from '../../../../lambda/wire/model/usage';
import { OPERATIONS } from '../../../../lambda/wire/operations';
import { wav } from '../../../support/pictures';
import { bookOf } from '../../../support/prices';

/** What a call is charged, from what became known of it to what is told the ledger: 1,000 nano-USD a token in, 2,000 out, by default. */

const NAME = 'p/m';
const LOST: Loss = { writingMs: 0, tookMs: 0, complete: false };
const listed = (nanoUsd: bigint): Charge => ({ listNanoUsd: nanoUsd, billedNanoUsd: nanoUsd, costNanoUsd: nanoUsd });
const leaving = (writingMs: number): Loss => ({ ...LOST, writingMs, tookMs: writingMs });
const LINE =
  'm | window=10000 maxOutput=1000 tier:priority=200 tier:flex=50 | input=1 output=2 audioOutput=8 imageOutput=2 call:search=0.001';

function priceOf(line = LINE, kind: 'openai' | 'anthropic' = 'anthropic'): Price {
  const price = createPriceBook(bookOf([kind], line)).lookup({ provider: 'p', kind, model: 'm' }, Date.UTC(2026, 10, 29));
  if (price === undefined) throw new Error('no price');
  return price;
}

interface Options {
  readonly operation?: 'chat' | 'embeddings' | 'count-tokens';
  readonly facts?: Partial<BoundedCall['call']['facts']>;
  readonly body?: object;
  readonly price?: Price | null;
  readonly maxOutputTokens?: number;
  readonly labels?: Record<string, string>;
}

function call({
  operation = 'chat',
  facts = {},
  body = { q: 'hello' },
  price,
  maxOutputTokens = 100,
  labels = {},
}: Options = {}): BoundedCall {
  const known = price === null ? [] : [[NAME, price ?? priceOf()] as const];
  return {
    prices: new Map(known),
    maxOutputTokens,
    call: {
      targets: [],
      operation: OPERATIONS[operation],
      dialect: {},
      configuration: { document: {} },
      document: { bytes: Buffer.from(JSON.stringify(body)), value: body },
      facts: { model: 'm', choices: 1, media: [], toolUses: [], ...facts },
      options: { labels },
    },
  } as unknown as BoundedCall;
}

async function charged(
  bounded: BoundedCall,
  consumed: Partial<Consumed>,
  prepare: (trace: Trace) => void = () => undefined,
  finish: 'settle' | 'settleLost' = 'settle',
) {
  const logged: { event: string; fields: Record<string, unknown> }[] = [];
  const gateway = {
    log: { write: (_level: string, event: string, fields: object) => logged.push({ event, fields: { ...fields } }) },
    clock: { now: () => 0, monotonic: () => 5_000.4 },
  } as unknown as Gateway;
  const trace = openTrace('id', { arrivedMs: 1_000 } as never);
  trace.provider = 'p';
  trace.requestModel = 'm';
  prepare(trace);
  let settled: Outcome | undefined;
  let released: Outcome | undefined;
  const reservation = {
    settle: async (outcome: Outcome) => {
      settled = outcome;
    },
    release: async (outcome: Outcome) => {
      released = outcome;
    },
  } as unknown as Reservation;
  const whole: Consumed = { usage: undefined, writtenTokens: () => 0, complete: true, writingMs: 0, silentMs: 0, ...consumed };
  if (finish === 'settle') await settle(gateway, bounded, reservation, trace, whole);
  else await settleLost(gateway, bounded, reservation, trace);
  return { settled, released, trace, logged, cost: settled?.costNanoUsd, usage: settled?.usage };
}

const REPORT: Usage = { inputTokens: 30, outputTokens: 7 };

describe('R15 a report that can be true is charged as it is', () => {
  test('R15 tokens at their rates, with the edition of the price that they were charged by', async () => {
    const { settled, trace } = await charged(call(), { usage: REPORT });
    expect(settled).toMatchObject({
      costNanoUsd: 44_000n,
      usage: REPORT,
      priceVersion: 'test',
      priceSource: 'book',
      provider: 'p',
      requestModel: 'm',
    });
    expect(settled?.usage).toEqual(REPORT);
    expect(trace).toMatchObject({ costNanoUsd: 44_000n, usage: REPORT, priceSource: 'book', usageAnomaly: false });
  });

  test('R15 embeddings report no output', async () => {
    const { usage, cost } = await charged(call({ operation: 'embeddings', maxOutputTokens: 0 }), { usage: { inputTokens: 30 } });
    expect([usage, cost]).toEqual([{ inputTokens: 30 }, 30_000n]);
  });

  test('R15 counting tokens costs nothing and uses nothing, whatever is reported', async () => {
    const { usage, cost } = await charged(call({ operation: 'count-tokens' }), { usage: REPORT });
    expect([usage, cost]).toEqual([undefined, 0n]);
  });

  test('R15 a call without a price costs nothing, and its report is kept', async () => {
    const { usage, cost, settled } = await charged(call({ price: null }), { usage: REPORT });
    expect([usage, cost, settled?.priceVersion, settled?.priceSource]).toEqual([REPORT, 0n, undefined, undefined]);
  });

  test('R15 a model that nobody priced costs the ceiling, and that is told', async () => {
    const { cost, trace } = await charged(call({ price: ceilingPrice(77n) }), { usage: REPORT });
    expect([cost, trace.priceSource]).toEqual([77n, 'ceiling']);
  });

  test('R15 what lost attempts may cost comes on top', async () => {
    const { cost, trace } = await charged(call(), { usage: REPORT }, ({ lost }) => {
      lost.push({ provider: 'x', model: 'y', usage: {}, charge: listed(5n) }, { provider: 'x', model: 'y', usage: {}, charge: listed(6n) });
    });
    expect([cost, trace.costNanoUsd]).toEqual([44_011n, 44_011n]);
  });

  test.each([
    [{ inputTokens: 0, outputTokens: 0 }, 1],
    [{ inputTokens: 0, outputTokens: 1 }, 0],
    [{ inputTokens: 1, outputTokens: 0 }, 0],
  ])('R15 a report of nothing at all is odd, and the log says so: %j', async (usage, lines) => {
    const { logged } = await charged(call(), { usage });
    expect(logged.map(({ event }) => event)).toEqual(Array.from({ length: lines }, () => 'usage-zero'));
    if (lines === 1) expect(logged[0]?.fields).toEqual({ requestId: 'id', provider: 'p', model: 'm' });
  });
});

describe('R15 tiers', () => {
  test.each([
    ['as asked for and reported', 'priority', 'priority', 88_000n],
    ['a dearer one that nobody could choose is not believed', 'priority', undefined, undefined],
    ['a cheaper one as reported', 'flex', 'priority', 22_000n],
    ['the dearer one that was asked for, where none is reported', undefined, 'priority', 88_000n],
    ['not the cheaper one that was asked for', undefined, 'flex', 44_000n],
    ['none', undefined, undefined, 44_000n],
  ])('R15 %s', async (_what, reported, asked, cost) => {
    const facts = asked === undefined ? {} : { serviceTier: asked };
    const usage = reported === undefined ? REPORT : { ...REPORT, serviceTier: reported };
    const { cost: charge, usage: recorded } = await charged(call({ facts }), { usage });
    if (cost === undefined) return expect(recorded?.estimated).toBe(true);
    expect(charge).toBe(cost);
    // Estimates and lost attempts go by the same tier.
    const lost = lostAttempt(call({ facts }), { provider: { id: 'p', definition: {} }, model: 'm', name: NAME } as never, usage, LOST);
    expect(lost.charge.costNanoUsd).toBe(cost);
  });
});

test('R15 a tier that costs the list price is not on the record unless it was reported', async () => {
  const asked = (serviceTier: string, price?: null) =>
    charged(call({ facts: { serviceTier }, ...(price === null ? { price } : {}) }), { usage: REPORT });
  expect((await asked('standard')).usage).toStrictEqual(REPORT);
  expect((await asked('priority', null)).usage).toStrictEqual(REPORT);
  expect((await asked('priority')).usage).toStrictEqual({ ...REPORT, serviceTier: 'priority' });
  const estimated = await charged(call({ facts: { serviceTier: 'standard' } }), { writtenTokens: () => 3 });
  expect(Object.keys(estimated.usage ?? {}).sort()).toEqual(['estimated', 'inputTokens', 'outputTokens']);
  const lost = lostAttempt(call(), { provider: { id: 'p', definition: {} }, model: 'm', name: NAME } as never, REPORT, LOST);
  expect(Object.keys(lost.usage).sort()).toEqual(['estimated', 'inputTokens', 'outputTokens']);
});

describe('R15 a report that cannot be true is charged by estimate, and told', () => {
  test('R15 more output than the model can write', async () => {
    const { usage, cost, trace, logged } = await charged(call(), {
      usage: { inputTokens: 30, outputTokens: 1_001 },
      writtenTokens: () => 9,
    });
    expect(usage).toMatchObject({ outputTokens: 9, estimated: true });
    expect(usage?.inputTokens).not.toBe(30);
    expect(cost).toBe(BigInt(usage?.inputTokens ?? 0) * 1_000n + 18_000n);
    expect(trace.usageAnomaly).toBe(true);
    expect(logged).toEqual([{ event: 'usage-anomaly', fields: { requestId: 'id', provider: 'p', model: 'm', reason: 'outputTokens' } }]);
  });

  test('R15 a name of any length is cut in the log', async () => {
    const unit = 'u'.repeat(100);
    const { logged } = await charged(call(), { usage: { ...REPORT, toolCalls: { [unit]: 1 } } });
    expect(logged[0]?.fields['reason']).toBe('u'.repeat(64));
  });
});

describe('R15 what is not reported is estimated', () => {
  test.each([
    ['nothing', undefined, true],
    ['input alone', { inputTokens: 30 }, true],
    ['output alone', { outputTokens: 7 }, true],
    ['all, of an answer that was cut', REPORT, false],
  ])('R15 reported: %s', async (_what, usage, complete) => {
    const { usage: final } = await charged(call(), { usage, complete, writtenTokens: () => 5 });
    expect(final).toEqual({
      inputTokens: usage?.inputTokens ?? estimatedInput(call().call, priceOf(), 'm'),
      outputTokens: Math.max(5, usage?.outputTokens ?? 0),
      estimated: true,
    });
  });

  test('R15 tools that were asked for are charged by their most where nobody counted them, free ones never', async () => {
    const toolUses = [
      { unit: 'search', most: 3 },
      { unit: 'search', most: 2 },
      { unit: 'code_execution', most: 4 },
      { unit: 'fetch', most: 9, free: true },
    ];
    expect(estimatedTools(call({ facts: { toolUses } }).call, priceOf())).toEqual({ search: 5, code_execution: 1 });
    expect(estimatedTools(call({ facts: { toolUses: [{ unit: 'fetch', most: 9, free: true }] } }).call, priceOf())).toBeUndefined();
    expect(estimatedTools(call().call, priceOf())).toBeUndefined();

    const { usage } = await charged(call({ facts: { toolUses } }), {});
    expect(usage?.toolCalls).toEqual({ search: 5, code_execution: 1 });
    const counted = await charged(call({ facts: { toolUses } }), { usage: { toolCalls: { search: 1, fetch: 2 } } });
    expect(counted.usage?.toolCalls).toEqual({ search: 1 });
    const whole = await charged(call({ facts: { toolUses } }), { usage: { ...REPORT, toolCalls: { fetch: 2 } } });
    expect(whole.usage).toEqual(REPORT);
    const kept = await charged(call({ facts: { toolUses } }), { usage: { ...REPORT, toolCalls: { search: 2 } } });
    expect([kept.usage?.toolCalls, kept.cost]).toEqual([{ search: 2 }, 44_000n + 2_000_000n]);
  });

  test('R15 a token is never shorter than a byte, a prompt never longer than the window', () => {
    const input = (body: object, price?: Price) => estimatedInput(call({ body }).call, price, 'gpt-5');
    const prose = { q: 'Tell me something about the weather of today, please.' };
    expect(input(prose)).toBe(estimateTokens(JSON.stringify(prose), 'openai'));
    const signs = { q: '<>'.repeat(500) };
    expect(input(signs)).toBeLessThanOrEqual(Buffer.byteLength(JSON.stringify(signs)));
    expect(estimatedInput(call({ body: { q: '?' } }).call, undefined, 'claude-x')).toBeLessThanOrEqual(9);
    expect(input({ q: 'word '.repeat(20_000) }, priceOf())).toBe(10_000);
  });

  test('R15 pictures and recordings are counted by their makers’ rules, not as text', () => {
    const base64 = 'QUJD'.repeat(1_000);
    const text = { q: 'hello', long: 'x'.repeat(5_000) };
    const bare = estimatedInput(call({ body: { ...text, a: '', b: '' } }).call, undefined, 'm');
    for (const url of [base64, `data:image/png;base64,${base64}`]) {
      const bounded = call({ body: { ...text, a: url, b: url }, facts: { media: [{ kind: 'image', base64 }] } });
      expect(estimatedInput(bounded.call, undefined, 'm')).toBe(bare);
      const priced = { ...priceOf(), contextWindow: 1_000_000 };
      expect(estimatedInput(bounded.call, priced, 'm')).toBeGreaterThan(bare + 1_000);
    }
    const sound = wav(12);
    const audio = call({ body: { ...text, a: sound, b: '' }, facts: { media: [{ kind: 'audio', base64: sound }] } });
    // 12 seconds and a part of one by its bytes, of 32 tokens each, and the 64 around them.
    expect(estimatedInput(audio.call, priceOf(), 'm')).toBe(bare + 13 * 32 + 64);
    const fetched = call({ body: { ...text, a: '', b: '' }, facts: { media: [{ kind: 'image' }] } });
    expect(estimatedInput(fetched.call, undefined, 'm')).toBe(bare);
  });
});

describe('R15 what was written is estimated', () => {
  const written = (consumed: Partial<Consumed>, options: Options = {}) => {
    const bounded = call(options);
    const whole: Consumed = { usage: undefined, writtenTokens: () => 0, complete: false, writingMs: 0, silentMs: 0, ...consumed };
    return estimatedOutput(bounded, options.price === null ? undefined : (options.price ?? priceOf()), whole);
  };

  test.each<readonly [string, Partial<Consumed>, number]>([
    ['what came', { writtenTokens: () => 9 }, 9],
    ['what was reported, where that is more', { writtenTokens: () => 9, usage: { outputTokens: 12 } }, 12],
    ['no more than the cap', { writtenTokens: () => 900 }, 100],
    ['what may have been written since the caller left, at 400 tokens a second', { writtenTokens: () => 9, writingMs: 100 }, 40],
    ['what came, where that is more', { writtenTokens: () => 50, writingMs: 100 }, 50],
    ['silence of a model that shows what it thinks', { writtenTokens: () => 9, silentMs: 100 }, 9],
  ])('R15 %s', (_what, consumed, tokens) => {
    expect(written(consumed)).toEqual({ outputTokens: tokens });
  });

  test('R15 a model that reasons unseen may have done so before its first word', () => {
    const reasons: Price = { ...priceOf(), place: { kind: 'openai', model: 'gpt-5' } };
    expect(written({ writtenTokens: () => 9, silentMs: 100 }, { price: reasons })).toEqual({ outputTokens: 49 });
    expect(written({ writtenTokens: () => 9, silentMs: 100, writingMs: 50 }, { price: reasons })).toEqual({ outputTokens: 40 });
  });

  test('R15 choices are written side by side', () => {
    const options = { facts: { choices: 3 }, maxOutputTokens: 10_000 };
    expect(written({ writingMs: 100 }, options)).toEqual({ outputTokens: 120 });
    expect(mostOutputOf(call(options), priceOf())).toBe(3_000);
    expect(mostOutputOf(call(options), undefined)).toBe(10_000);
  });

  test('R15 sound and pictures are charged by the cap, in their own class', () => {
    const audio = { facts: { modalities: ['audio'] } };
    expect(written({ writtenTokens: () => 3 }, audio)).toEqual({ outputTokens: 100, audioOutputTokens: 100 });
    const price = priceOf('m || input=1 output=2 imageOutput=8');
    expect(written({ writtenTokens: () => 3 }, { price })).toEqual({ outputTokens: 100, imageOutputTokens: 100 });
    expect(written({ writtenTokens: () => 3 }, { price: null })).toEqual({ outputTokens: 3 });
  });
});

describe('R15 a lost attempt', () => {
  const TARGET = { provider: { id: 'p', definition: {} }, model: 'm', name: NAME } as never;
  const input = estimatedInput(call().call, priceOf(), 'm');

  test('R15 costs its input, as reported or by estimate, and what was reported of its answer', () => {
    expect(lostAttempt(call(), TARGET, undefined, LOST)).toEqual({
      provider: 'p',
      model: 'm',
      usage: { inputTokens: input, outputTokens: 0, estimated: true },
      charge: listed(BigInt(input) * 1_000n),
    });
    const reported = {
      inputTokens: 33,
      cacheReadInputTokens: 3,
      outputTokens: 50,
      reasoningOutputTokens: 9,
      audioOutputTokens: 9,
      imageOutputTokens: 9,
      billedOutputTokens: 50,
      toolCalls: { search: 1 },
    };
    const audio = call({ facts: { modalities: ['audio'], toolUses: [{ unit: 'search', most: 2 }] } });
    const { billedOutputTokens, ...tokens } = reported;
    expect(lostAttempt(audio, TARGET, reported, LOST).usage).toEqual({ ...tokens, estimated: true });
    expect(lostAttempt(audio, TARGET, reported, { ...LOST, complete: true }).usage).toEqual(reported);
  });

  test('R15 costs what can have been written unseen: a whole answer, or what a model thinks before its stream begins', () => {
    const took = { ...LOST, tookMs: 100 };
    const at = (answer: string, model = 'm') => {
      const bounded = call({ price: { ...priceOf(), place: { kind: 'openai', model } } as never });
      return lostAttempt({ ...bounded, call: { ...bounded.call, answer } } as never, TARGET, undefined, took).usage.outputTokens;
    };
    expect([at('json'), at('bytes'), at('sse'), at('sse', 'o3')]).toEqual([40, 40, 0, 40]);
  });

  test('R15 of a caller who left costs what may have been written, and the tools', () => {
    const bounded = call({ facts: { toolUses: [{ unit: 'search', most: 2 }] } });
    expect(lostAttempt(bounded, TARGET, { inputTokens: 33 }, leaving(100))).toMatchObject({
      usage: { inputTokens: 33, outputTokens: 40, toolCalls: { search: 2 } },
      charge: listed(33_000n + 80_000n + 2_000_000n),
    });
    expect(lostAttempt(bounded, TARGET, { inputTokens: 33, toolCalls: { search: 1 } }, leaving(100)).usage.toolCalls).toEqual({
      search: 1,
    });
    expect(lostAttempt(bounded, TARGET, { inputTokens: 33 }, leaving(10_000)).usage.outputTokens).toBe(100);
    expect(lostAttempt(bounded, TARGET, { inputTokens: 33 }, LOST).usage).not.toHaveProperty('toolCalls');
  });

  test('R15 is counted as the model counts that was asked, not as the one that was asked for', () => {
    const claude = { provider: { id: 'p', definition: {} }, model: 'claude-x', name: NAME } as never;
    const long = call({ body: { q: 'hello there '.repeat(30) } });
    const counted = estimatedInput(long.call, priceOf(), 'claude-x');
    expect(counted).toBeGreaterThan(estimatedInput(long.call, priceOf(), 'm'));
    expect(lostAttempt(long, claude, undefined, LOST).usage.inputTokens).toBe(counted);
  });

  test('R15 whose report cannot be true costs what is estimated', () => {
    expect(lostAttempt(call(), TARGET, { inputTokens: 1e12 }, LOST).usage.inputTokens).toBe(input);
  });

  test('R15 may have been looked at by a guardrail of its provider’s, by every policy', () => {
    const guarded = { provider: { id: 'p', definition: { isGuarded: () => true } }, model: 'm', name: NAME } as never;
    const { usage } = lostAttempt(call(), guarded, undefined, LOST);
    expect(usage.guardrailUnits).toEqual({ any: 1 });
  });

  test('R15 without a price costs nothing', () => {
    expect(lostAttempt(call({ price: null }), TARGET, { inputTokens: 1e12 }, LOST)).toMatchObject({
      charge: listed(0n),
      usage: { inputTokens: 1e12 },
    });
  });
});

describe('R15 a call that nobody answered', () => {
  test('R15 is charged its lost attempts, and is told as the last of them', async () => {
    const prepare = (trace: Trace) => {
      trace.provider = 'refused';
      trace.lost.push(
        { provider: 'x', model: 'y', usage: { inputTokens: 1 }, charge: listed(5n) },
        { provider: 'x', model: 'y', usage: {}, charge: listed(7n) },
        { provider: 'p', model: 'm', usage: REPORT, charge: listed(6n) },
      );
    };
    const { settled, released, trace } = await charged(call(), {}, prepare, 'settleLost');
    expect(released).toBeUndefined();
    expect(settled).toMatchObject({ costNanoUsd: 18n, usage: REPORT, provider: 'p', requestModel: 'm', priceSource: 'book' });
    expect(trace).toMatchObject({ provider: 'p', requestModel: 'm', costNanoUsd: 18n });
  });

  test('R15 and lost nothing is given everything back', async () => {
    const { settled, released } = await charged(call(), {}, () => undefined, 'settleLost');
    expect(settled).toBeUndefined();
    expect(released).toMatchObject({ costNanoUsd: 0n, provider: 'p' });
    expect(released?.usage).toBeUndefined();
  });
});

test('R15 what the record says of a call, and what it leaves out', async () => {
  const full = await charged(call({ labels: { a: 'b' } }), { usage: REPORT }, (trace) => {
    Object.assign(trace, { status: 200, outcome: 'ok', responseModel: 'r', finishReason: 'stop', incomplete: true, malformedEvents: 2 });
    Object.assign(trace, { firstByteMs: 1_250.4, firstSendMs: 1_010.04, endedMs: 1_900.6 });
    trace.attempts.push({ provider: 'p' } as never);
  });
  expect(full.settled).toMatchObject({
    status: 200,
    outcome: 'ok',
    responseModel: 'r',
    finishReason: 'stop',
    incomplete: true,
    malformedEvents: 2,
    latencyMs: 901,
    timeToFirstChunkMs: 250,
    overheadMs: 10,
    labels: { a: 'b' },
    attempts: [{ provider: 'p' }],
  });
  const bare = await charged(call(), { usage: REPORT });
  expect(bare.settled).toMatchObject({ latencyMs: 4_000, overheadMs: 0 });
  for (const field of ['incomplete', 'malformedEvents', 'timeToFirstChunkMs', 'labels'] as const)
    expect(bare.settled?.[field]).toBeUndefined();
});

test('R15 a prompt is estimated as it was sent, without any of its pictures', () => {
  const estimate = (bytes: string, media: string[] = []) => {
    const { document, facts, ...rest } = call().call;
    const value = JSON.parse(bytes);
    const sent = { ...rest, facts: { ...facts, media: media.map((base64) => ({ kind: 'document', base64 })) } };
    return estimatedInput({ ...sent, document: { ...document, bytes: Buffer.from(bytes), value } } as never, undefined, 'm');
  };
  const body = { q: 'hello '.repeat(50), list: [1, 2, 3] };
  expect(estimate(JSON.stringify(body, null, 8))).toBe(estimateTokens(JSON.stringify(body, null, 8), 'other'));
  const [short, long] = ['QUJD'.repeat(40), 'REVG'.repeat(900)];
  const pictured = JSON.stringify({ ...body, pictures: [short, `data:image/png;base64,${long}`] });
  expect(estimate(pictured, [short, long])).toBe(estimateTokens(JSON.stringify({ ...body, pictures: ['', ''] }), 'other'));
});

test('R15 a prompt is counted as the model counts that answered', async () => {
  const long = call({ body: { q: 'hello there '.repeat(30) } });
  const { usage } = await charged(long, { complete: false }, (trace) => {
    trace.requestModel = 'claude-x';
  });
  expect(usage?.inputTokens).toBe(estimatedInput(long.call, priceOf(), 'claude-x'));
  expect(usage?.inputTokens).toBeGreaterThan(estimatedInput(long.call, priceOf(), 'm'));
});

test('R15 tools of a call without a price are counted all the same', () => {
  expect(estimatedTools(call({ price: null, facts: { toolUses: [{ unit: 'search', most: 2 }] } }).call, undefined)).toEqual({ search: 2 });
});

describe('R15 a call that is billed in something else than tokens', () => {
  const price = priceOf('m || image=0.04 call=0.01');
  const pictures = (units?: Usage['units']): BoundedCall => {
    const bounded = call({ price, facts: units === undefined ? {} : { units } });
    Object.assign(bounded.call, { operation: { ...OPERATIONS.chat, billedIn: ['image'] } });
    return bounded;
  };

  test('R15 costs what was reported, and the most that it can be where nothing was', async () => {
    const reported = await charged(pictures({ image: 3 }), { usage: { units: { image: 2 } } });
    expect([reported.usage, reported.cost]).toEqual([{ units: { image: 2 } }, 90_000_000n]);
    const silent = await charged(pictures({ image: 3 }), {});
    expect([silent.usage, silent.cost]).toEqual([{ units: { image: 3 }, estimated: true }, 130_000_000n]);
    const plain = await charged(pictures(), {});
    expect([plain.usage, plain.cost]).toEqual([{ estimated: true }, 10_000_000n]);
  });
});
