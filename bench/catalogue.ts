/**
 * What it costs to know a model: a coding agent's call of Messages, written for Chat Completions and Gemini by what the catalogue says of the models, by the
 * same facts without asking for them, and with nothing known. In one process, whose ways take turns; the least of many slices counts.
 */
import { anthropicMessages } from '../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../lambda/wire/dialects/openai-chat';
import { type Capabilities, capabilitiesOf } from '../lambda/wire/models';
import { gemini } from '../lambda/wire/protocols/gemini';

const SLICES = 40;
const CALLS_PER_SLICE = 200;
const WARM_UP_SLICES = 10;
const NO_QUIRKS: ReadonlySet<string> = new Set();

const body = {
  model: 'smart',
  max_tokens: 4_000,
  stream: true,
  temperature: 0.5,
  system: [{ type: 'text', text: 'You write code. '.repeat(200) }],
  tools: Array.from({ length: 20 }, (_, index) => ({
    name: `tool_${index}`,
    description: 'Does something. '.repeat(10),
    input_schema: { type: 'object', properties: { path: { type: 'string' }, lines: { type: 'array', items: { type: 'number' } } } },
  })),
  messages: Array.from({ length: 41 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: 'Some words about the code. '.repeat(20) }],
  })),
};

function writeCalls(known: (kind: 'openai' | 'google-ai-studio', model: string) => Capabilities): void {
  for (let call = 0; call < CALLS_PER_SLICE; call += 1) {
    const request = anthropicMessages.decodeRequest(body);
    const chat = known('openai', 'gpt-4.1');
    openAiChat.encodeRequest(request, { requestModel: 'gpt-4.1', quirks: NO_QUIRKS, capabilities: chat });
    const google = known('google-ai-studio', 'gemini-2.5-pro');
    gemini.encodeRequest(request, { requestModel: 'gemini-2.5-pro', quirks: NO_QUIRKS, capabilities: google });
  }
}

function microsecondsPerCall(known: Parameters<typeof writeCalls>[0]): number {
  const before = process.cpuUsage();
  writeCalls(known);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS_PER_SLICE;
}

const facts: Record<string, Capabilities> = {};
const ways = {
  unknown: () => ({}),
  told: (kind, model) => (facts[model] ??= capabilitiesOf(kind, model)),
  asked: capabilitiesOf,
} satisfies Record<string, Parameters<typeof writeCalls>[0]>;
const least: Record<string, number> = {};
for (let slice = 0; slice < WARM_UP_SLICES + SLICES; slice += 1) {
  for (const [name, way] of Object.entries(ways)) {
    const took = microsecondsPerCall(way);
    if (slice >= WARM_UP_SLICES) least[name] = Math.min(least[name] ?? took, took);
  }
}
process.send?.(least);
process.on('message', () => undefined);
