import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { providerDefinitions } from '../../../lambda/wire/providers';
import { answersAsOllama, contextAtHand, secretsAtHand } from '../../../local/at-hand';

test('keys of the environment become the secrets that the app refers to', () => {
  expect(
    secretsAtHand({
      OPENAI_API_KEY: 'one',
      GEMINI_API_KEY: 'two',
      ANTHROPIC_API_KEY: '',
      MISTRAL_API_KEY: 'three',
      MISTRAL_SECRET_NAME: 'team/mistral',
      UNRELATED_API_KEY: 'four',
    }),
  ).toEqual({ 'llm-gateway/openai': 'one', 'llm-gateway/google-ai-studio': 'two', 'team/mistral': 'three' });
});

test('the simulated provider is there only without keys, Ollama only when it answers', async () => {
  const [yes, no] = [async () => true, async () => false];

  expect(await contextAtHand({ secrets: {}, ollama: no })).toEqual({ simulated: 'true' });
  expect(await contextAtHand({ secrets: { 'llm-gateway/openai': 'k' }, ollama: no })).toEqual({});
  expect(await contextAtHand({ secrets: { 'llm-gateway/openai': 'k' }, ollama: yes })).toEqual({ ollama: 'http://127.0.0.1:11434/v1' });
});

describe('the probe', () => {
  async function probe(listener: RequestListener, patienceMs = 30_000): Promise<boolean> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await answersAsOllama(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, patienceMs);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('takes an answer to Ollama’s version call, and nothing else', async () => {
    expect(await probe((request, response) => response.writeHead(request.url === '/api/version' ? 200 : 404).end('{"version":"1"}'))).toBe(
      true,
    );
    expect(await probe((_request, response) => response.writeHead(404).end())).toBe(false);
    expect(await probe((request) => request.socket.destroy())).toBe(false);
    expect(await answersAsOllama('http://127.0.0.1:1')).toBe(false);
  });

  test('does not wait for one that hangs', async () => {
    expect(await probe(() => {}, 50)).toBe(false);
  });
});

/** What a key or a credential opens, at others' places. */
const KEYED = providerDefinitions.filter(
  ({ auth, selfHosted, kind }) => !['none', 'sigv4'].includes(auth.kind) && selfHosted !== true && !kind.endsWith('-compatible'),
);

test.each(KEYED.map(({ kind }) => kind))('the key of %s is found in the environment', (kind) => {
  const variable = `${kind.toUpperCase().replaceAll('-', '_')}_API_KEY`;

  expect(secretsAtHand({ [variable]: 'k' })).toEqual({ [`llm-gateway/${kind}`]: 'k' });
});

test.each(KEYED.filter(({ baseUrl, auth }) => baseUrl !== undefined && auth.kind !== 'google-service-account').map(({ kind }) => kind))(
  'the app takes %s by its key alone',
  (kind) => {
    const app = readFileSync(join(__dirname, '../../../bin/app.ts'), 'utf8');

    expect(app).toMatch(new RegExp(`^ {2}'?${kind}'?: \\(apiKey\\) => `, 'm'));
  },
);
