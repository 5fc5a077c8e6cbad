/** One call, said in each dialect: what a conversation holds, whoever writes it down. */

interface Call {
  readonly id: string;
  readonly name: string;
  /** As the model wrote them, which need not be JSON. */
  readonly written?: string;
}

export type Said =
  | { readonly system: string }
  | { readonly user: string; readonly marked?: true }
  | { readonly assistant: string; readonly calls?: readonly Call[] }
  | { readonly result: string; readonly text?: string; readonly picture?: true };

export interface Asked {
  readonly turns: readonly Said[];
  readonly tools?: readonly { readonly name: string; readonly schema: object; readonly strict?: true }[];
  readonly choice?: 'none' | 'required' | { readonly tool: string };
  readonly effort?: string;
  readonly most?: number;
  readonly schema?: object;
  readonly temperature?: number;
  readonly notes?: Readonly<Record<string, string>>;
  readonly user?: string;
}

/** A white pixel. */
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';
const PICTURE_URL = `data:image/png;base64,${PICTURE}`;

/** Ways to say a call: path and body. */
export const DIALECTS: Readonly<Record<string, (model: string, asked: Asked) => { readonly path: string; readonly body: object }>> = {
  chat: (model, asked) => ({ path: '/v1/chat/completions', body: { model, ...chat(asked) } }),
  responses: (model, asked) => ({ path: '/v1/responses', body: { model, store: false, ...responses(asked) } }),
  messages: (model, asked) => ({ path: '/v1/messages', body: { model, ...messages(asked) } }),
};

const MARK = { cache_control: { type: 'ephemeral' } };

function chat({ turns, tools, choice, effort, most, schema, temperature, notes, user }: Asked): object {
  return {
    messages: turns.map((said) => {
      if ('system' in said) return { role: 'system', content: said.system };
      if ('user' in said) return { role: 'user', content: [{ type: 'text', text: said.user, ...(said.marked ? MARK : {}) }] };
      if ('result' in said) {
        const content = said.picture ? [{ type: 'image_url', image_url: { url: PICTURE_URL } }] : (said.text ?? 'done');
        return { role: 'tool', tool_call_id: said.result, content };
      }
      const calls = said.calls?.map(({ id, name, written = '{}' }) => ({ id, type: 'function', function: { name, arguments: written } }));
      return {
        role: 'assistant',
        content: said.assistant === '' ? null : said.assistant,
        ...(calls === undefined ? {} : { tool_calls: calls }),
      };
    }),
    ...(tools && {
      tools: tools.map(({ name, schema: parameters, strict }) => ({
        type: 'function',
        function: { name, parameters, ...(strict && { strict }) },
      })),
    }),
    ...(choice && { tool_choice: typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.tool } } }),
    ...(effort && { reasoning_effort: effort }),
    ...(most && { max_completion_tokens: most }),
    ...(schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } } }),
    ...(temperature !== undefined && { temperature }),
    ...(notes && { metadata: notes }),
    ...(user && { user }),
  };
}

function responses({ turns, tools, choice, effort, most, schema, temperature, notes, user }: Asked): object {
  const text = (type: string, said: string, more: object = {}) => [{ type, text: said, ...more }];
  return {
    input: turns.flatMap((said): object[] => {
      if ('system' in said) return [{ role: 'developer', content: text('input_text', said.system) }];
      if ('user' in said) return [{ role: 'user', content: text('input_text', said.user, said.marked ? MARK : {}) }];
      if ('result' in said) {
        const output = said.picture ? [{ type: 'input_image', image_url: PICTURE_URL }] : (said.text ?? 'done');
        return [{ type: 'function_call_output', call_id: said.result, output }];
      }
      const calls = (said.calls ?? []).map(({ id, name, written = '{}' }) => ({
        type: 'function_call',
        call_id: id,
        name,
        arguments: written,
      }));
      return said.assistant === '' ? calls : [{ role: 'assistant', content: text('output_text', said.assistant) }, ...calls];
    }),
    ...(tools && { tools: tools.map(({ name, schema: parameters, strict = false }) => ({ type: 'function', name, parameters, strict })) }),
    ...(choice && { tool_choice: typeof choice === 'string' ? choice : { type: 'function', name: choice.tool } }),
    ...(effort && { reasoning: { effort } }),
    ...(most && { max_output_tokens: most }),
    ...(schema && { text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } } }),
    ...(temperature !== undefined && { temperature }),
    ...(notes && { metadata: notes }),
    ...(user && { user }),
  };
}

function messages({ turns, tools, choice, effort, most = 1_000, schema, temperature, user }: Asked): object {
  const config = { ...(effort && effort !== 'none' && { effort }), ...(schema && { format: { type: 'json_schema', schema } }) };
  return {
    max_tokens: most,
    messages: turns.map((said) => {
      if ('system' in said) return { role: 'system', content: said.system };
      if ('user' in said) return { role: 'user', content: [{ type: 'text', text: said.user, ...(said.marked ? MARK : {}) }] };
      if ('result' in said) {
        const content = said.picture
          ? [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PICTURE } }]
          : (said.text ?? 'done');
        return { role: 'user', content: [{ type: 'tool_result', tool_use_id: said.result, content }] };
      }
      const calls = (said.calls ?? []).map(({ id, name }) => ({ type: 'tool_use', id, name, input: {} }));
      return { role: 'assistant', content: [...(said.assistant === '' ? [] : [{ type: 'text', text: said.assistant }]), ...calls] };
    }),
    ...(tools && { tools: tools.map(({ name, schema: input_schema, strict }) => ({ name, input_schema, ...(strict && { strict }) })) }),
    ...(choice && {
      tool_choice: typeof choice === 'string' ? { type: choice === 'required' ? 'any' : choice } : { type: 'tool', name: choice.tool },
    }),
    ...(effort === 'none' && { thinking: { type: 'disabled' } }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...(temperature !== undefined && { temperature: Math.min(temperature, 1) }),
    ...(user && { metadata: { user_id: user } }),
  };
}
