import { idOf, signatureOf } from './scripted-state';
import { type Asked, type Body, pieces, type SpokenTurn, sse, textIn, USAGE, type Wire } from './turn';

/** @see https://docs.claude.com/en/api/messages */
export const anthropicMessages: Wire = {
  name: 'anthropic-messages',
  path: /^\/v1\/messages$/,
  contentType: 'text/event-stream',
  callId: (number) => `toolu_01${idOf(number, 22)}`,
  read: (body: Body): Asked => ({
    model: body.model,
    stream: body.stream === true,
    tools: (body.tools ?? []).map((tool: Body) => tool.name),
    results: lastResults(body.messages),
    thinks: ['enabled', 'adaptive'].includes(body.thinking?.type),
  }),
  whole: (turn) => message(blocks(turn), reasonOf(turn), USAGE.output),
  frames: (turn) => {
    const event = (data: Body): Buffer => sse(data, data.type);
    return [
      event({ type: 'message_start', message: message([], null, 1) }),
      event({ type: 'ping' }),
      ...blocks(turn).flatMap((block, index) => [
        event({ type: 'content_block_start', index, content_block: opened(block) }),
        ...deltas(block).map((delta) => event({ type: 'content_block_delta', index, delta })),
        event({ type: 'content_block_stop', index }),
      ]),
      event({
        type: 'message_delta',
        delta: { stop_reason: reasonOf(turn), stop_sequence: null },
        usage: { output_tokens: USAGE.output },
      }),
      event({ type: 'message_stop' }),
    ];
  },
};

function message(content: readonly Body[], stopReason: string | null, output: number): object {
  return {
    id: 'msg_scripted',
    type: 'message',
    role: 'assistant',
    model: 'scripted-messages',
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: USAGE.input, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: output },
  };
}

function blocks(turn: SpokenTurn): Body[] {
  return [
    ...(turn.thinking === undefined ? [] : [{ type: 'thinking', thinking: turn.thinking, signature: signatureOf(turn.thinking) }]),
    ...(turn.text === undefined ? [] : [{ type: 'text', text: turn.text }]),
    ...(turn.calls ?? []).map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
  ];
}

function opened(block: Body): object {
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} };
}

function deltas(block: Body): object[] {
  if (block.type === 'text') return pieces(block.text).map((text) => ({ type: 'text_delta', text }));
  if (block.type === 'tool_use') {
    return ['', ...pieces(JSON.stringify(block.input))].map((json) => ({ type: 'input_json_delta', partial_json: json }));
  }
  return [
    ...pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
    { type: 'signature_delta', signature: block.signature },
  ];
}

function reasonOf(turn: SpokenTurn): string {
  return turn.calls === undefined ? 'end_turn' : 'tool_use';
}

function lastResults(messages: Body[]): string[] {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  return messages
    .slice(last + 1)
    .flatMap(({ content }) =>
      Array.isArray(content) ? content.filter(({ type }) => type === 'tool_result').map((block) => textIn(block.content)) : [],
    );
}
