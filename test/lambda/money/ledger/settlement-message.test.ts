import fc from 'fast-check';
import { readQueued, settlementQueue, writeQueued } from '../../../../lambda/money/ledger';

const amount = fc.bigInt(0n, 10n ** 30n - 1n);
const settlement = fc.record({
  attemptId: fc.uuid(),
  kind: fc.constantFrom('settle' as const, 'release' as const),
  result: fc.record(
    { costNanoUsd: amount, status: fc.nat(599), outcome: fc.string(), usage: fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() }) },
    { requiredKeys: ['costNanoUsd'] },
  ),
});
const unsent = fc.record({
  attemptId: fc.uuid(),
  kind: fc.constant('unsent' as const),
  outcome: fc.string(),
  counters: fc.array(fc.record({ counter: fc.string(), nanoUsd: amount }), { maxLength: 4 }),
  expiresAtMs: fc.nat(),
});
/** Nothing that could stand for a field of a message. */
const wrong = fc.constantFrom<unknown>(undefined, null, true, 4, {}, [], '', '-4', '4.5', '0x4', ' 4', '4e3', '1'.repeat(31));

test('R15 what is queued is read back as it was written, to the nano-dollar', () => {
  fc.assert(
    fc.property(fc.oneof(settlement, unsent), (work) => {
      expect(readQueued(JSON.parse(writeQueued(work)))).toEqual(work);
    }),
  );
});

test.each([['costNanoUsd'], ['kind'], ['attemptId']])('R15 a settlement whose %s is not one is not read', (field) => {
  fc.assert(
    fc.property(settlement, wrong, (work, value) => {
      const message = JSON.parse(writeQueued(work));
      if (field === 'costNanoUsd') message.result.costNanoUsd = value;
      else message[field] = value;
      if (field === 'attemptId' && typeof value === 'string') return;
      expect(readQueued(message)).toBeUndefined();
    }),
  );
});

test('R15 a settlement without a result is not read', () => {
  for (const result of [undefined, null, 'x', 4]) expect(readQueued({ attemptId: 'a', kind: 'settle', result })).toBeUndefined();
});

test.each(['outcome', 'counters', 'expiresAtMs', 'counter', 'nanoUsd'])(
  'R15 what was not sent is not read when its %s is not one',
  (field) => {
    const whole = { attemptId: 'a', kind: 'unsent', outcome: 'x', counters: [{ counter: 'c', nanoUsd: '4' }], expiresAtMs: 5 };
    expect(readQueued(whole)).toEqual({ ...whole, counters: [{ counter: 'c', nanoUsd: 4n }] });
    for (const value of [undefined, null, true, {}, -1n]) {
      const inner = field === 'counter' || field === 'nanoUsd';
      const damaged = inner ? { ...whole, counters: [{ ...whole.counters[0], [field]: value }] } : { ...whole, [field]: value };
      expect(readQueued(damaged)).toBeUndefined();
    }
  },
);

test('R15 what is no object is no message', () => {
  for (const message of [undefined, null, 'settle', 4, true, []]) expect(readQueued(message)).toBeUndefined();
});

test('R15 a queue of text is given what can be read back, and how long to wait', async () => {
  const sent: [string, number | undefined][] = [];
  const queue = settlementQueue({ send: async (message, delaySeconds) => void sent.push([message, delaySeconds]) });
  const work = { attemptId: 'a', kind: 'release', result: { costNanoUsd: 7n } } as never;
  await queue.send(work);
  await queue.send(work, 30);
  expect(sent.map(([message, delay]) => [readQueued(JSON.parse(message)), delay])).toEqual([
    [work, undefined],
    [work, 30],
  ]);
});
