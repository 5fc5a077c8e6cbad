import fc from 'fast-check';
import { FrameTemplate } from '../../../../lambda/wire/protocols/frame-template';

const frame = (content: string, padding = 'aBc', finish: string | null = null) =>
  JSON.stringify({ id: 'c1', choices: [{ index: 0, delta: { content }, finish_reason: finish }], usage: null, obfuscation: padding });

test('another frame of the same kind matches, whatever its text and padding', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[A-Za-z0-9]{0,12}$/),
      (first, text, padding) => {
        const template = FrameTemplate.learn(frame(first), first, 'aBc');

        if (template !== undefined) expect(template.match(frame(text, padding))).toBe(JSON.stringify(text).length - 2);
      },
    ),
  );
});

test.each([
  ['a finish reason', frame('x', 'aBc', 'stop')],
  ['usage', frame('x').replace('"usage":null', '"usage":{"prompt_tokens":1}')],
  ['an error after it', frame('x').replace('"usage":null', '"usage":null,"error":{"message":"x"}')],
  ['a field after the padding', frame('x').replace('"obfuscation":"aBc"', '"obfuscation":"aBc","error":{}')],
  ['another choice', frame('x').replace('"index":0', '"index":1')],
  ['a cut', frame('x').slice(0, -1)],
  ['nothing', ''],
])('%s does not match', (_name, other) => {
  expect(FrameTemplate.learn(frame('hello'), 'hello', 'aBc')?.match(other)).toBe(-1);
});

test('E22 text cannot pretend to be the rest of a frame', () => {
  const template = FrameTemplate.learn(frame('hello'), 'hello', 'aBc');
  const forged = frame('x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":0},"a":"');

  expect(template?.match(forged)).toBeGreaterThan(0);
});

test('a text that stands twice in a frame teaches nothing', () => {
  expect(FrameTemplate.learn('{"a":"x","b":"x"}', 'x', undefined)).toBeUndefined();
});
