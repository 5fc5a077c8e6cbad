import { findGateway } from '../../bin/commands/admin/connection';
import { command as audit } from '../../bin/commands/audit';
import { command as budgets } from '../../bin/commands/budgets';
import type { Command } from '../../bin/commands/command';
import { command as keys } from '../../bin/commands/keys';
import { command as models } from '../../bin/commands/models';
import { command as prices } from '../../bin/commands/prices';
import { command as projects } from '../../bin/commands/projects';
import { command as race } from '../../bin/commands/race';
import { command as requests } from '../../bin/commands/requests';
import { command as tags } from '../../bin/commands/tags';
import { command as teams } from '../../bin/commands/teams';
import { command as usage } from '../../bin/commands/usage';
import { command as users } from '../../bin/commands/users';

const KEY = 'sk-gw-root-x';
const commands: [string, Command, string[]][] = [
  ...(Object.entries({ audit, keys, models, prices, projects, requests, tags, teams, users }).map(([name, command]) => [
    name,
    command,
    ['list'],
  ]) as [string, Command, string[]][]),
  ['budgets', budgets, ['list']],
  ['race', race, []],
  ['usage', usage, []],
];

test.each(commands)('R07 %s does not send the key in the plain to another machine, and says what to do', async (name, command, args) => {
  const typed = name === 'audit' ? args.slice(1) : args;

  const refused = Promise.resolve().then(() =>
    command.run([...typed, '--url', 'http://gateway.example/prod', '--key', KEY]),
  ) as Promise<number>;

  await expect(refused).rejects.toThrow(/http:\/\/gateway\.example\/prod.*https:\/\/.*--insecure-http.*LLM_GATEWAY_INSECURE_HTTP=1/s);
});

test.each([
  'http://10.0.0.1',
  'http://127.0.0.1.example',
  'http://localhost.example',
  'http://0.0.0.0:8787',
  'http://[::2]',
  'http://user@gateway.internal',
])('R07 %s is another machine, for the admin plane of its own too', async (url) => {
  await expect(findGateway({ url, key: KEY }, {})).rejects.toThrow('--insecure-http');
  await expect(findGateway({ url: 'https://a.example', adminUrl: url, key: KEY }, {})).rejects.toThrow('--insecure-http');
  await expect(findGateway({ key: KEY }, { LLM_GATEWAY_URL: url })).rejects.toThrow('--insecure-http');
});

test.each(['http://localhost:8787/prod', 'http://127.0.0.1:8787', 'http://127.1/', 'http://[::1]:1', 'https://gateway.example/prod'])(
  'R07 %s is taken as it is',
  async (url) => {
    expect(await findGateway({ url, key: KEY }, {})).toMatchObject({ url, adminUrl: url });
  },
);

test('R07 who is told that the way is safe sends the key', async () => {
  const url = 'http://gateway.internal';
  expect(await findGateway({ url, key: KEY, insecureHttp: true }, {})).toMatchObject({ url });
  expect(await findGateway({ url, key: KEY }, { LLM_GATEWAY_INSECURE_HTTP: '1' })).toMatchObject({ url });
  await expect(findGateway({ url, key: KEY }, { LLM_GATEWAY_INSECURE_HTTP: '0' })).rejects.toThrow('--insecure-http');
});
