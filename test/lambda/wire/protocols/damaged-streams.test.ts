import fc from 'fast-check';
import type { Frame } from '../../../../lambda/wire/protocols/protocol';
import { checkBlocks, DIALECTS, decode, encode, framesOf } from '../../../support/answer-grid';
import { readStream } from '../../../support/answers';
import { withOtherValue } from '../../../support/damage';
import { fixtures, scenarioOf } from '../../../support/fixtures';

/** Streams that a provider, or something between, has damaged: no reader throws, and every caller gets one well-formed stream. */

const streams = fixtures()
  .filter(({ streaming }) => streaming)
  .map(scenarioOf);

type Damage = {
  readonly kind: 'drop' | 'repeat' | 'swap' | 'cut' | 'null' | 'number' | 'list' | 'remove';
  readonly at: number;
  readonly inside: number;
};

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('drop', 'repeat', 'swap', 'cut', 'null', 'number', 'list', 'remove'),
  at: fc.nat(),
  inside: fc.nat(),
});

function damaged(frames: readonly Frame[], { kind, at, inside }: Damage): Frame[] {
  const index = at % frames.length;
  const frame = frames[index] as Frame;
  const instead = (...others: Frame[]) => [...frames.slice(0, index), ...others, ...frames.slice(index + 1)];
  switch (kind) {
    case 'drop':
      return instead();
    case 'repeat':
      return instead(frame, frame);
    case 'swap':
      return [...frames.slice(0, index), ...frames.slice(index, index + 2).reverse(), ...frames.slice(index + 2)];
    case 'cut':
      return instead({ ...frame, data: frame.data.slice(0, inside % (frame.data.length + 1)) });
    default:
      return instead({ ...frame, data: withOtherValue(frame.data, inside, kind) });
  }
}

test.each(streams.map((scenario) => [scenario.id, scenario] as const))('E08 %s, damaged', (_id, scenario) => {
  const frames = framesOf(scenario);
  const meters = () => scenario.protocol.streamMeter?.({ hideUsage: true });

  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
      const received = damages.reduce((left, each) => (left.length === 0 ? left : damaged(left, each)), [...frames]);
      const events = decode(scenario.protocol, received);

      checkBlocks(events);
      for (const dialect of DIALECTS) expect(readStream(dialect.name, encode(dialect, events)).terminals).toHaveLength(1);
      const meter = meters();
      for (const frame of received) expect(meter?.observe(frame).kind ?? 'forward').toMatch(/^(forward|preamble|drop|error|failed)$/);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 20) },
  );
});
