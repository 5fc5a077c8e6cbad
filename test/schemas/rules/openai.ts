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
    turns: () =>
      repeated(
        tools.map((tool) => (tool.function ?? tool.custom).name),
        'tools',
      ),
  };
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
    turns: () =>
      repeated(
        tools.map(({ name }) => name),
        'tools',
      ),
  };
}

function isForced(choice: unknown, words: readonly string[]): boolean {
  return typeof choice === 'string' ? words.includes(choice) : choice !== undefined;
}
