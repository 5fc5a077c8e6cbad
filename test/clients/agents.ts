/**
 * What coding agents ask, written by us after what they were seen to send: every field that such a call has, and none of their words. Each plays one loop:
 * two tools at once of which one fails, a third, an answer.
 */

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { isStepCount, jsonSchema, streamText, tool } from 'ai';
import OpenAI from 'openai';
import type { ClientGateway } from './support';
import type { SeenCall, Turn } from './upstreams';

/** As agents do: on a busy machine the local run's store answers late, which the gateway tells with 503. */
const RETRIES = 5;

/** What the files say. */
export const FIRST = 'heron-4711';
export const SECOND = 'egret-0815';
const FILES: Readonly<Record<string, string>> = { '/note.txt': FIRST, '/more.txt': SECOND };

/** Schemas as tools of agents have them: by zod, of MCP servers, with definitions, without properties. */
const READ = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { path: { type: 'string', minLength: 1 }, limit: { type: 'integer', exclusiveMinimum: 0, maximum: 9_007_199_254_740_991 } },
  required: ['path'],
  additionalProperties: false,
};
const SEARCH = {
  type: 'object',
  $defs: {
    filter: { type: 'object', properties: { field: { type: 'string' }, any: { type: 'array', items: { $ref: '#/$defs/filter' } } } },
  },
  properties: { query: { type: 'string' }, filter: { $ref: '#/$defs/filter' }, sort: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
};
const UNION = {
  anyOf: [
    { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  ],
};
const NOTHING = { type: 'object' };
const TOOLS = [
  { name: 'read', description: 'Reads a file', schema: READ },
  { name: 'mcp__issue-tracker__search_issues', description: 'Searches', schema: SEARCH },
  { name: 'mcp__registry__find', description: 'Finds one', schema: UNION },
  { name: 'list', description: 'Lists', schema: NOTHING },
];

/** What the model says: it goes by the results that it has seen last. */
export function nextTurn({ results }: Pick<SeenCall, 'results'>): Turn {
  const seen = results.join('\n');
  if (seen.includes(SECOND)) return { thinking: 'That is all of it.', text: `They say ${FIRST} and ${SECOND}.` };
  if (seen.includes(FIRST)) return { thinking: 'And the second?', calls: [{ name: 'read', input: { path: '/more.txt' } }] };
  const calls = ['/note.txt', '/absent.txt'].map((path) => ({ name: 'read', input: { path } }));
  return { thinking: 'What does the first say?', text: 'I shall look.\n', calls };
}

function outcomeOf(path: unknown): { readonly text: string; readonly failed: boolean } {
  const text = FILES[String(path)];
  return { text: text ?? `no such file: ${path}`, failed: text === undefined };
}

/** An agent: asks a model, runs its tools, and gives back what it says in the end. */
export type Agent = (gateway: ClientGateway, model: string) => Promise<string>;

/** @see https://docs.claude.com/en/docs/claude-code */
export const likeClaudeCode: Agent = async ({ url, key }, model) => {
  const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: RETRIES });
  const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } };
  const messages: object[] = [
    {
      role: 'user',
      content: [
        { type: 'text', text: '<reminder>Today is Monday.</reminder>' },
        { type: 'text', text: 'Read it.', ...mark },
      ],
    },
    { role: 'system', content: 'Files may have changed.', output_config: { effort: 'high' } },
  ];
  let moved: { cache_control?: object }[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const body = {
      model,
      max_tokens: 128_000,
      stream: true,
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=0; cch=00000;' },
        { type: 'text', text: 'You are an agent.', ...mark },
        { type: 'text', text: 'Work carefully.', ...mark },
      ],
      messages,
      tools: [
        ...TOOLS.map(({ schema, ...named }) => ({ ...named, input_schema: rootOf(schema) })),
        { name: 'later', description: 'Is loaded late', input_schema: READ, defer_loading: true },
      ],
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'high' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: { user_id: JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: 's' }) },
    };
    const headers = {
      'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,effort-2025-11-24',
    };
    const { content } = await client.messages.stream(body as never, { headers }).finalMessage();
    const calls = content.filter((block) => block.type === 'tool_use');
    if (calls.length === 0) return textOf(content);
    const results = calls.map(({ id, input }, index) => {
      const { text, failed } = outcomeOf((input as { path?: string }).path);
      return { type: 'tool_result', tool_use_id: id, content: text, is_error: failed, ...(index === calls.length - 1 ? mark : {}) };
    });
    // The mark moves on to what came last.
    for (const block of moved) delete block.cache_control;
    moved = results.filter((block) => 'cache_control' in block);
    messages.push({ role: 'assistant', content }, { role: 'user', content: results }, { role: 'system', content: 'Go on.' });
  }
  return '';
};

function textOf(content: readonly Anthropic.ContentBlock[]): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

/** @see https://developers.openai.com/codex */
export const likeCodex: Agent = async ({ baseUrl, key }, model) => {
  const client = new OpenAI({ baseURL: baseUrl, apiKey: key, maxRetries: RETRIES });
  const input: object[] = [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: '<permissions>read only</permissions>' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: '<environment>/</environment>' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Read it.' }] },
  ];
  for (let turn = 0; turn < 5; turn += 1) {
    const body = {
      model,
      instructions: 'You are an agent.',
      input,
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      tools: [
        ...TOOLS.map(({ schema, ...named }) => ({
          type: 'function',
          ...named,
          strict: false,
          parameters: rootOf(schema),
        })),
        {
          type: 'namespace',
          name: 'maps',
          description: 'Maps',
          tools: [{ type: 'function', name: 'find', strict: false, parameters: rootOf(READ) }],
        },
        {
          type: 'custom',
          name: 'apply_patch',
          description: 'Edits',
          format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' },
        },
        { type: 'web_search', external_web_access: false },
      ],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'high', summary: 'auto' },
      text: { verbosity: 'low' },
      prompt_cache_key: '01a22a59-774f-7d83-8d8b-a2ba1522b06b',
      client_metadata: { thread_id: 't', session_id: 's', 'x-codex-window-id': 'w:0' },
    };
    const { output, output_text: text } = await client.responses.stream(body as never).finalResponse();
    const calls = output.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return text;
    const outputs = calls.map(({ call_id: id, arguments: written }) => ({
      type: 'function_call_output',
      call_id: id,
      output: outcomeOf(JSON.parse(written).path).text,
    }));
    // Words that come in while a tool runs stand before its result.
    const meanwhile = { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Time passes.' }] };
    input.push(...output.map(plainItem), ...(turn === 1 ? [meanwhile] : []), ...outputs);
  }
  return '';
};

/** The agents' own vendors refuse a union at the root. */
function rootOf(schema: object): object {
  return 'anyOf' in schema ? { type: 'object', properties: { id: { type: 'string' } } } : { type: 'object', properties: {}, ...schema };
}

/** Without what the package puts beside it. */
function plainItem(item: object): object {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !/^parsed/.test(name)));
}

/** @see https://opencode.ai/docs */
export const likeOpenCode: Agent = async ({ baseUrl, key }, model) => {
  const provider = createOpenAICompatible({ name: 'gateway', baseURL: baseUrl, apiKey: key, includeUsage: true });
  const tools = Object.fromEntries(
    TOOLS.map(({ name, description, schema }) => [
      name,
      tool({
        description,
        inputSchema: jsonSchema<{ path?: string }>(rootOf(schema)),
        execute: async ({ path }) => {
          const { text, failed } = outcomeOf(path);
          if (failed) throw new Error(text);
          return text;
        },
      }),
    ]),
  );
  const result = streamText({
    model: provider(model),
    system: 'You are an agent.',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Read it.' },
          { type: 'text', text: 'Carefully.' },
        ],
      },
    ],
    tools,
    toolChoice: 'auto',
    maxOutputTokens: 32_000,
    maxRetries: RETRIES,
    stopWhen: isStepCount(5),
    onError: () => undefined,
  });
  return result.text;
};
