import type { Any, Sent, Written } from './written';
import { repeated } from './written';

/** The SDK's types have lost the sampling settings, which older models take. */
export function messages({ kind, body }: Sent): Written {
  const { temperature, top_p, top_k, anthropic_version, ...rest } = body as Any;
  const tools = (body['tools'] ?? []) as Any[];
  const { thinking, output_config, stop_sequences } = body as Any;
  return {
    schema: 'anthropic-messages',
    ownNames: 'anthropic',
    // Vertex AI names the model in the URL.
    body: kind === 'vertex-ai' ? { model: 'm', ...rest } : rest,
    toolNames: tools.map(({ name }) => name),
    strictSchemas: [
      ...tools.filter(({ strict }) => strict === true).map(({ input_schema }) => input_schema),
      ...(output_config?.format === undefined ? [] : [output_config.format.schema]),
    ],
    settings: {
      temperature,
      topP: top_p,
      topK: top_k,
      stop: stop_sequences,
      effort: output_config?.effort,
      thinking,
      format: output_config?.format,
      maxOutputTokens: body['max_tokens'],
      forced: ['any', 'tool'].includes((body['tool_choice'] as Any)?.type),
      strictTools: tools.filter(({ strict }) => strict === true).length,
    },
    turns: () => [
      ...(kind === 'vertex-ai' && (anthropic_version === undefined || 'model' in body) ? ['anthropic_version'] : []),
      ...repeated(
        tools.map(({ name }) => name),
        'tools',
      ),
      ...claudeTurns(body['messages'] as Any[]),
      ...claudeThinking(thinking, body['max_tokens'] as number, body as Any),
    ],
  };
}

/** @see https://docs.claude.com/en/api/messages */
function claudeTurns(turns: Any[]): string[] {
  const found: string[] = [];
  if (turns.length === 0) return ['no turns'];
  if (turns[0].role !== 'user') found.push(`the first turn is ${turns[0].role}'s`);
  turns.forEach(({ role, content }, index) => {
    const blocks: Any[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    if (blocks.length === 0) found.push(`messages[${index}] is empty`);
    const texts = blocks
      .flatMap((block) => [block, ...(Array.isArray(block.content) ? block.content : [])])
      .filter(({ type }) => type === 'text');
    if (texts.some(({ text }) => text.trim() === '')) found.push(`messages[${index}] holds a blank text`);
    const last = blocks.at(-1);
    if (index === turns.length - 1 && role === 'assistant' && last?.type === 'text' && last.text !== last.text.trimEnd())
      found.push('the prefill ends in white space');
    const ids = blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id }) => tool_use_id);
    const calls = idsOfCalls(turns[index - 1], 'tool_use');
    if (ids.some((id) => !calls.includes(id))) found.push(`messages[${index}] has results of no call before it: ${ids} of ${calls}`);
    if (new Set(ids).size < ids.length) found.push(`messages[${index}] has two results of one call`);
    const own = idsOfCalls(turns[index], 'tool_use');
    if (own.some((id) => !/^[a-zA-Z0-9_-]{1,128}$/.test(id))) found.push(`ids of calls: ${own}`);
  });
  return found;
}

function idsOfCalls(turn: Any, type: string): string[] {
  return turn === undefined || typeof turn.content === 'string'
    ? []
    : turn.content.filter((block: Any) => block.type === type).map(({ id }: Any) => id);
}

/** @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking */
export function claudeThinking(thinking: Any, cap: number, { temperature, top_k, top_p, tool_choice }: Any): string[] {
  if (thinking === undefined || thinking.type === 'disabled') return [];
  const found: string[] = [];
  if (thinking.type === 'enabled' && (thinking.budget_tokens < 1_024 || thinking.budget_tokens >= cap))
    found.push(`a budget of ${thinking.budget_tokens} below a cap of ${cap}`);
  if (temperature !== undefined && temperature !== 1) found.push('temperature with thinking');
  if (top_k !== undefined) found.push('top_k with thinking');
  if (top_p !== undefined && top_p < 0.95) found.push('top_p with thinking');
  if (tool_choice?.type === 'any' || tool_choice?.type === 'tool') found.push('a forced tool with thinking');
  return found;
}
