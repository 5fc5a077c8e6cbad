import { Tape } from '../../../lambda/guardrails/managed-tape';
import { questionsOf } from '../../../lambda/guardrails/services/questions';
import { merged, replacedIn, withReplaced } from '../../../lambda/guardrails/services/spans';
import type { StreamEvent } from '../../../lambda/wire/model';
import type { Random } from '../random';
import { check, type Reader } from '../reader';

/** The pattern that stands in for a service is slow. */
const MOST_BYTES = 600;
const MASK = '{EMAIL}';
const ADDRESS = /[a-z]+@[a-z]+/g;

/** What services that look at texts are shown, and what they answer. */
export const serviceReaders: readonly Reader[] = [
  {
    name: 'service-masks',
    about: 'texts as services mask them, and streams that wait for their verdicts',
    files: [
      'lambda/guardrails/managed-tape.ts',
      'lambda/guardrails/services/asked-guard.ts',
      'lambda/guardrails/services/questions.ts',
      'lambda/guardrails/services/spans.ts',
    ],
    samples: () => ['write to bob@example or to jane@example now', 'a@b a@b {EMAIL} a@b', '{"to": "bob\\u0040example", "n": "\\\\"}'],
    words: [MASK, 'bob@example', '\\u0040', '\\', '"', '\u{1f600}', ' '],
    stepsPerByte: 10_000,
    read: (input, random) => {
      const text = input.toString('utf8', 0, MOST_BYTES);
      readMasks(text, random);
      readQuestions(text, random);
      readTape(text, random);
    },
  },
];

/** However something is masked, what was replaced gives it again. */
function readMasks(text: string, random: Random): void {
  const half = random.below(text.length + 1);
  for (const masked of [text.replace(ADDRESS, MASK), text.slice(half), text.slice(half) + text.slice(0, half), '']) {
    const replaced = replacedIn(text, masked);
    check(withReplaced(text, replaced) === masked, 'the replacements do not give what was answered');
    check(withReplaced(text, merged(replaced)) === masked, 'they overlap');
  }
}

/** Every character is asked of, in its order, in questions of the size that a service takes. */
function readQuestions(text: string, random: Random): void {
  const limits = { mostTexts: 1 + random.below(3), mostCharacters: 600 + random.below(400) };
  const texts = [text, '', text.repeat(20)];
  const reached = texts.map(() => 0);
  for (const question of questionsOf(texts, limits)) {
    check(question.length <= limits.mostTexts, 'too many texts in a question');
    check(question.reduce((sum, piece) => sum + piece.text.length, 0) <= limits.mostCharacters, 'too long a question');
    for (const { index, start, text: piece } of question) {
      check(texts[index]?.startsWith(piece, start) === true, 'a piece of another text');
      check(start <= (reached[index] as number), 'characters are left out');
      reached[index] = start + piece.length;
    }
  }
  for (const [index, one] of texts.entries()) check(one.trim() === '' || reached[index] === one.length, 'the end is left out');
}

/** What goes on is what came, masked. */
function readTape(text: string, random: Random): void {
  const isJson = random.oneIn(3);
  const tape = new Tape();
  const whole = text.repeat(3);
  for (let at = 0; at < whole.length; ) {
    const size = 1 + random.below(40);
    tape.add({ type: 'text-delta', choice: 0, block: 0, text: whole.slice(at, at + size) }, isJson);
    at += size;
  }
  tape.add({ type: 'text-end', choice: 0, block: 0 }, false);
  const events: StreamEvent[] = [];
  const told = (): string => events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  for (let left = whole.length + 1; !tape.isEmpty; left -= 1) {
    check(left > 0, 'it does not come to an end');
    const isLast = tape.characters <= 600;
    const segments = tape.segments(isLast ? tape.characters : 600);
    const changes = new Map(
      segments
        .filter(({ raw, shown }) => raw === shown)
        .map((segment) => [segment, replacedIn(segment.shown, segment.shown.replace(ADDRESS, MASK))]),
    );
    tape.release(segments, isJson ? new Map() : changes, isLast ? 0 : 250, (event) => events.push(event));
  }
  check(tape.characters === 0, 'characters are left');
  if (isJson) return check(told() === whole, 'what goes on is not what came');
  const isShort = (whole.match(ADDRESS) ?? []).every((address) => address.length < 200);
  check(!isShort || /@[a-z]+@/.test(whole) || told().search(ADDRESS) < 0, 'what is to be masked goes on');
  // Signs that are all alike cannot be told apart, and of addresses in a row it depends on the first where the others begin.
  check(
    !isShort || /@@|[{}]{2}|@[a-z]+@/.test(whole) || told() === whole.replace(ADDRESS, MASK),
    'what goes on is not masked as the whole is',
  );
  check(events.at(-1)?.type === 'text-end', 'the end is lost');
}
