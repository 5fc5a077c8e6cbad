import { call, called, HI, type Kind, LOOP, lost, result } from './kind';

const FUNCTION = { type: 'function', name: 'find', parameters: { type: 'object', properties: {} } };
const NAMESPACE = { type: 'namespace', name: 'maps', tools: [FUNCTION] };
const TWO = { type: 'namespace', name: 'maps', tools: [FUNCTION, { ...FUNCTION, name: 'drop' }] };
const OPENAIS = /^(?:openai|azure-openai|xai|groq|vllm|openrouter|fireworks)\//;
const named: Kind['wrong'] = ({ tools, format }) =>
  format === 'responses' || tools.some(({ name }) => /^maps_+find$/.test(name)) ? [] : [`tools: ${tools.map(({ name }) => name)}`];
const searched = (item: object): Kind => ({
  said: {
    turns: [HI],
    more: {
      responses: {
        input: [{ role: 'user', content: 'Search' }, item, { role: 'assistant', content: 'Found.' }, { role: 'user', content: 'Go' }],
      },
    },
  },
  dialects: ['responses'],
  wrong: (left, target, warnings) =>
    OPENAIS.test(target) ? [] : [...lost(left, 'Search', 'Found.', 'Go'), ...(warnings.includes('input') ? [] : ['no word of it'])],
});

/** What only one dialect can say. */
export const OWN_FIELDS: Readonly<Record<string, Kind>> = {
  'a namespace': { said: { turns: [HI], more: { responses: { tools: [NAMESPACE] } } }, dialects: ['responses'], wrong: named },
  'a choice in a namespace': {
    said: { turns: [HI], more: { responses: { tools: [NAMESPACE], tool_choice: { type: 'function', name: 'find', namespace: 'maps' } } } },
    dialects: ['responses'],
    wrong: named,
    refusable: /tool_choice/,
  },
  'allowed tools in a namespace': {
    said: {
      turns: [HI],
      more: {
        responses: {
          tools: [TWO],
          tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'find', namespace: 'maps' }] },
        },
      },
    },
    dialects: ['responses'],
    wrong: named,
  },
  'a tool among the input and among the tools': {
    said: {
      turns: [HI],
      more: {
        responses: {
          tools: [FUNCTION],
          input: [
            { type: 'additional_tools', role: 'developer', tools: [FUNCTION] },
            { role: 'user', content: 'Find it' },
          ],
        },
      },
    },
    dialects: ['responses'],
    wrong: ({ tools, format }) => (format === 'responses' || tools.length === 1 ? [] : [`${tools.length} tools`]),
  },
  'a search of earlier': searched({ type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } }),
  'a search in files of earlier': searched({ type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['x'], results: null }),
  'code that ran earlier': searched({
    type: 'code_interpreter_call',
    id: 'ci_1',
    status: 'completed',
    code: '1',
    outputs: [],
  }),
  'a picture of earlier': {
    ...searched({ type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'iVBORw0KGgo=' }),
    // Gemini is shown it.
    wrong: (left, target, warnings) => [
      ...lost(left, 'Search', 'Found.', 'Go'),
      ...(warnings.includes('input') || left.format === 'gemini' || OPENAIS.test(target) ? [] : ['no word of it']),
    ],
  },
  'a call of a server of earlier': searched({
    type: 'mcp_call',
    id: 'mcp_1',
    server_label: 's',
    name: 'n',
    arguments: '{}',
    output: 'x',
    status: 'completed',
  }),
  'tools of a server of earlier': searched({ type: 'mcp_list_tools', id: 'mcpl_1', server_label: 's', tools: [] }),
  'a search for tools of earlier': searched({
    type: 'tool_search_call',
    id: 'ts_1',
    execution: 'server',
    status: 'completed',
    arguments: {},
  }),
  'thoughts that nobody can read': {
    said: {
      turns: [HI],
      more: {
        responses: {
          input: [
            { role: 'user', content: 'Hi' },
            { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' },
            { role: 'assistant', content: 'Yes.' },
            { role: 'user', content: 'Go' },
          ],
        },
        messages: {
          messages: [
            { role: 'user', content: 'Hi' },
            {
              role: 'assistant',
              content: [
                { type: 'redacted_thinking', data: 'x' },
                { type: 'thinking', thinking: 'Hm.', signature: 's' },
                { type: 'text', text: 'Yes.' },
              ],
            },
            { role: 'user', content: 'Go' },
          ],
        },
        chat: {
          messages: [
            { role: 'user', content: 'Hi' },
            {
              role: 'assistant',
              content: 'Yes.',
              reasoning_content: 'Hm.',
              thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 's' }],
            },
            { role: 'user', content: 'Go' },
          ],
        },
      },
    },
    wrong: (left) => lost(left, 'Yes.', 'Go'),
  },
  "thoughts before a call, in LiteLLM's form": {
    said: {
      turns: [HI],
      budget: 2_000,
      cap: 8_000,
      tools: [{ name: 'find' }],
      more: {
        chat: {
          messages: [
            { role: 'user', content: 'Hi' },
            {
              role: 'assistant',
              content: null,
              thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 's' }],
              tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'find', arguments: '{}' } }],
            },
            { role: 'tool', tool_call_id: 'call_a', content: 'Bergen' },
          ],
        },
      },
    },
    dialects: ['chat'],
    wrong: (left) => lost(left, 'Bergen'),
  },
  'functions of old': {
    said: {
      turns: [HI],
      more: {
        chat: {
          messages: [
            { role: 'user', content: 'Hi' },
            { role: 'assistant', content: null, function_call: { name: 'find', arguments: '{}' } },
            { role: 'function', name: 'find', content: 'Bergen' },
          ],
          functions: [{ name: 'find', parameters: { type: 'object', properties: {} } }],
        },
      },
    },
    dialects: ['chat'],
    wrong: (left) => lost(left, 'Bergen'),
  },
  'bookkeeping of OpenAI': {
    said: {
      turns: [HI],
      more: {
        chat: {
          user: 'u-1',
          metadata: { a: 'b' },
          service_tier: 'auto',
          prompt_cache_key: 'k',
          safety_identifier: 's',
          store: false,
          seed: 7,
          parallel_tool_calls: false,
          verbosity: 'low',
        },
        responses: {
          user: 'u-1',
          metadata: { a: 'b' },
          service_tier: 'auto',
          prompt_cache_key: 'k',
          safety_identifier: 's',
          store: false,
          truncation: 'disabled',
          parallel_tool_calls: false,
          include: [],
        },
        messages: { metadata: { user_id: 'u-1' }, service_tier: 'auto' },
      },
    },
  },
  "Claude Code's own": {
    said: {
      turns: [...LOOP, called(call('call_b')), result('call_b')],
      tools: [{ name: 'find' }],
      cap: 64_000,
      adaptive: true,
      more: {
        messages: {
          context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
          metadata: { user_id: '{"device_id":"d","account_uuid":"","session_id":"s"}' },
        },
      },
    },
    dialects: ['messages'],
    wrong: (left) => lost(left, 'Bergen'),
  },
};
