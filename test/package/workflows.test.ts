import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workflowBreaches } from '../../scripts/check-workflows.mjs';

const FOLDER = join(__dirname, '../../.github/workflows');
const workflows = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

const PINNED = 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2';
const workflow = (steps: string, head = 'on: push\npermissions:\n  contents: read'): string =>
  `${head}\njobs:\n  a:\n    steps:\n${steps}\n`;

test.each(workflows)('L04 $name keeps the rules', ({ text }) => {
  expect(workflowBreaches(text)).toEqual([]);
});

test.each([
  ['an action by its tag', workflow('      - uses: actions/checkout@v4'), 'actions/checkout@v4 is not pinned'],
  ['an action by its branch', workflow('      - name: x\n        uses: "a/b@main"'), 'a/b@main is not pinned'],
  ['pull_request_target', workflow(`      - uses: ${PINNED}`, 'on: pull_request_target\npermissions: {}'), 'pull_request_target'],
  ['no permissions', workflow(`      - uses: ${PINNED}`, 'on: push'), 'declares no permissions'],
  ['every permission', workflow(`      - uses: ${PINNED}`, 'on: push\npermissions: write-all'), 'write-all'],
  ['a cache in a release', workflow('      - uses: ./setup\n        with:\n          cache: npm\n      - run: npm publish'), 'cache'],
  ['an install past the lock file', workflow('      - run: npm install left-pad'), 'npm ci'],
])('L04 %s is found', (_what, text, breach) => {
  expect(workflowBreaches(text)).toEqual([expect.stringContaining(breach)]);
});

test('L03 a dependency younger than seven days is not installed by the checks of a change', () => {
  const onPullRequests = workflows.filter(({ text }) => /^ {2}pull_request:/m.test(text));

  expect(onPullRequests.some(({ text }) => /run: npm ci --min-release-age=7$/m.test(text))).toBe(true);
});
