import type { Any, Sent, Written } from './written';
import { repeated } from './written';

/** @see https://docs.cohere.com/reference/chat */
export function cohere({ body }: Sent): Written {
  // The SDK writes `stream` itself.
  const { stream, ...rest } = body as Any;
  const names = ((body['tools'] ?? []) as Any[]).map((tool) => tool.function.name);
  return {
    schema: stream === true ? 'cohere stream' : 'cohere chat',
    body: rest,
    toolNames: names,
    settings: {
      temperature: rest.temperature,
      topP: rest.p,
      topK: rest.k,
      stop: rest.stop_sequences,
      seed: rest.seed,
      maxOutputTokens: rest.max_tokens,
      thinking: rest.thinking,
    },
    turns: () => [
      ...repeated(names, 'tools'),
      ...(rest.thinking?.token_budget >= rest.max_tokens
        ? [`a budget of ${rest.thinking.token_budget} below a cap of ${rest.max_tokens}`]
        : []),
      ...(rest.frequency_penalty < 0 || rest.presence_penalty < 0 || rest.frequency_penalty > 1 || rest.presence_penalty > 1
        ? ['penalties beyond 0 to 1']
        : []),
      ...(rest.p < 0.01 || rest.p > 0.99 ? [`p of ${rest.p}`] : []),
      ...(rest.k < 0 || rest.k > 500 ? [`k of ${rest.k}`] : []),
      ...(rest.stop_sequences?.length > 5 ? ['more than five stop sequences'] : []),
      ...(rest.messages.length === 0 ? ['no messages'] : []),
    ],
  };
}
