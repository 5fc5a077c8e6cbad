import fc from 'fast-check';
import type { JsonObject } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import type { ModelRequest } from '../../../../lambda/wire/model/request';
import { type Capabilities, capabilitiesOf } from '../../../../lambda/wire/models';
import { bedrockConverse } from '../../../../lambda/wire/protocols/bedrock-converse';
import { cohereV2 } from '../../../../lambda/wire/protocols/cohere-v2';
import { gemini } from '../../../../lambda/wire/protocols/gemini';
import type { Protocol } from '../../../../lambda/wire/protocols/protocol';
import { EFFORTS } from '../../../../lib/private/contract';

/** Of a model that nobody knows the gateway invents no limit, whichever wire format it is called in. */

const MODEL = 'newco/x-9';
const UNKNOWN = capabilitiesOf('openai-compatible', MODEL);
/** Takes whatever can be asked for. */
const ABLE: Capabilities = {
  ...Object.fromEntries(
    [
      'temperature',
      'topP',
      'topK',
      'temperatureWithTopP',
      'samplingWithEffort',
      'stop',
      'seed',
      'logprobs',
      'choices',
      'penalties',
      'logitBias',
      'verbosity',
      'thinkingOff',
      'structuredOutputWithTools',
      'strictTools',
      'tools',
      'forcedTools',
      'parallelTools',
      'prefill',
      'vision',
      'documents',
      'audioInput',
      'videoInput',
    ].map((name) => [name, true]),
  ),
  maxStop: 1_000,
  maxStrictTools: 1_000,
  efforts: EFFORTS,
  structuredOutput: ['json-schema', 'json'],
};

/** Within what every API has words for, whatever the model. */
const request: fc.Arbitrary<ModelRequest> = fc.record(
  {
    model: fc.constant(MODEL),
    stream: fc.boolean(),
    messages: fc.constant([{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]),
    temperature: fc.double({ min: 0, max: 1, noNaN: true }),
    topP: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    topK: fc.integer({ min: 1, max: 500 }),
    stop: fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 5 }),
    seed: fc.integer({ min: 0, max: 1_000 }),
    frequencyPenalty: fc.double({ min: 0.1, max: 2, noNaN: true }),
    presencePenalty: fc.double({ min: 0.1, max: 2, noNaN: true }),
    maxOutputTokens: fc.integer({ min: 1_100, max: 2_000_000 }),
    reasoning: fc.constantFrom(...EFFORTS).map((effort) => ({ effort })),
    verbosity: fc.constantFrom('low', 'medium', 'high'),
    parallelToolCalls: fc.boolean(),
    tools: fc.array(fc.boolean(), { minLength: 1, maxLength: 25 }).map((strict) =>
      strict.map((one, index) => ({
        name: `tool_${index}`,
        strict: one,
        parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
      })),
    ),
    responseFormat: fc.constant({
      type: 'json-schema' as const,
      name: 'answer',
      schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
    }),
  },
  { requiredKeys: ['model', 'stream', 'messages'] },
);

const PROTOCOLS: readonly Protocol[] = [openAiChat, openAiResponses, anthropicMessages, bedrockConverse, gemini, cohereV2];

interface Encoded {
  readonly body?: JsonObject;
  readonly dropped?: readonly string[];
  readonly refused?: string | undefined;
}

function encoded(protocol: Protocol, asked: ModelRequest, capabilities: Capabilities): Encoded {
  try {
    const { body, dropped } = protocol.encodeRequest(asked, { requestModel: MODEL, quirks: new Set(), capabilities });
    return { body, dropped: [...dropped] };
  } catch (error) {
    return { refused: (error as { param: string }).param };
  }
}

test.each(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
  '%s writes for it what it writes for one that can do all',
  (_name, protocol) => {
    fc.assert(
      fc.property(request, (asked) => {
        expect(encoded(protocol, asked, UNKNOWN)).toEqual(encoded(protocol, asked, ABLE));
      }),
      { numRuns: 300 },
    );
  },
);

/** Where a wire format has a field for a setting. */
const FIELDS: readonly (readonly [Protocol, Readonly<Partial<Record<keyof ModelRequest, string>>>])[] = [
  [
    openAiChat,
    {
      temperature: 'temperature',
      topP: 'top_p',
      stop: 'stop',
      seed: 'seed',
      frequencyPenalty: 'frequency_penalty',
      presencePenalty: 'presence_penalty',
      maxOutputTokens: 'max_completion_tokens',
      verbosity: 'verbosity',
    },
  ],
  [openAiResponses, { temperature: 'temperature', topP: 'top_p', maxOutputTokens: 'max_output_tokens', verbosity: 'text.verbosity' }],
  [
    gemini,
    {
      temperature: 'generationConfig.temperature',
      topP: 'generationConfig.topP',
      topK: 'generationConfig.topK',
      stop: 'generationConfig.stopSequences',
      seed: 'generationConfig.seed',
      maxOutputTokens: 'generationConfig.maxOutputTokens',
    },
  ],
  [cohereV2, { temperature: 'temperature', topP: 'p', topK: 'k', stop: 'stop_sequences', seed: 'seed', maxOutputTokens: 'max_tokens' }],
  [
    bedrockConverse,
    {
      temperature: 'inferenceConfig.temperature',
      topP: 'inferenceConfig.topP',
      stop: 'inferenceConfig.stopSequences',
      maxOutputTokens: 'inferenceConfig.maxTokens',
    },
  ],
];

test.each(FIELDS.map(([protocol, fields]) => [protocol.name, protocol, fields] as const))(
  '%s leaves it every setting as it was asked for',
  (_name, protocol, fields) => {
    fc.assert(
      fc.property(request, (whole) => {
        const said = ['model', 'stream', 'messages', ...Object.keys(fields)];
        const asked = Object.fromEntries(Object.entries(whole).filter(([name]) => said.includes(name))) as unknown as ModelRequest;
        const { body, dropped, refused } = encoded(protocol, asked, UNKNOWN);
        expect([refused, dropped]).toEqual([undefined, []]);
        for (const [setting, path] of Object.entries(fields)) {
          expect([setting, valueAt(body, path)]).toEqual([setting, asked[setting as keyof typeof asked]]);
        }
      }),
      { numRuns: 300 },
    );
  },
);

function valueAt(body: JsonObject | undefined, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as JsonObject | undefined)?.[name], body);
}
