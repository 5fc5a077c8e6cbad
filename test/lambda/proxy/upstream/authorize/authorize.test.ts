import { createVerify, generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { awsCredentialSource } from '../../../../../lambda/aws/credential-chain';
import { createSigV4Signer } from '../../../../../lambda/aws/signing';
import type { OutboundRequest, Transport } from '../../../../../lambda/platform/http/exchange';
import { TransportError } from '../../../../../lambda/platform/http/exchange';
import { streamReply } from '../../../../../lambda/platform/http/reply';
import { readEnvironment } from '../../../../../lambda/platform/runtime/environment';
import type { AuthorizerParts } from '../../../../../lambda/proxy/upstream/authorize';
import { createAuthorizer, createGoogleTokens } from '../../../../../lambda/proxy/upstream/authorize';
import type { AuthScheme } from '../../../../../lambda/wire/providers/provider';

const NOW = Date.UTC(2026, 10, 24);
const REQUEST = { method: 'POST' as const, origin: 'https://host', path: '/x', headers: {}, body: Buffer.from('{}'), region: 'us-east-1' };

function authorizer(parts: Partial<AuthorizerParts> = {}) {
  return createAuthorizer({
    signer: createSigV4Signer({ now: () => NOW }),
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' }),
    assumeRole: async ({ arn }) => ({ accessKeyId: `OF-${arn}`, secretAccessKey: 'other', sessionToken: 'other-token' }),
    googleTokens: { token: async () => 'ya29.fresh' },
    ...parts,
  });
}

describe('authorize', () => {
  const bearer: AuthScheme = { kind: 'bearer' };
  const google: AuthScheme = { kind: 'google-service-account', scope: 's' };

  test.each<[string, AuthScheme, string | undefined, Record<string, string>]>([
    ['bearer', bearer, 'sk-1', { authorization: 'Bearer sk-1' }],
    ['a pasted newline', bearer, ' sk-1\n', { authorization: 'Bearer sk-1' }],
    ['no credential', bearer, undefined, {}],
    ['a header', { kind: 'header', name: 'x-api-key' }, 'sk-1', { 'x-api-key': 'sk-1' }],
    ['none', { kind: 'none' }, undefined, {}],
    ['a Bedrock API key', { kind: 'sigv4', service: 'bedrock' }, 'ABSK1', { authorization: 'Bearer ABSK1' }],
    ["Google's key file", google, '{"client_email":"a"}', { authorization: 'Bearer ya29.fresh' }],
    ["Google's access token", google, 'ya29.given', { authorization: 'Bearer ya29.given' }],
  ])('by %s', async (_name, scheme, secret, expected) => {
    expect(await authorizer().authorize(scheme, secret, REQUEST)).toEqual(expected);
  });

  test('by the role of the function', async () => {
    const headers = await authorizer().authorize({ kind: 'sigv4', service: 'bedrock' }, undefined, REQUEST);

    expect(headers).toMatchObject({ 'x-amz-security-token': 'token', 'x-amz-date': '20261124T000000Z' });
    expect(headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/20261124\/us-east-1\/bedrock\/aws4_request, /);
  });

  test('by the role of another account', async () => {
    const request = { ...REQUEST, role: { arn: 'role' } };
    const headers = await authorizer().authorize({ kind: 'sigv4', service: 'bedrock' }, undefined, request);

    expect(headers).toMatchObject({ 'x-amz-security-token': 'other-token' });
    expect(headers['authorization']).toContain('Credential=OF-role/');
  });

  test.each(['', ' \n', 'sk-1\r\nx: y', 'sk 1', 'schlüssel'])('fails for the credential %j without showing it', async (secret) => {
    const failure = (async () => authorizer().authorize(bearer, secret, REQUEST))();

    await expect(failure).rejects.toMatchObject({ status: 503, code: 'provider_misconfigured' });
    if (secret.trim() !== '') await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining(secret) });
  });
});

describe('AWS credentials', () => {
  const role = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };

  test('are those of the environment, without loading anything', async () => {
    const source = awsCredentialSource(readEnvironment(role), () => Promise.reject(new Error('loaded')));

    expect(await source()).toEqual({ accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' });
  });

  test("come from the SDK's chain elsewhere, which is loaded once", async () => {
    let loads = 0;
    const source = awsCredentialSource(readEnvironment({}), async () => {
      loads += 1;
      return async () => ({ accessKeyId: 'CHAIN', secretAccessKey: 'secret' });
    });

    expect(await source()).toMatchObject({ accessKeyId: 'CHAIN' });
    await source();
    expect(loads).toBe(1);
  });

  test('fails by name when nothing has any', async () => {
    const source = awsCredentialSource(readEnvironment({}), async () => () => Promise.reject(new Error('no profile at /home/me')));

    await expect(source()).rejects.toMatchObject({
      status: 503,
      code: 'provider_misconfigured',
      message: expect.not.stringContaining('/home'),
    });
  });
});

describe('Google tokens', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const keyFile = JSON.stringify({
    client_email: 'gateway@p.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    private_key_id: 'k1',
    token_uri: 'https://evil.example/token',
  });

  function setUp(answer: () => string | Error = () => '{"access_token":"ya29.one","expires_in":3600}') {
    const sent: OutboundRequest[] = [];
    let nowMs = NOW;
    const transport: Transport = {
      async send(request) {
        sent.push(request);
        const result = answer();
        if (result instanceof Error) throw result;
        return streamReply(200, {}, Readable.from([Buffer.from(result)]));
      },
    };
    const tokens = createGoogleTokens(transport, { now: () => nowMs, monotonic: () => nowMs });
    return { tokens, sent, pass: (ms: number) => (nowMs += ms) };
  }

  test('are exchanged for a signed assertion, at Google alone', async () => {
    const { tokens, sent } = setUp();

    expect(await tokens.token(keyFile, 'scope')).toBe('ya29.one');
    expect(sent[0]).toMatchObject({ origin: 'https://oauth2.googleapis.com', path: '/token', network: 'public' });
    const [header = '', claims = '', proof = ''] = (new URLSearchParams(sent[0]?.body.toString('utf8')).get('assertion') ?? '').split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    expect(read(claims)).toEqual({
      iss: 'gateway@p.iam.gserviceaccount.com',
      scope: 'scope',
      aud: 'https://oauth2.googleapis.com/token',
      iat: NOW / 1_000,
      exp: NOW / 1_000 + 3_600,
    });
    expect(createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, Buffer.from(proof, 'base64url'))).toBe(true);
  });

  test('are kept until shortly before they expire, and fetched once at a time', async () => {
    const { tokens, sent, pass } = setUp();

    await Promise.all([tokens.token(keyFile, 's'), tokens.token(keyFile, 's')]);
    pass(3_000_000);
    await tokens.token(keyFile, 's');
    expect(sent).toHaveLength(1);
    pass(400_000);
    await tokens.token(keyFile, 's');
    expect(sent).toHaveLength(2);
    await tokens.token(keyFile, 'other');
    expect(sent).toHaveLength(3);
  });

  test('an old token serves while Google does not answer, as long as it holds', async () => {
    let broken = false;
    const { tokens, pass } = setUp(() => (broken ? new TransportError('reset', true) : '{"access_token":"ya29.one","expires_in":3600}'));

    await tokens.token(keyFile, 's');
    broken = true;
    pass(3_400_000);
    expect(await tokens.token(keyFile, 's')).toBe('ya29.one');
    pass(300_000);
    await expect(tokens.token(keyFile, 's')).rejects.toMatchObject({ status: 502, code: 'upstream_auth' });
    broken = false;
    expect(await tokens.token(keyFile, 's')).toBe('ya29.one');
  });

  test.each([
    ['a refusal', '{"error":"invalid_grant"}'],
    ['no JSON', '<html>'],
    ['a token that no header can carry', '{"access_token":"a\\r\\nb"}'],
    ['an endless answer', `"${'x'.repeat(70_000)}"`],
  ])('fails for %s', async (_name, answer) => {
    await expect(setUp(() => answer).tokens.token(keyFile, 's')).rejects.toMatchObject({ status: 502, code: 'upstream_auth' });
  });

  test.each(['{}', '{"client_email":"a","private_key":"not a key"}', '{broken'])('fails for the key file %j', async (file) => {
    await expect(setUp().tokens.token(file, 's')).rejects.toMatchObject({ status: 503, code: 'provider_misconfigured' });
  });
});
