import { createSigV4Signer } from '../../../lambda/aws/signing/sigv4';
import { systemClock } from '../../../lambda/platform/runtime/clock';
import type { Principal } from '../../../local/aws/authorizer';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws/endpoint';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';

/** A guardrail of Bedrock's without an account. */

const place = { region: 'us-east-1', account: '123456789012' };
const credentials = { accessKeyId: 'PROXY', secretAccessKey: 'a secret' };
const GUARDRAIL = 'arn:aws:bedrock:us-east-1:123456789012:guardrail/gr1';
const statements = [{ Effect: 'Allow', Action: 'bedrock:ApplyGuardrail', Resource: GUARDRAIL }];
const principal = { id: 'Proxy', arn: 'arn:aws:sts::123456789012:assumed-role/p/p', statements } as Principal;

let dynamodb: DynamoDbEngine;
let endpoint: AwsEndpoint;

beforeAll(async () => {
  dynamodb = await openDynamoDb(place);
  endpoint = await startAwsEndpoint({
    ...place,
    dynamodb,
    bedrock: { credentials: async () => undefined },
    callers: () => ({ principal, credentials, invocation: () => undefined }),
    onDenied: () => undefined,
  });
});

afterAll(async () => {
  await endpoint.close();
  await dynamodb.close();
});

const apply = (guardrail: string, ...texts: string[]) =>
  applied(
    texts.map((text) => ({ text: { text } })),
    guardrail,
  );

async function applied(content: readonly object[], guardrail = 'gr1') {
  const body = JSON.stringify({ source: 'INPUT', content });
  const path = `/guardrail/${encodeURIComponent(guardrail)}/version/1/apply`;
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST' as const, origin: endpoint.url, path, headers, body: Buffer.from(body) };
  const signature = createSigV4Signer(systemClock).sign(request, credentials, 'bedrock', place.region);
  const answer = await fetch(endpoint.url + path, { method: 'POST', headers: { ...headers, ...signature }, body });
  return { status: answer.status, said: await answer.json() };
}

test('it passes, masks and refuses, and counts text units', async () => {
  expect((await apply('gr1', 'hello')).said).toMatchObject({ action: 'NONE', outputs: [], usage: { contentPolicyUnits: 1 } });
  expect((await apply(GUARDRAIL, 'to jane@example.com', 'x'.repeat(1_000))).said).toMatchObject({
    action: 'GUARDRAIL_INTERVENED',
    outputs: [{ text: 'to {EMAIL}' }, { text: 'x'.repeat(1_000) }],
    usage: { contentPolicyUnits: 2 },
  });
  expect((await apply('gr1', 'please guardrail:block this')).said).toMatchObject({
    action: 'GUARDRAIL_INTERVENED',
    assessments: [{ contentPolicy: { filters: [{ action: 'BLOCKED' }] } }],
  });
});

test('it holds an answer against its source, which it looks at for nothing else', async () => {
  const block = (text: string, qualifier: string): object => ({ text: { text, qualifiers: [qualifier] } });
  const held = async (answer: string) =>
    (
      await applied([
        block('The shop opens at nine. guardrail:block', 'grounding_source'),
        block('When?', 'query'),
        block(answer, 'guard_content'),
      ])
    ).said;

  expect(await held('The shop opens at nine.')).toMatchObject({ action: 'NONE', usage: { contextualGroundingPolicyUnits: 2 } });
  expect(await held('Bring cake tomorrow, the')).toMatchObject({
    action: 'GUARDRAIL_INTERVENED',
    assessments: [{ contextualGroundingPolicy: { filters: [{ type: 'GROUNDING', action: 'BLOCKED' }] } }],
  });
});

test('it is refused to a role that does not name it', async () => {
  expect((await apply('other', 'hello')).status).toBe(403);
  expect(endpoint.calls.at(-1)).toMatchObject({ action: 'bedrock:ApplyGuardrail', allowed: false });
});
