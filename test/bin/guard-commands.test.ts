import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../bin/commands/command';
import { command as guard } from '../../bin/commands/guard';
import { command as guardrails } from '../../bin/commands/guardrails';
import { command as keys } from '../../bin/commands/keys';
import { startGatewayServer } from './gateway-server';
import { runCommand } from './run-command';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const POLICY = {
  id: 'pii',
  rules: [
    { name: 'people', detect: ['email'], action: 'mask', direction: 'input' },
    { name: 'codename', deny: ['project titan'], action: 'block', direction: 'output' },
    { name: 'own', webhook: { url: 'https://guard.example.com' }, action: 'block' },
  ],
};
const TEXT = 'Project Titan: ask jane@example.com';

describe('guard test', () => {
  const test_ = (direction: string, ...more: string[]) =>
    runCommand(guard, 'test', '--policy', file('policy.json', POLICY), '--direction', direction, file('text.txt', TEXT), ...more);

  test('says what a policy finds in a prompt, and what would go on', async () => {
    const { out, err, code } = await test_('input', '--json');

    expect(JSON.parse(out)).toEqual({
      action: 'mask',
      findings: [{ type: 'email', start: 19, end: 35 }],
      text: 'Project Titan: ask [EMAIL_1]',
    });
    expect([code, err]).toEqual([0, 'not asked: own\n']);
  });

  test('says the same of an answer', async () => {
    expect(JSON.parse((await test_('output', '--json')).out)).toEqual({
      action: 'block',
      findings: [{ type: 'codename', start: 0, end: 13 }],
      text: TEXT,
    });
  });

  test('says it to people too', async () => {
    expect((await test_('input')).out).toMatch(/^action: mask\nFOUND|^action: mask\nfound/);
  });

  test.each([
    [['test', '--direction', 'input'], /--policy FILE/],
    [['test', '--policy', 'POLICY', '--direction', 'sideways'], /--direction input or/],
    [['try'], /test/],
    [['test', '--policy', 'BAD', '--direction', 'input', 'TEXT'], /rules\[0\]\.detect\[0\] must be/],
  ])('refuses what cannot be tried: %j', async (args, message) => {
    const files: Record<string, string> = {
      POLICY: file('policy.json', POLICY),
      BAD: file('bad.json', { id: 'x', rules: [{ name: 'a', detect: ['shoe_size'], action: 'flag' }] }),
      TEXT: file('text.txt', TEXT),
    };

    await expect(runCommand(guard, ...args.map((arg) => files[arg] ?? arg))).rejects.toThrow(message);
  });
});

test('guardrails makes, shows, lists and takes away policies, and keys name them', async () => {
  const gateway = await startGatewayServer({ guardrails: [{ id: 'deployed', rules: [] }] });
  const run = (command: Command, ...args: string[]) => runCommand(command, ...args, '--url', gateway.url, '--key', gateway.adminKey);
  try {
    const set = await run(guardrails, 'set', 'pii', '--data', `@${file('policy.json', POLICY)}`, '--json');
    expect(JSON.parse(set.out)).toMatchObject({ id: 'pii', rules: POLICY.rules });

    const list = await run(guardrails, 'list');
    expect(list.out).toMatch(/pii .*people:mask codename:block own:block/);
    expect(list.out).toMatch(/deployed .*deployed/);

    const key = await run(keys, 'create', '--name', 'held', '--guardrail', 'pii', '--json');
    expect(JSON.parse(key.out)).toMatchObject({ guardrails: ['pii'] });

    await run(guardrails, 'set', 'pii', '--data', '{"rules":[],"media":"refuse"}');
    expect(JSON.parse((await run(guardrails, 'get', 'pii', '--json')).out)).toMatchObject({ rules: [], media: 'refuse' });
    expect((await run(guardrails, 'delete', 'pii')).out).toContain('pii');
    await expect(run(guardrails, 'set', 'pii', '--data', '{"id":"other","rules":[]}')).rejects.toThrow("'other'");
  } finally {
    await gateway.close();
  }
});
