import { claudeThinking } from './anthropic';
import type { Any, Sent, Written } from './written';
import { repeated } from './written';

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function converse({ body, can }: Sent): Written {
  const { inferenceConfig = {}, toolConfig, additionalModelRequestFields: model = {}, outputConfig, messages: turns } = body as Any;
  const specs = ((toolConfig?.tools ?? []) as Any[]).flatMap(({ toolSpec }) => (toolSpec === undefined ? [] : [toolSpec]));
  const schemaText = outputConfig?.textFormat?.structure?.jsonSchema?.schema;
  return {
    schema: 'bedrock Converse',
    ownNames: 'openai',
    body,
    toolNames: specs.map(({ name }) => name),
    strictSchemas: [
      ...specs.filter(({ strict }) => strict === true).map(({ inputSchema }) => inputSchema.json),
      ...(schemaText === undefined ? [] : [JSON.parse(schemaText)]),
    ],
    settings: {
      temperature: inferenceConfig.temperature,
      topP: inferenceConfig.topP,
      topK: model.top_k ?? model.inferenceConfig?.topK,
      stop: inferenceConfig.stopSequences,
      effort: outputConfig?.effort ?? model.reasoning_effort ?? model.reasoningConfig?.maxReasoningEffort,
      thinking: model.thinking,
      format: outputConfig?.textFormat,
      maxOutputTokens: inferenceConfig.maxTokens,
      forced: toolConfig?.toolChoice?.any !== undefined || toolConfig?.toolChoice?.tool !== undefined,
      strictTools: specs.filter(({ strict }) => strict === true).length,
    },
    turns: () => [
      ...repeated(
        specs.map(({ name }) => name),
        'tools',
      ),
      ...converseTurns(turns, toolConfig),
      ...claudeThinking(model.thinking, inferenceConfig.maxTokens ?? Number.POSITIVE_INFINITY, {
        temperature: inferenceConfig.temperature,
        top_p: inferenceConfig.topP,
        top_k: model.top_k,
        tool_choice: toolConfig?.toolChoice?.any !== undefined || toolConfig?.toolChoice?.tool !== undefined ? { type: 'any' } : undefined,
      }),
      ...(can.schemaSubset?.includes('nova') === true
        ? specs.flatMap(({ inputSchema }) =>
            Object.keys(inputSchema.json).filter((key) => !['type', 'properties', 'required'].includes(key)),
          )
        : []),
      ...specs.flatMap(({ inputSchema: { json } }) => (json.type === 'object' ? [] : [`a tool's schema of the type ${json.type}`])),
    ],
  };
}

function converseTurns(turns: Any[], toolConfig: unknown): string[] {
  const found: string[] = [];
  if (turns[0]?.role !== 'user') found.push(`the first turn is ${turns[0]?.role}'s`);
  turns.forEach(({ role, content }, index) => {
    if (role === turns[index - 1]?.role) found.push(`messages[${index}] is of the same role as the one before`);
    if (content.length === 0) found.push(`messages[${index}] is empty`);
    for (const block of content) {
      const inner = [block, ...(block.toolResult?.content ?? [])];
      if (inner.some(({ text }) => text !== undefined && text.trim() === '')) found.push(`messages[${index}] holds a blank text`);
      if ((block.toolResult ?? block.toolUse) !== undefined && toolConfig === undefined)
        found.push('a history of tools without toolConfig');
    }
    if (content.some((block: Any) => block.document !== undefined) && !content.some(({ text }: Any) => text !== undefined))
      found.push('a document without a text');
    const last = content.at(-1);
    if (index === turns.length - 1 && role === 'assistant' && last.text !== undefined && last.text !== last.text.trimEnd())
      found.push('the prefill ends in white space');
    const ids = content.flatMap((block: Any) => block.toolResult?.toolUseId ?? []);
    const calls = (turns[index - 1]?.content ?? []).flatMap((block: Any) => block.toolUse?.toolUseId ?? []);
    if (ids.some((id: string) => !calls.includes(id))) found.push(`messages[${index}] has results of no call before it`);
    if (new Set(ids).size < ids.length) found.push('two results of one call');
  });
  return found;
}
