import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import { bedrockConverse } from '../../../../lambda/wire/protocols/bedrock-converse';
import { cohereV2 } from '../../../../lambda/wire/protocols/cohere-v2';
import { gemini } from '../../../../lambda/wire/protocols/gemini';
import type { Protocol } from '../../../../lambda/wire/protocols/protocol';
import { describeAnswers, type ExpectedAnswer, type Scenario } from '../../../support/answer-grid';
import { type Recorded, recordings, responseBytes } from '../../../support/recorded';

/** Whole answers of any provider, in the dialect of any caller: what they say is what the recordings' index says. */

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
  'bedrock-converse': bedrockConverse,
  'gemini-generate-content': gemini,
  'cohere-v2-chat': cohereV2,
};

describeAnswers(
  recordings(...Object.keys(PROTOCOLS))
    .filter((entry) => entry.status === 200)
    .map(scenarioOf),
);

function scenarioOf(entry: Recorded): Scenario {
  const protocol = PROTOCOLS[entry.wireFormat];
  if (protocol === undefined) throw new Error(`no protocol for ${entry.wireFormat}`);
  const { id, streaming } = entry;
  const common = { id, protocol, streaming, framing: framingOf(entry), bytes: () => responseBytes(entry) };
  if (entry.facts.finish !== null && entry.facts.finish !== 'failed') return { ...common, expected: expectedOf(entry) };
  return {
    ...common,
    error: entry.provider === 'groq' ? { status: 400, shownCode: 'tool_use_failed' } : { status: 503, shownCode: 'upstream_quota' },
  };
}

function framingOf({ framing }: Recorded): Scenario['framing'] {
  if (framing.startsWith('json-lines')) return 'json-lines';
  if (framing.startsWith('aws')) return 'aws-event-stream';
  return framing === 'sse' ? 'sse' : 'json';
}

function expectedOf(entry: Recorded): ExpectedAnswer {
  const { facts } = entry;
  return {
    text: { sha256: facts.text_sha256 },
    // The index does not count Cohere's tool plan, which is shown as thinking.
    reasoning: entry.wireFormat === 'cohere-v2-chat' ? undefined : facts.reasoning_chars,
    toolCalls: facts.tool_calls.map(({ name, args }) => ({ name, args: JSON.parse(args) as unknown })),
    finish: expectedFinish(entry),
    finishRaw: facts.finish,
    usage: expectedUsage(entry),
  };
}

function expectedUsage({ facts, wireFormat }: Recorded): { input: number | undefined; output: number | undefined } {
  const { usage } = facts;
  if (usage === null) return { input: undefined, output: undefined };
  const count = (name: string) => (usage[name] as number | undefined) ?? 0;
  switch (wireFormat) {
    case 'openai-chat':
      return { input: count('prompt_tokens'), output: count('completion_tokens') };
    case 'openai-responses':
      return { input: count('input_tokens'), output: count('output_tokens') };
    case 'anthropic-messages':
      return {
        input: count('input_tokens') + count('cache_read_input_tokens') + count('cache_creation_input_tokens'),
        output: count('output_tokens'),
      };
    case 'bedrock-converse':
      return {
        input: count('inputTokens') + count('cacheReadInputTokens') + count('cacheWriteInputTokens'),
        output: count('outputTokens'),
      };
    case 'cohere-v2-chat': {
      const tokens = usage['tokens'] as Readonly<Record<string, number>>;
      return { input: tokens['input_tokens'], output: tokens['output_tokens'] };
    }
    default:
      return { input: count('promptTokenCount'), output: count('candidatesTokenCount') + count('thoughtsTokenCount') };
  }
}

function expectedFinish({ facts }: Recorded): ExpectedAnswer['finish'] {
  const rows: Readonly<Record<string, readonly [string, string, string]>> = {
    completed: ['stop', 'end_turn', 'completed'],
    stop: ['stop', 'end_turn', 'completed'],
    end_turn: ['stop', 'end_turn', 'completed'],
    stop_sequence: ['stop', 'stop_sequence', 'completed'],
    STOP: ['stop', 'end_turn', 'completed'],
    COMPLETE: ['stop', 'end_turn', 'completed'],
    length: ['length', 'max_tokens', 'max_output_tokens'],
    max_tokens: ['length', 'max_tokens', 'max_output_tokens'],
    MAX_TOKENS: ['length', 'max_tokens', 'max_output_tokens'],
    tool_calls: ['tool_calls', 'tool_use', 'completed'],
    tool_use: ['tool_calls', 'tool_use', 'completed'],
    refusal: ['content_filter', 'refusal', 'content_filter'],
    guardrail_intervened: ['content_filter', 'refusal', 'content_filter'],
    SAFETY: ['content_filter', 'refusal', 'content_filter'],
  };
  const [chat, messages, responses] = rows[facts.tool_calls.length > 0 ? 'tool_calls' : facts.finish] ?? ['unknown', 'unknown', 'unknown'];
  return { 'openai-chat': chat, 'anthropic-messages': messages, 'openai-responses': responses };
}
