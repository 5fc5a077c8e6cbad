import { createScanner, type LocalRule } from '../../../lambda/guardrails';
import { guardPatternProblem } from '../../../lib/private/contract';
import { Random } from '../../fuzz/random';

const scannerOf = (pattern: string) => createScanner([{ id: 'own', name: 'OWN', action: 'mask', pattern }]);
const found = (pattern: string, text: string): string[] =>
  scannerOf(pattern)
    .scan(text)
    .map(({ start, end }) => text.slice(start, end));

describe('patterns of one’s own', () => {
  test.each([
    ['ACME-[0-9]{6}', 'see ACME-123456, ACME-12345, xACME-0000001', ['ACME-123456', 'ACME-000000']],
    ['\\bACME-\\d{6}\\b', 'see ACME-123456, xACME-123456 ACME-1234567', ['ACME-123456']],
    ['(?i)secret|geheim(?:nis)?', 'A SECRET, a Geheimnis, geheim', ['SECRET', 'Geheimnis', 'geheim']],
    ['(ab|cd){2,3}', 'abcdab abab ab cdcdcdcd', ['abcdab', 'abab', 'cdcdcdcd']],
    ['[^ \\d]x?\\.', 'ax. 1. b.', ['ax.', 'b.']],
    ['a.{0,3}b', 'a12b a1234b ab a\nb', ['a12b', 'ab']],
    ['é{2}', 'cafée e\u0301é', ['ée', 'e\u0301é']],
    ['[а-я]{3}', 'да нет', ['нет']],
    ['x{3}', 'xxxxx', ['xxxxx']],
    ['[A-Z]{2}\\d{2}', 'AB12CD34', ['AB12', 'CD34']],
    ['\\u0041\\x42\\t\\.', 'AB\t.', ['AB\t.']],
  ])('%s', (pattern, text, expected) => {
    expect(guardPatternProblem(pattern)).toBeUndefined();
    expect(found(pattern, text)).toEqual(expected);
  });

  test.each([
    ['a*', 'write {0,20}'],
    ['EMP-\\d+', '"+" at character 7 has no end'],
    ['a{2,}', 'write {2,20}'],
    ['^a', 'texts are read in pieces'],
    ['a$', 'texts are read in pieces'],
    ['(?=a)b', 'nothing looks around'],
    ['(?<n>a)', 'groups have no names'],
    ['(a)\\1', 'refers back'],
    ['a?', 'matches the empty text'],
    ['', 'matches the empty text'],
    ['(a', 'is not closed'],
    ['a)', 'closes no group'],
    ['[a', 'is not closed'],
    ['[]', 'holds no character'],
    ['[b-a]', 'is no range'],
    ['[\\d-z]x', 'is no range'],
    ['[😀]', 'no class can hold'],
    ['a{129}', 'is too long: it has 129 characters'],
    ['(a{1,100}){1,100}', 'is too long: it has 10000 characters'],
    ['a{3,2}', 'at least more than at most'],
    ['a{0}', 'at least more than at most'],
    ['a{x}', 'a brace itself is written'],
    ['a{2}{2}', 'put it into a group'],
    ['a\\bb', 'at the beginning or at the end'],
    ['(a\\b)', 'at the beginning or at the end'],
    ['\\q', 'is no escape that is known'],
    ['a\\', 'ends with a backslash'],
    ['+', 'repeats nothing'],
    [`${'('.repeat(20)}a${')'.repeat(20)}`, 'nested deeper than 16'],
  ])('%s: what is wrong is told', (pattern, problem) => {
    expect(guardPatternProblem(pattern)).toContain(problem);
  });

  test('finds what some match of a backtracking engine covers, in random patterns and texts, in one piece and in several', () => {
    for (let seed = 0; seed < 3_000; seed++) {
      const random = new Random('patterns', seed);
      const pattern = randomPattern(random, 3);
      if (guardPatternProblem(pattern) !== undefined) continue;
      const text = Array.from({ length: random.below(40) }, () => random.pick([...'aabbc1 '])).join('');
      const scanner = scannerOf(pattern);
      const findings = scanner.scan(text);
      const covered = Array.from(text, () => false);
      for (const { start, end } of findings) covered.fill(true, start, end);

      expect({ pattern, text, covered }).toEqual({ pattern, text, covered: coveredByMatches(pattern, text) });

      const held = scanner.open();
      const cut = random.below(text.length + 1);
      const pieces = [held.write(text.slice(0, cut)), held.write(text.slice(cut)), held.end()];
      let offset = 0;
      const inPieces = pieces.flatMap((piece) => {
        const from = offset;
        offset += piece.text.length;
        return piece.findings.map((each) => ({ ...each, start: each.start + from, end: each.end + from }));
      });
      expect({ pattern, text, cut, findings: inPieces }).toEqual({ pattern, text, cut, findings });
    }
  });

  test('what goes on and on is found in parts, and held back for no longer than one', () => {
    const held = scannerOf('[a-z]{1,64}').open();
    let released = 0;
    let most = 0;
    for (let count = 1; count <= 10_000; count++) {
      released += held.write('x').text.length;
      most = Math.max(most, count - released);
    }
    expect(most).toBeLessThanOrEqual(1_024 + 128);
    expect(released + held.end().text.length).toBe(10_000);
  });
});

describe('denied words', () => {
  const rule: LocalRule = {
    id: 'words',
    name: 'codename',
    action: 'block',
    deny: ['Project  Titan', 'titan', 'groß', '机密', 'he', 'hers', 'a-b'],
  };
  const scanner = createScanner([rule]);

  test.each([
    ['About PROJECT\n   titan.', ['PROJECT\n   titan']],
    ['titanium, xtitan, Titan_x', []],
    ['ａｂｏｕｔ Ｔｉｔａｎ', ['Ｔｉｔａｎ']],
    ['T\u200bi\u0301tаn', ['T\u200bi\u0301tаn']],
    ['这是机密文件', ['机密']],
    ['GROß!', ['GROß']],
    ['she hers he', ['hers', 'he']],
    ['xproject titan', ['titan']],
    ['a-b', ['a-b']],
    [`project${' '.repeat(40)}titan`, ['titan']],
  ])('%s', (text, expected) => {
    const findings = scanner.scan(text);
    expect(findings.map(({ start, end }) => text.slice(start, end))).toEqual(expected);
    for (let cut = 0; cut <= text.length; cut++) {
      const held = scanner.open();
      const first = held.write(text.slice(0, cut));
      const second = held.write(text.slice(cut));
      const rest = held.end();
      expect([...first.findings, ...second.findings, ...rest.findings]).toHaveLength(findings.length);
    }
  });
});

function randomPattern(random: Random, depth: number): string {
  const kind = depth === 0 ? 0 : random.below(5);
  if (kind <= 1) return random.pick(['a', 'b', 'c', '1', '.', '[ab]', '[^a]', '\\d', '\\w', '\\s']);
  if (kind === 2) return `${randomPattern(random, depth - 1)}${randomPattern(random, depth - 1)}`;
  if (kind === 3) return `(${randomPattern(random, depth - 1)}|${randomPattern(random, depth - 1)})`;
  return `(?:${randomPattern(random, depth - 1)})${random.pick(['?', '{2}', '{0,2}', '{1,3}'])}`;
}

/** Every text between two places that the whole pattern matches covers what is between them. */
function coveredByMatches(pattern: string, text: string): boolean[] {
  const whole = new RegExp(`^(?:${pattern})$`);
  const covered = Array.from(text, () => false);
  for (let start = 0; start < text.length; start++) {
    for (let end = start + 1; end <= text.length; end++) if (whole.test(text.slice(start, end))) covered.fill(true, start, end);
  }
  return covered;
}
