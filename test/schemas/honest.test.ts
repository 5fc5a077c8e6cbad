import fc from 'fast-check';
import { chatCall } from './calls/chat';
import { embeddingsCall } from './calls/embeddings';
import { countCall, messagesCall } from './calls/messages';
import type { RandomCall } from './calls/random-call';
import { responsesCall } from './calls/responses';
import { checkOf, READING_MS } from './schemas';

const CALLS: readonly [string, fc.Arbitrary<RandomCall>][] = [
  ['openai-chat', chatCall],
  ['openai-responses', responsesCall],
  ['anthropic-messages', messagesCall],
  ['anthropic-messages count-tokens', countCall],
  ['openai-chat embeddings', embeddingsCall],
];

beforeAll(() => {
  checkOf('openai-chat');
}, READING_MS);

describe.each(CALLS)('random calls of %s', (format, calls) => {
  test("are valid by the SDK's own types", () => {
    const check = checkOf(format);

    fc.assert(
      fc.property(calls, ({ typed }) => {
        expect(check({ model: 'm', ...typed })).toEqual([]);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

/** What must be tried, and how it is told in the bodies of a dialect. */
const REACHED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'openai-chat': {
    tools: /"type":"function","function":\{"name"/,
    'free-text tools': /"grammar":\{"syntax"/,
    choices: /"tool_choice":"required".*|"tool_choice":\{"type":"allowed_tools"/,
    'one call at a time': /"parallel_tool_calls":false/,
    'results of tools': /"role":"tool"/,
    'pictures by URL': /"url":"https/,
    'pictures by bytes': /"url":"data:image/,
    documents: /"file_data"/,
    sound: /"input_audio"/,
    effort: /"reasoning_effort":"xhigh"/,
    schemas: /"json_schema":\{"name"/,
    stop: /"stop":\[/,
    seed: /"seed"/,
    logprobs: /"top_logprobs"/,
    'several answers': /"n":2/,
    'instructions between turns': /"role":"user".*"role":"(system|developer)"/,
    'a beginning of the answer': /"role":"assistant","content":"[^"]*"\}\]/,
    'marks of caches': /"cache_control"/,
    metadata: /"metadata":\{"/,
    tiers: /"service_tier":"flex"/,
    refusals: /"refusal"/,
    'probes of one token': /"max_completion_tokens":1[,}]/,
    'thoughts of earlier turns': /"reasoning_content"/,
  },
  'openai-responses': {
    namespaces: /"type":"namespace"/,
    choices: /"type":"allowed_tools"/,
    'encrypted thoughts': /"encrypted_content":"/,
    'outputs of several parts': /"output":\[\{/,
    'two outputs of one call': /"call_id":"([^"]+)","output.*"call_id":"\1","output/,
    summaries: /"summary":"detailed"/,
    'files by URL': /"file_url"/,
    schemas: /"type":"json_schema"/,
    'instructions between turns': /"role":"user".*"role":"developer"/,
  },
  'anthropic-messages': {
    'budgets of thinking': /"budget_tokens"/,
    adaptive: /"type":"adaptive"/,
    'thinking off': /"type":"disabled"/,
    effort: /"effort":"max"/,
    schemas: /"format":\{"type":"json_schema"/,
    'signed thoughts': /"signature"/,
    'failed tools': /"is_error":true/,
    'long marks of caches': /"ttl":"1h"/,
    'pictures from tools': /"tool_result"[^\]]*"type":"image"/,
    'a tool that must be used': /"tool_choice":\{"type":"(tool|any)"/,
    'more strict tools than are taken': /"tool_24".*"strict":true/,
    sampling: /"top_k"/,
    betas: /"anthropic-beta"/,
    'blank texts': /"text":" "/,
  },
};

test.each(CALLS.filter(([format]) => format in REACHED))('random calls of %s reach all that must be tried', (format, calls) => {
  const bodies = fc.sample(calls, { numRuns: 1_500, seed: 1 }).map(({ body, headers }) => JSON.stringify({ body, headers }));

  const missed = Object.entries(REACHED[format] ?? {}).filter(([, pattern]) => !bodies.some((body) => pattern.test(body)));

  expect(missed.map(([what]) => what)).toEqual([]);
});
