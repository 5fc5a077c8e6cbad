import type { Any, Sent, Written } from './written';
import { repeated } from './written';

const VENDORS = new Set(['mistral', 'groq', 'cerebras']);

/** Compatible servers take an earlier turn's thinking back, which OpenAI's own types do not know. @see https://api-docs.deepseek.com/guides/thinking_mode */
function withoutThoughts({ reasoning_content: _content, reasoning_details: _details, ...message }: Any): Any {
  return message;
}

/** @see https://api-docs.deepseek.com/guides/thinking_mode */
function withoutSwitch(kind: string, body: Sent['body']): Any {
  const { thinking: _thinking, ...rest } = body;
  return kind === 'deepseek' ? rest : body;
}

export function chat({ kind, body }: Sent): Written {
  const strict = kind === 'openai' || kind === 'azure-openai' || VENDORS.has(kind);
  const given = body['messages'] as Any[];
  const tools = (body['tools'] ?? []) as Any[];
  const { temperature, top_p, stop, seed, n, logprobs, frequency_penalty, presence_penalty, logit_bias, verbosity, reasoning_effort } =
    body as Any;
  return {
    schema: VENDORS.has(kind) ? `${kind} chat` : 'openai-chat',
    body: strict ? body : { ...withoutSwitch(kind, body), messages: given.map(withoutThoughts) },
    toolNames: tools.map((tool) => (tool.function ?? tool.custom).name),
    settings: {
      temperature,
      topP: top_p,
      topK: body['top_k'],
      stop,
      seed: seed ?? body['random_seed'],
      choices: n,
      logprobs,
      penalties: frequency_penalty ?? presence_penalty,
      logitBias: logit_bias,
      verbosity,
      effort: reasoning_effort,
      maxOutputTokens: body['max_completion_tokens'] ?? body['max_tokens'],
      strictTools: tools.filter((tool) => tool.function?.strict === true).length,
      forced: isForced(body['tool_choice'], ['required', 'any']),
    },
    turns: () => [
      ...repeated(
        tools.map((tool) => (tool.function ?? tool.custom).name),
        'tools',
      ),
      ...chatTurns(given, kind),
    ],
  };
}

/** Results stand right behind the turn that called, one a call. @see https://platform.openai.com/docs/guides/function-calling */
function chatTurns(turns: Any[], kind: string): string[] {
  const found: string[] = turns.length === 0 ? ['no turns'] : [];
  let open: string[] = [];
  turns.forEach(({ role, tool_call_id: id, tool_calls: calls, content, refusal }, index) => {
    if (role === 'tool') {
      if (!open.includes(id)) found.push(`messages[${index}] is the result of no call before it`);
      open = open.filter((one) => one !== id);
      return;
    }
    if (open.length > 0) found.push(`messages[${index}] stands before a result`);
    open = (calls ?? []).map((call: Any) => call.id);
    if (new Set(open).size < open.length) found.push(`messages[${index}] has two calls of one id`);
    if (role === 'assistant' && (calls ?? refusal) === undefined && (content === null || content === undefined))
      found.push(`messages[${index}] says nothing`);
    if (kind === 'mistral' && open.some((one) => !/^[A-Za-z0-9]{9}$/.test(one))) found.push(`ids of calls: ${open}`);
  });
  if (kind === 'mistral') found.push(...mistralOrder(turns));
  if (kind === 'deepseek') {
    found.push(...turns.filter(isTextInParts).map(({ role }) => `a text of the ${role} in parts`));
    found.push(...turns.filter(({ refusal }) => refusal !== undefined).map(() => 'a refusal in a field of its own'));
  }
  return found;
}

/** @see https://docs.mistral.ai/capabilities/function_calling */
function mistralOrder(turns: Any[]): string[] {
  const found: string[] = [];
  const said = turns.filter(({ role }) => role !== 'system');
  if (said.length > 0 && said[0].role !== 'user') found.push(`the first turn is the ${said[0].role}'s`);
  turns.forEach(({ role }, index) => {
    const before = turns[index - 1]?.role;
    if (before === 'tool' && role !== 'tool' && role !== 'assistant') found.push(`messages[${index}] is the ${role}'s behind a result`);
    if (before === 'assistant' && role === 'system') found.push(`messages[${index}] are instructions behind an answer`);
  });
  const last = turns.at(-1) ?? {};
  if (last.role !== 'user' && last.role !== 'tool' && last.prefix !== true) found.push(`the last turn is the ${last.role}'s`);
  return found;
}

/** @see https://api-docs.deepseek.com/api/create-chat-completion */
function isTextInParts({ content }: Any): boolean {
  return Array.isArray(content) && content.every(({ type }) => type === 'text');
}

/** @see https://platform.openai.com/docs/guides/function-calling */
function responsesItems(items: Any[]): string[] {
  const called = new Set<string>();
  const answered = new Set<string>();
  return items.flatMap(({ type, call_id: id }, index) => {
    if (type === 'function_call' || type === 'custom_tool_call') {
      called.add(`${type}_output ${id}`);
      // Ids may be numbered from the start in each turn.
      answered.delete(`${type}_output ${id}`);
    }
    if (type !== 'function_call_output' && type !== 'custom_tool_call_output') return [];
    const key = `${type} ${id}`;
    if (!called.has(key)) return [`input[${index}] is the output of no call before it`];
    if (answered.has(key)) return [`input[${index}] is the second output of one call`];
    answered.add(key);
    return [];
  });
}

export function responses({ body }: Sent): Written {
  const { temperature, top_p, text, reasoning, max_output_tokens, top_logprobs } = body as Any;
  const tools = ((body['tools'] ?? []) as Any[]).filter(({ type }) => type === 'function' || type === 'custom');
  return {
    schema: 'openai-responses',
    body,
    toolNames: tools.map(({ name }) => name),
    settings: {
      temperature,
      topP: top_p,
      logprobs: top_logprobs,
      verbosity: text?.verbosity,
      effort: reasoning?.effort,
      maxOutputTokens: max_output_tokens,
      forced: isForced(body['tool_choice'], ['required']),
      strictTools: tools.filter(({ strict }) => strict === true).length,
    },
    turns: () => [
      ...repeated(
        tools.map(({ name }) => name),
        'tools',
      ),
      ...responsesItems(body['input'] as Any[]),
    ],
  };
}

function isForced(choice: unknown, words: readonly string[]): boolean {
  return typeof choice === 'string' ? words.includes(choice) : choice !== undefined;
}
