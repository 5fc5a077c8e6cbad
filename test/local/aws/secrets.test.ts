import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, openSecrets } from '../../../local/aws/secrets';

const place = { region: 'us-east-1', account: '123456789012' };
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

test('a generated value and a rotated one are the same after a restart, readable by the user alone', () => {
  const first = openSecrets({ ...place, directory });
  const arn = first.create({ name: 'pepper', GenerateSecretString: {} });
  first.create({ name: 'rotated', SecretString: 'old' });
  first.write('rotated', 'new');

  const second = openSecrets({ ...place, directory });

  expect(second.create({ name: 'pepper', GenerateSecretString: {} })).toBe(arn);
  second.create({ name: 'rotated', SecretString: 'old' });
  expect(second.read(arn)).toBe(first.read('pepper'));
  expect(second.read('rotated')).toBe('new');
  expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('a value given by name goes before a kept one', () => {
  openSecrets({ ...place, directory }).create({ name: 'openai', SecretString: 'kept' });

  const secrets = openSecrets({ ...place, directory, values: { openai: 'given' } });
  secrets.create({ name: 'openai' });

  expect(secrets.read('openai')).toBe('given');
});

test('an ARN is found without its random suffix too', () => {
  const secrets = openSecrets(place);
  const arn = secrets.create({ name: 'a/b', SecretString: 'x' });

  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:a\/b-[A-Za-z0-9]{6}$/);
  expect(secrets.read(arn.slice(0, -7))).toBe('x');
  expect(secrets.read('absent')).toBeUndefined();
});

test('generated strings keep to what the template asks for', () => {
  const letters = generate({ PasswordLength: 40, ExcludePunctuation: true, ExcludeNumbers: true, ExcludeCharacters: 'abc' });
  const keyed = generate({
    SecretStringTemplate: '{"key_id":"root"}',
    GenerateStringKey: 'secret',
    ExcludePunctuation: true,
    PasswordLength: '43',
  });

  expect(letters).toMatch(/^[A-Zd-z]{40}$/);
  expect(letters).toMatch(/[A-Z]/);
  expect(JSON.parse(keyed)).toEqual({ key_id: 'root', secret: expect.stringMatching(/^[A-Za-z0-9]{43}$/) });
  expect(() => generate({ ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true, ExcludePunctuation: true })).toThrow(
    /excludes every character/,
  );
});
