/** A call in no dialect, and how each dialect writes it. */

export interface SaidText {
  readonly text: string;
  readonly cached?: boolean;
}

export interface SaidCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote them. */
  readonly args: string;
}

export interface SaidResult {
  readonly id: string;
  readonly texts: readonly (string | SaidText)[];
  readonly failed?: boolean;
}

export type SaidTurn =
  | {
      readonly role: 'system' | 'user' | 'assistant';
      readonly texts?: readonly (string | SaidText)[];
      readonly calls?: readonly SaidCall[];
    }
  | { readonly role: 'user'; readonly texts?: readonly (string | SaidText)[]; readonly pdf: string }
  | { readonly role: 'tool'; readonly results: readonly SaidResult[]; readonly pdf?: string };

export interface SaidTool {
  readonly name: string;
  readonly schema?: object;
  readonly strict?: boolean;
  readonly cached?: boolean;
  readonly description?: string;
}

export interface Said {
  readonly turns: readonly SaidTurn[];
  readonly tools?: readonly SaidTool[];
  readonly choice?: 'auto' | 'none' | 'required' | { readonly name: string };
  readonly cap?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly effort?: string;
  /** Tokens; 0: switched off. */
  readonly budget?: number;
  readonly adaptive?: boolean;
  readonly answer?: { readonly schema: object; readonly strict?: boolean };
  /** Fields of the dialect's own. */
  readonly more?: Readonly<Partial<Record<DialectWord, object>>>;
}

export type DialectWord = 'chat' | 'responses' | 'messages';

export const PATHS: Readonly<Record<DialectWord, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
};

const EMPTY = { type: 'object', properties: {} };
const MARK = { cache_control: { type: 'ephemeral' } };

export function written(said: Said, dialect: DialectWord): Record<string, unknown> {
  const body = { chat, responses, messages }[dialect](said);
  return JSON.parse(JSON.stringify({ ...body, ...said.more?.[dialect] })) as Record<string, unknown>;
}

function part(type: string, text: string | SaidText): object {
  return typeof text === 'string' ? { type, text } : { type, text: text.text, ...(text.cached === true ? MARK : {}) };
}

function content(type: string, texts: readonly (string | SaidText)[] = []): string | object[] {
  const [only] = texts;
  return texts.length === 1 && typeof only === 'string' ? only : texts.map((text) => part(type, text));
}

function chat({ turns, tools, choice, cap, temperature, topP, topK, stop, effort, budget, adaptive, answer }: Said): object {
  const messages = turns.flatMap((turn): object[] => {
    if (turn.role === 'tool') {
      const results = turn.results.map(({ id, texts }) => ({ role: 'tool', tool_call_id: id, content: content('text', texts) }));
      return turn.pdf === undefined ? results : [...results, { role: 'user', content: [chatPdf(turn.pdf)] }];
    }
    if ('pdf' in turn) return [{ role: 'user', content: [...(turn.texts ?? []).map((text) => part('text', text)), chatPdf(turn.pdf)] }];
    const { role, texts, calls } = turn;
    if (calls === undefined) return [{ role, content: content('text', texts) }];
    return [
      {
        role,
        content: texts === undefined ? null : content('text', texts),
        tool_calls: calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: args } })),
      },
    ];
  });
  return {
    messages,
    tools: tools?.map(({ name, description, schema = EMPTY, strict, cached }) => ({
      type: 'function',
      function: { name, description, parameters: schema, strict },
      ...(cached === true ? MARK : {}),
    })),
    tool_choice: typeof choice === 'object' ? { type: 'function', function: choice } : choice,
    max_completion_tokens: cap,
    temperature,
    top_p: topP,
    top_k: topK,
    stop,
    reasoning_effort: effort,
    thinking: thinking(budget, adaptive),
    response_format: answer === undefined ? undefined : { type: 'json_schema', json_schema: { name: 'answer', ...answer } },
  };
}

function chatPdf(data: string): object {
  return { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` } };
}

function thinking(budget: number | undefined, adaptive: boolean | undefined): object | undefined {
  if (adaptive === true) return { type: 'adaptive' };
  if (budget === undefined) return undefined;
  return budget === 0 ? { type: 'disabled' } : { type: 'enabled', budget_tokens: budget };
}

function responses({
  turns,
  tools,
  choice,
  cap,
  temperature,
  topP,
  topK,
  stop,
  effort,
  budget,
  adaptive,
  answer,
}: Said): object | undefined {
  const input = turns.flatMap((turn): object[] => {
    if (turn.role === 'tool') {
      const results = turn.results.map(({ id, texts }) => ({
        type: 'function_call_output',
        call_id: id,
        output: content('input_text', texts),
      }));
      return turn.pdf === undefined ? results : [...results, { role: 'user', content: [responsesPdf(turn.pdf)] }];
    }
    if ('pdf' in turn)
      return [{ role: 'user', content: [...(turn.texts ?? []).map((text) => part('input_text', text)), responsesPdf(turn.pdf)] }];
    const { role, texts, calls = [] } = turn;
    const type = role === 'assistant' ? 'output_text' : 'input_text';
    const said = texts === undefined ? [] : [{ role: role === 'system' ? 'developer' : role, content: content(type, texts) }];
    return [...said, ...calls.map(({ id, name, args }) => ({ type: 'function_call', call_id: id, name, arguments: args }))];
  });
  const effortTold = effort ?? (budget === 0 ? 'none' : adaptive === true || budget !== undefined ? 'high' : undefined);
  return {
    input,
    tools: tools?.map(({ name, description, schema = EMPTY, strict, cached }) => ({
      type: 'function',
      name,
      description,
      parameters: schema,
      strict,
      ...(cached === true ? MARK : {}),
    })),
    tool_choice: typeof choice === 'object' ? { type: 'function', ...choice } : choice,
    max_output_tokens: cap,
    temperature,
    top_p: topP,
    top_k: topK,
    stop,
    reasoning: effortTold === undefined ? undefined : { effort: effortTold },
    text: answer === undefined ? undefined : { format: { type: 'json_schema', name: 'answer', ...answer } },
  };
}

function responsesPdf(data: string): object {
  return { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` };
}

function messages({ turns, tools, choice, cap, temperature, topP, topK, stop, effort, budget, adaptive, answer }: Said): object {
  const first = turns.findIndex(({ role }) => role !== 'system');
  const leading = first < 0 ? turns : turns.slice(0, first);
  const others = first < 0 ? [] : turns.slice(first);
  const pdf = (data: string) => ({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } });
  return {
    system:
      leading.length === 0
        ? undefined
        : leading.flatMap((turn) => ('texts' in turn ? (turn.texts ?? []).map((text) => part('text', text)) : [])),
    messages: others.map((turn): object => {
      if (turn.role === 'tool') {
        const results = turn.results.map(({ id, texts, failed }) => ({
          type: 'tool_result',
          tool_use_id: id,
          content: content('text', texts),
          is_error: failed,
        }));
        return { role: 'user', content: turn.pdf === undefined ? results : [...results, pdf(turn.pdf)] };
      }
      const texts = turn.texts ?? [];
      if ('pdf' in turn) return { role: 'user', content: [...texts.map((text) => part('text', text)), pdf(turn.pdf)] };
      const calls = turn.calls ?? [];
      if (calls.length === 0) return { role: turn.role, content: content('text', texts) };
      return {
        role: turn.role,
        content: [
          ...texts.map((text) => part('text', text)),
          ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: asObject(args) })),
        ],
      };
    }),
    tools: tools?.map(({ name, description, schema = EMPTY, strict, cached }) => ({
      name,
      description,
      input_schema: schema,
      strict,
      ...(cached === true ? MARK : {}),
    })),
    tool_choice:
      choice === undefined
        ? undefined
        : typeof choice === 'object'
          ? { type: 'tool', ...choice }
          : { type: { auto: 'auto', none: 'none', required: 'any' }[choice] },
    max_tokens: cap ?? 4_000,
    temperature,
    top_p: topP,
    top_k: topK,
    stop_sequences: stop,
    thinking: thinking(budget, adaptive ?? (effort !== undefined && effort !== 'none' ? true : undefined)),
    output_config:
      effort === undefined && answer === undefined
        ? undefined
        : {
            effort: effort === 'none' ? undefined : effort,
            format: answer === undefined ? undefined : { type: 'json_schema', schema: answer.schema },
          },
  };
}

/** Callers of Messages can write no broken arguments. */
function asObject(args: string): unknown {
  try {
    return JSON.parse(args);
  } catch {
    return { broken: args };
  }
}
