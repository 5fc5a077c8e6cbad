/** A call for a model that nobody knows, in the dialect of its host: what the caller wrote is what leaves, known to the gateway or not. */
import fc from 'fast-check';
import { startEveryProvider } from '../../support/every-provider';
import type { TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
const MESSAGES = '/v1/messages';

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply({ error: { message: 'seen' } }, 400));
  gateway = await startEveryProvider(upstream);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const TURNS = {
  [CHAT]: 'messages',
  [RESPONSES]: 'input',
  [MESSAGES]: 'messages',
} as const;
type Path = keyof typeof TURNS;

/** Of no field that policy or money reads, as a vendor may add one tomorrow; in letters that spell no `url` or `src`, which name a place. */
const NEW_FIELD = fc.stringMatching(/^x_[bdgkmqwz]{2,6}$/);
/** Words: what may name a place, or an object's own methods, is refused whoever asks for it. */
const word = fc.stringMatching(/^[a-z ]{0,8}$/);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(NEW_FIELD, tie('value'), { maxKeys: 3 }),
  ),
}));
const added = fc.dictionary(NEW_FIELD, value, { maxKeys: 3 });
const turn = fc
  .record({ role: fc.constantFrom('user', 'assistant'), content: fc.stringMatching(/^[a-z]{1,9}$/) })
  .chain((said) => added.map((more) => ({ ...said, ...more })));
const settings: Readonly<Record<Path, fc.Arbitrary<object>>> = {
  [CHAT]: fc.record(
    {
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      top_p: fc.double({ min: 0, max: 1, noNaN: true }),
      reasoning_effort: fc.constantFrom('none', 'low', 'xhigh', 'colossal'),
      seed: fc.integer(),
      stop: fc.array(fc.string({ minLength: 1 }), { maxLength: 9 }),
      frequency_penalty: fc.double({ min: -2, max: 2, noNaN: true }),
      max_completion_tokens: fc.integer({ min: 1, max: 900_000 }),
      verbosity: fc.constantFrom('low', 'extreme'),
      logprobs: fc.boolean(),
      parallel_tool_calls: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  [RESPONSES]: fc.record(
    {
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      reasoning: fc.record({ effort: fc.constantFrom('none', 'max', 'colossal'), summary: fc.constantFrom('auto', 'hidden') }),
      max_output_tokens: fc.integer({ min: 1, max: 900_000 }),
      text: fc.record({ verbosity: fc.constantFrom('low', 'extreme') }),
    },
    { requiredKeys: [] },
  ),
  [MESSAGES]: fc.record(
    {
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      top_k: fc.integer(),
      thinking: fc.constantFrom({ type: 'adaptive' }, { type: 'enabled', budget_tokens: 7 }, { type: 'of-tomorrow' }),
      output_config: fc.record({ effort: fc.constantFrom('low', 'colossal') }),
      stop_sequences: fc.array(fc.string(), { maxLength: 5 }),
    },
    { requiredKeys: [] },
  ),
};

/** What a key of these may not have kept. */
const FORCED: Readonly<Record<string, object>> = { [`openai ${CHAT}`]: { store: false } };

const PLACES: readonly (readonly [Path, readonly string[]])[] = [
  [CHAT, ['openai', 'azure-openai', 'xai', 'together', 'fireworks', 'openrouter', 'vllm', 'ollama', 'openai-compatible']],
  [RESPONSES, ['openai', 'azure-openai', 'xai', 'openrouter', 'ollama', 'vllm']],
  [MESSAGES, ['anthropic', 'anthropic-compatible', 'openrouter']],
];

test.each(PLACES.flatMap(([path, hosts]) => hosts.map((host) => [path, host] as const)))('%s of %s', async (path, host) => {
  await fc.assert(
    fc.asyncProperty(settings[path], added, fc.array(turn, { minLength: 1, maxLength: 4 }), async (set, more, turns) => {
      const model = host === 'anthropic' ? 'claude-of-nobody' : 'newco-x-9';
      const cap = path === MESSAGES ? { max_tokens: 400 } : {};
      const kept = path === RESPONSES ? { store: false } : {};
      const body = { model: `${host}/${model}`, [TURNS[path]]: turns, ...cap, ...kept, ...set, ...more };
      const before = upstream.requests.length;
      const reply = await gateway.call(path, body);
      const sent = upstream.requests[before];
      expect([reply.headers['x-gateway-warnings'], sent === undefined ? reply.text : undefined]).toEqual([undefined, undefined]);
      expect(JSON.parse(String(sent?.body))).toEqual({ ...JSON.parse(JSON.stringify(body)), model, ...FORCED[`${host} ${path}`] });
    }),
    { numRuns: 25 },
  );
});
