import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../lambda/core/model/json';
import type { Frame } from '../../../../lambda/core/protocols/protocol';
import { checkBlocks, DIALECTS, decode, encode, framesOf } from '../../../support/answer-grid';
import { readStream } from '../../../support/answers';
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

/** The data with one of its values, however deep, of another type or gone. */
function withOtherValue(data: string, inside: number, kind: string): string {
  let body: JsonValue;
  try {
    body = JSON.parse(data) as JsonValue;
  } catch {
    return data;
  }
  const places: [Record<string, JsonValue | undefined>, string][] = [];
  const visit = (value: JsonValue | undefined): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const name of Object.keys(value)) {
      places.push([value as JsonObject & Record<string, JsonValue | undefined>, name]);
      visit((value as JsonObject)[name]);
    }
  };
  visit(body);
  const place = places[inside % Math.max(1, places.length)];
  if (place === undefined) return data;
  const [owner, name] = place;
  if (kind === 'remove' && !Array.isArray(owner)) delete owner[name];
  else owner[name] = kind === 'number' ? 7 : kind === 'list' ? ['x', { text: 'y' }] : null;
  return JSON.stringify(body);
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
      for (const frame of received) expect(meter?.observe(frame).kind ?? 'forward').toMatch(/^(forward|preamble|drop|error)$/);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 20) },
  );
});
