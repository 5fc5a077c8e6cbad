import { createScanner, type LocalRule, promptAttackScore } from '../../../lambda/guardrails';
import { HOSTILE, hostileText } from '../../support/guard-corpus/hostile';

const RULES: readonly LocalRule[] = [
  { id: 'all', name: 'all', action: 'mask', detect: ['personal', 'network', 'credentials'] },
  { id: 'own', name: 'OWN', action: 'mask', pattern: '(?i)\\b(?:[a-z0-9]{1,8}[-.]){1,4}[0-9]{4,20}\\b' },
  { id: 'words', name: 'word', action: 'mask', deny: ['aaaaaaaab', 'project titan', '机密的', '1 1 1 1 2', '@@@@.'] },
];
const scanner = createScanner(RULES);
const UNITS = 20_000;

function msOf(run: () => void): number {
  const from = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

describe('D14 a text that is made to take long takes as long as any other', () => {
  test.each(Object.keys(HOSTILE))('%s', (name) => {
    const [one, four] = [hostileText(name, UNITS), hostileText(name, UNITS * 4)];
    scanner.scan(one);

    const least = Math.max(20, Math.min(...[0, 1].map(() => msOf(() => scanner.scan(one)))));

    // The bench holds it to its time on a quiet machine; here it must not grow faster than the text does.
    expect(Math.min(...[0, 1, 2].map(() => msOf(() => scanner.scan(four))))).toBeLessThan(least * 12);
    expect(msOf(() => promptAttackScore([one]))).toBeLessThan(1_000);
  });
});
