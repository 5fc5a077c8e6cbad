import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readEnvironment } from '../../../../lambda/platform/runtime';
import { warmUp } from '../../../../lambda/proxy/warm-up';
import {
  DEFAULT_DEADLINES,
  type GatewayDocument,
  MAX_BODY_BYTES,
  type ProviderConfig,
  type ProviderKind,
} from '../../../../lib/private/contract';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';

const KINDS: readonly ProviderKind[] = ['openai', 'anthropic', 'bedrock', 'google-ai-studio', 'cohere', 'mistral', 'openai-compatible'];
const environment = readEnvironment({
  IDENTITY_TABLE: TABLE_NAMES.identity,
  COUNTERS_TABLE: TABLE_NAMES.counters,
  RECORDS_TABLE: TABLE_NAMES.records,
  PEPPER_SECRET_ARN: 'arn:pepper',
});

/** Tests run code that was never run before. */
const ENOUGH = { cpuMs: 5_000, durationMs: 20_000 };

function documentOf(kinds: readonly ProviderKind[], origin: string): GatewayDocument {
  return {
    version: 1,
    providers: kinds.map(
      (kind): ProviderConfig => ({
        id: kind,
        kind,
        baseUrl: { value: origin },
        network: 'loopback',
        credential: { secretArn: { value: `arn:${kind}` }, field: 'key' },
      }),
    ),
    routes: [],
    deadlines: DEFAULT_DEADLINES,
    maxBodyBytes: MAX_BODY_BYTES,
    defaultMaxOutputTokens: 4_096,
    unknownPrice: { policy: 'refuse' },
    gateway: {},
    defaults: {},
  };
}

test.each(KINDS)('a first call of each dialect to %s is answered before there is one, streamed and whole', async (kind) => {
  const { made, answered } = await warmUp(environment, documentOf([kind], 'http://127.0.0.1:9'), ENOUGH);

  expect(answered).toBeGreaterThanOrEqual(6);
  expect(answered).toBe(made);
});

test("where Bedrock is called by AWS's own client, a stand-in takes that client's place too", async () => {
  const document = documentOf(['bedrock'], 'http://127.0.0.1:9');
  const providers = document.providers.map((provider) => ({ ...provider, settings: { client: 'sdk' } }));
  const { made, answered } = await warmUp(environment, { ...document, providers }, ENOUGH);

  expect(answered).toBeGreaterThanOrEqual(6);
  expect(answered).toBe(made);
});

test('nothing leaves the process, and nothing is written to its log', async () => {
  let connections = 0;
  const server = createServer().on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const written = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);

  await warmUp(environment, documentOf(['openai'], `http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const lines = written.mock.calls.length;
  written.mockRestore();
  server.close();

  expect([connections, lines]).toEqual([0, 0]);
});

test('a configuration that cannot be used leaves the start as it is', async () => {
  await expect(warmUp(environment, documentOf(['azure-openai'], 'not a url'))).resolves.toEqual(expect.objectContaining({ answered: 0 }));
});
