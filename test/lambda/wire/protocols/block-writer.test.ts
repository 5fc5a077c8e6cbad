import fc from 'fast-check';
import type { StreamEvent } from '../../../../lambda/wire/model/response';
import type { BlockStep } from '../../../../lambda/wire/protocols/block-writer';
import { BlockWriter } from '../../../../lambda/wire/protocols/block-writer';
import { checkWellFormed, factsOfEvents } from '../../../support/recorded';

function run(steps: readonly (readonly [number, BlockStep])[]): StreamEvent[] {
  const writer = new BlockWriter();
  const events = steps.flatMap(([key, step]) => writer.write(key, step));
  return [{ type: 'start' }, ...events, ...writer.closeAll(), { type: 'end' }];
}

describe('BlockWriter', () => {
  test('renumbers interleaved tool calls and cuts none in two', () => {
    const events = run([
      [0, { kind: 'tool', id: 'a', name: 'one' }],
      [0, { kind: 'arguments', text: '{"x":' }],
      [1, { kind: 'tool', id: 'b', name: 'two' }],
      [1, { kind: 'arguments', text: '{"y":2}' }],
      [0, { kind: 'arguments', text: '1}' }],
      [1, { kind: 'stop' }],
      [0, { kind: 'stop' }],
    ]);

    expect(factsOfEvents(events).toolCalls).toEqual([
      { id: 'a', name: 'one', args: { x: 1 } },
      { id: 'b', name: 'two', args: { y: 2 } },
    ]);
  });

  test('a tool call without arguments has empty ones', () => {
    const events = run([
      [0, { kind: 'tool', id: 'a', name: 'one' }],
      [0, { kind: 'arguments', text: '' }],
    ]);

    expect(factsOfEvents(events).toolCalls).toEqual([{ id: 'a', name: 'one', args: {} }]);
  });

  test('keeps signatures and redacted reasoning for the end of their block', () => {
    const signature = { protocol: 'bedrock-converse' as const, value: 's' };
    const events = run([
      [0, { kind: 'reasoning', text: 'hm' }],
      [0, { kind: 'signature', signature }],
      [1, { kind: 'redacted', redacted: signature }],
      [2, { kind: 'text', text: 'hi' }],
    ]);

    expect(events.filter((event) => event.type === 'reasoning-end')).toEqual([
      { type: 'reasoning-end', choice: 0, block: 0, signature },
      { type: 'reasoning-end', choice: 0, block: 1, redacted: signature },
    ]);
  });

  test('is well formed whatever comes in, and loses no text', () => {
    const step: fc.Arbitrary<BlockStep> = fc.oneof(
      fc.record({ kind: fc.constant('text' as const), text: fc.string({ maxLength: 3 }) }),
      fc.record({ kind: fc.constant('reasoning' as const), text: fc.string({ maxLength: 3 }) }),
      fc.record({ kind: fc.constant('tool' as const), id: fc.constantFrom('a', 'b'), name: fc.constant('t') }),
      fc.record({ kind: fc.constant('stop' as const) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 3 }), step), { maxLength: 30 }), (steps) => {
        const events = run(steps);

        checkWellFormed(events);
        const wanted = steps.flatMap(([, { ...given }]) => (given.kind === 'text' ? [...given.text] : [])).sort();
        expect([...factsOfEvents(events).text].sort()).toEqual(wanted);
      }),
    );
  });
});
