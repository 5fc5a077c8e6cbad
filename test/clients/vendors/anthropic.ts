import { isSignature } from '../upstreams/scripted-state';
import type { Body } from '../upstreams/turn';
import { checkHeldSchema, checkSettings, claudeOf } from './claude';
import { countMarks, doubled, isObject, must, Refusal, unknownFields } from './refusal';

const FIELDS = `model messages max_tokens system tools tool_choice temperature top_p top_k stop_sequences stream metadata service_tier thinking
 output_config container context_management mcp_servers inference_geo cache_control diagnostics safeguards speed`;
const BLOCKS: Readonly<Record<string, string>> = {
  text: 'type text cache_control citations',
  image: 'type source cache_control',
  document: 'type source title context citations cache_control',
  search_result: 'type source title content citations cache_control',
  tool_use: 'type id name input cache_control caller',
  tool_result: 'type tool_use_id content is_error cache_control',
  thinking: 'type thinking signature',
  redacted_thinking: 'type data',
};
const OF_ROLE: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'image', 'document', 'search_result', 'tool_result'],
  assistant: ['text', 'tool_use', 'thinking', 'redacted_thinking'],
  system: ['text'],
};
const ID = /^[a-zA-Z0-9_-]+$/;

/**
 * What Anthropic refuses of Messages.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use
 */
export function checkMessages(body: Body, model: string): void {
  const claude = claudeOf(model);
  if (claude === undefined) throw new Refusal(`model: ${model}`, undefined, 404, 'not_found_error');
  const [extra] = unknownFields(body, FIELDS);
  must(extra === undefined, `${extra}: Extra inputs are not permitted`);
  must(Number.isInteger(body.max_tokens) && body.max_tokens > 0, 'max_tokens: Field required');
  must(Array.isArray(body.messages) && body.messages.length > 0, 'messages: at least one message is required');
  checkSystem(body.system);
  checkTools(body);
  checkTurns(body, claude.systemBetweenTurns === true);
  must(
    claude.prefill || body.messages.at(-1).role !== 'assistant',
    () => 'This model does not support assistant message prefill. The conversation must end with a user message.',
  );
  checkSettings(model, claude, {
    maxTokens: body.max_tokens,
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    thinking: body.thinking,
    effort: body.output_config?.effort,
    forcesTool: ['any', 'tool'].includes(body.tool_choice?.type),
  });
  if (body.output_config?.format !== undefined) checkHeldSchema(body.output_config.format.schema, 'output_config.format.schema');
  for (const [index, sequence] of (body.stop_sequences ?? []).entries()) {
    must(/\S/.test(sequence), `stop_sequences.${index}: each stop sequence must contain non-whitespace`);
  }
  const marks = countMarks([body.tools, body.system, body.messages], 'cache_control');
  must(marks <= 4, `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`);
  checkMetadata(body.metadata);
}

function checkMetadata(metadata: Body): void {
  if (metadata === undefined) return;
  must(
    unknownFields(metadata, 'user_id').length === 0,
    `metadata.${unknownFields(metadata, 'user_id')[0]}: Extra inputs are not permitted`,
  );
  must((metadata.user_id ?? '').length <= 512, 'metadata.user_id: String should have at most 512 characters');
}

function checkSystem(system: Body): void {
  if (system === undefined || typeof system === 'string') return;
  must(Array.isArray(system), 'system: Input should be a valid list');
  system.forEach((block: Body, index: number) => {
    must(block.type === 'text', `system.${index}.type: Input should be 'text'`);
    must(block.text !== '', 'system: text content blocks must be non-empty');
    must(/\S/.test(block.text), 'system: text content blocks must contain non-whitespace text');
  });
}

function checkTools({ tools, tool_choice: choice }: Body): void {
  if (tools === undefined || tools.length === 0) {
    must(choice === undefined || choice.type === 'none', 'tool_choice may only be specified while providing tools.');
    return;
  }
  tools.forEach((tool: Body, index: number) => {
    if (tool.type !== undefined && tool.type !== 'custom') return;
    const at = `tools.${index}.custom`;
    must(/^[a-zA-Z0-9_-]{1,128}$/.test(tool.name), `${at}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    must(isObject(tool.input_schema), `${at}.input_schema: Field required`);
    must(tool.input_schema.type === 'object', `${at}.input_schema.type: Input should be 'object'`);
    must(
      !['oneOf', 'allOf', 'anyOf'].some((union) => union in tool.input_schema),
      `${at}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
    );
    if (tool.strict === true) checkHeldSchema(tool.input_schema, at);
  });
  must(doubled(tools.map(({ name }: Body) => name)).length === 0, 'tools: Tool names must be unique.');
  const strict = tools.filter((tool: Body) => tool.strict === true).length;
  must(strict <= 20, `Too many strict tools: ${strict}. At most 20 tools may be strict.`);
  if (choice?.type === 'tool') {
    must(
      tools.some(({ name }: Body) => name === choice.name),
      `Tool '${choice.name}' not found in provided tools`,
    );
  }
}

function checkTurns({ messages, thinking }: Body, systemBetweenTurns: boolean): void {
  must(messages[0].role === 'user', 'messages: first message must use the "user" role');
  const called = new Set<string>();
  messages.forEach((message: Body, index: number) => {
    const at = `messages.${index}`;
    must(
      message.role in OF_ROLE && (message.role !== 'system' || systemBetweenTurns),
      `${at}: Input should be 'user' or 'assistant' (role ${message.role})`,
    );
    const isLast = index === messages.length - 1;
    const content = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    must(Array.isArray(content), `${at}.content: Input should be a valid list`);
    must(content.length > 0 || (isLast && message.role === 'assistant'), `${at}: all messages must have non-empty content`);
    content.forEach((block: Body, place: number) => {
      checkBlock(block, message.role, `${at}.content.${place}`);
      if (block.type !== 'tool_use') return;
      must(!called.has(block.id), `${at}.content.${place}: \`tool_use\` ids must be unique`);
      called.add(block.id);
    });
    const end = content.at(-1)?.type === 'text' ? content.at(-1).text : '';
    if (isLast && message.role === 'assistant') {
      must(end === end.trimEnd(), 'messages: final assistant content cannot end with trailing whitespace');
    }
  });
  checkPairs(joined(messages));
  if (thinking?.type === 'enabled') checkThinkingCameBack(messages);
}

/** Turns of one role in a row are one. */
function joined(messages: Body[]): { role: string; content: Body[]; index: number }[] {
  const turns: { role: string; content: Body[]; index: number }[] = [];
  messages.forEach(({ role, content }, index) => {
    const blocks: Body[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const last = turns.at(-1);
    if (last !== undefined && last.role === role) last.content.push(...blocks);
    else turns.push({ role, content: [...blocks], index });
  });
  return turns;
}

function checkPairs(turns: readonly { role: string; content: Body[]; index: number }[]): void {
  turns.forEach((turn, position) => {
    const uses = turn.content.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    const next = turns[position + 1];
    if (uses.length > 0 && position < turns.length - 1) {
      const leading = leadingResults(next?.content ?? []);
      const missing = uses.filter((id) => !leading.includes(id));
      must(
        missing.length === 0,
        `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
      must(doubled(leading).length === 0, `messages.${next?.index}: each tool_use must have a single result. Found multiple results.`);
    }
    const before = turns[position - 1]?.content.filter(({ type }) => type === 'tool_use').map(({ id }) => id) ?? [];
    const stray = turn.content.find(({ type, tool_use_id: id }) => type === 'tool_result' && !before.includes(id));
    must(
      stray === undefined,
      `messages.${turn.index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray?.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  });
}

/** Results stand before everything else that the user says. */
function leadingResults(content: readonly Body[]): string[] {
  const end = content.findIndex(({ type }) => type !== 'tool_result');
  return content.slice(0, end < 0 ? undefined : end).map(({ tool_use_id: id }) => id);
}

function checkBlock(block: Body, role: string, at: string): void {
  must(
    OF_ROLE[role]?.includes(block.type) === true,
    `${at}: Input tag '${block.type}' found using 'type' does not match any of the expected tags`,
  );
  const [extra] = unknownFields(block, BLOCKS[block.type] ?? '');
  must(extra === undefined, `${at}.${block.type}.${extra}: Extra inputs are not permitted`);
  switch (block.type) {
    case 'text':
      must(block.text !== '', 'messages: text content blocks must be non-empty');
      must(/\S/.test(block.text), 'messages: text content blocks must contain non-whitespace text');
      return;
    case 'tool_use':
      must(ID.test(block.id), `${at}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
      must(/^[a-zA-Z0-9_-]{1,200}$/.test(block.name), `${at}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'`);
      must(isObject(block.input), `${at}.tool_use.input: Input should be a valid dictionary`);
      return;
    case 'tool_result':
      must(ID.test(block.tool_use_id), `${at}.tool_result.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
      for (const inner of Array.isArray(block.content) ? block.content : []) {
        if (inner.type === 'text') must(inner.text !== '', 'messages: text content blocks must be non-empty');
      }
      return;
    case 'thinking':
      must(isSignature(block.signature, block.thinking), `${at}: Invalid \`signature\` in \`thinking\` block`);
  }
}

/** With a budget, a turn that calls tools begins with the thinking before, until the user speaks again. */
function checkThinkingCameBack(messages: readonly Body[]): void {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  if (last < 0 || messages[last].content === undefined) return;
  const answered = messages
    .slice(last + 1)
    .some(({ content }) => Array.isArray(content) && content.some(({ type }) => type === 'tool_result'));
  const first = Array.isArray(messages[last].content) ? messages[last].content[0]?.type : 'text';
  must(
    !answered || first === 'thinking' || first === 'redacted_thinking',
    `messages.${last}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block`,
  );
}
