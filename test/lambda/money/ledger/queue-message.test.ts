import fc from 'fast-check';
import { type QueuedWork, readQueued, settlementQueue, writeQueued } from '../../../../lambda/money/ledger';
import { usageRecord } from '../../../support/usage-record';

const amount = fc.bigInt(0n, 10n ** 30n - 1n);
const held = fc.record({
  key: fc.string(),
  entry: fc.record({
    nanoUsd: amount,
    heardByMs: fc.nat(),
    expiresAtMs: fc.nat(),
    starts: fc.dictionary(fc.constantFrom('month', 'lifetime', 'day.7'), fc.nat()),
    slot: fc.boolean(),
    tokens: fc.record({ minute: fc.record({ startMs: fc.nat(), amount: fc.nat() }) }, { requiredKeys: [] }),
  }),
});
const work = fc
  .record({
    kind: fc.constantFrom('settle' as const, 'unsent' as const),
    state: fc.constantFrom('settled' as const, 'void' as const),
    costNanoUsd: amount,
    boundNanoUsd: amount,
    held: fc.array(held, { maxLength: 3 }),
  })
  .map(({ kind, state, costNanoUsd, boundNanoUsd, held: pages }): QueuedWork => {
    const record = { ...usageRecord({ id: 'a', costNanoUsd, boundNanoUsd, usage: { inputTokens: 4 } }), state };
    return { kind, record, held: pages };
  });
/** Nothing that could stand for a field of a message. */
const wrong = fc.constantFrom<unknown>(undefined, null, true, 4, {}, '', '-4', '4.5', '0x4', ' 4', '4e3', '1'.repeat(31));

test('R15 what is queued is read back as it was written, to the nano-dollar', () => {
  fc.assert(
    fc.property(work, (one) => {
      expect(readQueued(JSON.parse(writeQueued(one)))).toEqual(one);
    }),
  );
});

test.each(['kind', 'record', 'held', 'state', 'costNanoUsd', 'pages'])('R15 a message whose %s is not one is not read', (field) => {
  fc.assert(
    fc.property(work, wrong, (one, value) => {
      const message = JSON.parse(writeQueued(one));
      if (field in message) message[field] = value;
      else message.record[field] = value;
      expect(readQueued(message)).toBeUndefined();
    }),
  );
});

test.each(['key', 'entry', 'nanoUsd', 'heardByMs', 'expiresAtMs', 'starts', 'slot', 'tokens'])(
  'R15 a message of a page whose %s is not one is not read',
  (field) => {
    const entry = { nanoUsd: '4', heardByMs: 1, expiresAtMs: 2, starts: { month: 0 }, slot: false, tokens: {} };
    const whole = (one: object) => ({ ...JSON.parse(writeQueued({ kind: 'settle', record: RECORD, held: [] })), held: [one] });
    expect(readQueued(whole({ key: 'page#key#k1#*', entry }))?.held).toHaveLength(1);
    for (const value of [undefined, null, 'x', -1n]) {
      const text = field === 'key' && value === 'x';
      const damaged =
        field === 'key' || field === 'entry' ? { key: 'k', entry, [field]: value } : { key: 'k', entry: { ...entry, [field]: value } };
      if (!text) expect(readQueued(whole(damaged))).toBeUndefined();
    }
  },
);

const RECORD = { ...usageRecord({ id: 'a' }), state: 'settled' as const };

test('R15 what is no object is no message', () => {
  for (const message of [undefined, null, 'settle', 4, true, []]) expect(readQueued(message)).toBeUndefined();
});

test('R15 a queue of text is given what can be read back', async () => {
  const sent: string[] = [];
  const one: QueuedWork = { kind: 'settle', record: RECORD, held: [] };
  await settlementQueue({ send: async (message) => void sent.push(message) }).send(one);
  expect(sent.map((message) => readQueued(JSON.parse(message)))).toEqual([one]);
});
