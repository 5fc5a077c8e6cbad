import type { DialectName } from '../../lambda/wire/dialects';
import type { ProviderConfig } from '../../lib/private/contract';
import { bytesOf, type Fixture } from './fixtures';
import { compatible, type TestGatewayOptions } from './gateway';
import { chunk, lastChunk, reply, type Step, streamHead } from './upstream';

/** A model of a provider that speaks the wire format alone. */
export const MODELS: Readonly<Record<Fixture['wireFormat'], string>> = {
  'openai-chat': 'chat/m',
  'openai-responses': 'responses/m',
  'anthropic-messages': 'messages/claude-sonnet-4-5',
  'bedrock-converse': 'bedrock/us.amazon.nova-micro-v1:0',
  gemini: 'google/gemini-2.5-flash',
  'cohere-v2': 'cohere/command-a-03-2025',
};

export const DIALECTS: readonly DialectName[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];

/** Providers of those models, all at one upstream. */
export function fixturePlaces(origin: string): ProviderConfig[] {
  const place = { baseUrl: { value: origin }, network: 'loopback' as const, free: true, regions: ['eu-west-1'] };
  const credential = { secretArn: { value: 'arn:key' } };
  return [
    compatible('chat', origin, { settings: { protocols: 'openai-chat' } }),
    compatible('responses', origin, { settings: { protocols: 'openai-responses' } }),
    compatible('messages', origin, { settings: { protocols: 'anthropic-messages' } }),
    { ...place, id: 'bedrock', kind: 'bedrock' },
    { ...place, id: 'google', kind: 'google-ai-studio', credential },
    { ...place, id: 'cohere', kind: 'cohere', credential },
  ];
}

/** What proves the gateway to them. */
export const FIXTURE_CREDENTIALS: Pick<TestGatewayOptions, 'secrets' | 'awsCredentials'> = {
  secrets: { 'arn:key': 'provider-key' },
  awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
};

/** An answer as the provider sends it: a stream in pieces that no message boundary knows of. */
export function played(fixture: Fixture): Step[] {
  const bytes = bytesOf(fixture);
  if (!fixture.streaming) return reply(200, { 'content-type': 'application/json' }, bytes);
  const isEventStream = fixture.wireFormat === 'bedrock-converse';
  const pieces: Step[] = [];
  for (let at = 0; at < bytes.length; at += 211) pieces.push(chunk(bytes.subarray(at, at + 211)));
  const head = isEventStream ? streamHead({ 'content-type': 'application/vnd.amazon.eventstream' }) : streamHead();
  return [head, ...pieces, lastChunk];
}
