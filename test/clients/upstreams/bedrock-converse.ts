import { EventStreamCodec } from '@smithy/eventstream-codec';
import { idOf, signatureOf } from './scripted-state';
import { type Asked, type Body, pieces, type SpokenTurn, textIn, USAGE, type Wire } from './turn';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => new Uint8Array(Buffer.from(text, 'utf8')),
);

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
export const bedrockConverse: Wire = {
  name: 'bedrock-converse',
  path: /^\/model\/[^/]+\/converse(?:-stream)?$/,
  contentType: 'application/vnd.amazon.eventstream',
  signs: (model) => model.includes('anthropic.'),
  callId: (number) => `tooluse_${idOf(number, 22)}`,
  read: (body: Body, path): Asked => ({
    model: decodeURIComponent(path.split('/')[2] ?? ''),
    stream: path.endsWith('/converse-stream'),
    tools: (body.toolConfig?.tools ?? []).flatMap((tool: Body) => tool.toolSpec?.name ?? []),
    results: lastResults(body.messages),
    thinks: thinks(body.additionalModelRequestFields),
  }),
  whole: (turn) => ({
    output: { message: { role: 'assistant', content: blocks(turn) } },
    stopReason: reasonOf(turn),
    usage: COUNTS,
    metrics: { latencyMs: 5 },
  }),
  frames: (turn) => [
    frame('messageStart', { role: 'assistant' }),
    ...blocks(turn).flatMap((block, contentBlockIndex) => [
      ...(block.toolUse === undefined
        ? []
        : [
            frame('contentBlockStart', {
              contentBlockIndex,
              start: { toolUse: { toolUseId: block.toolUse.toolUseId, name: block.toolUse.name } },
            }),
          ]),
      ...deltas(block).map((delta) => frame('contentBlockDelta', { contentBlockIndex, delta })),
      frame('contentBlockStop', { contentBlockIndex }),
    ]),
    frame('messageStop', { stopReason: reasonOf(turn) }),
    frame('metadata', { usage: COUNTS, metrics: { latencyMs: 5 } }),
  ],
};

/** Each family is told in its own words. */
function thinks(fields: Body = {}): boolean {
  return (
    ['enabled', 'adaptive'].includes(fields.thinking?.type) ||
    fields.reasoningConfig?.type === 'enabled' ||
    fields.reasoning_effort !== undefined
  );
}

const COUNTS = { inputTokens: USAGE.input, outputTokens: USAGE.output, totalTokens: USAGE.input + USAGE.output };

function frame(type: string, payload: object): Buffer {
  const text = (value: string) => ({ type: 'string' as const, value });
  return Buffer.from(
    codec.encode({
      headers: { ':event-type': text(type), ':content-type': text('application/json'), ':message-type': text('event') },
      body: Buffer.from(JSON.stringify(payload)),
    }),
  );
}

function blocks(turn: SpokenTurn): Body[] {
  return [
    ...(turn.thinking === undefined
      ? []
      : [
          {
            reasoningContent: { reasoningText: { text: turn.thinking, ...(turn.signed ? { signature: signatureOf(turn.thinking) } : {}) } },
          },
        ]),
    ...(turn.text === undefined ? [] : [{ text: turn.text }]),
    ...(turn.calls ?? []).map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input } })),
  ];
}

function deltas(block: Body): object[] {
  if (block.text !== undefined) return pieces(block.text).map((text) => ({ text }));
  if (block.toolUse !== undefined) return pieces(JSON.stringify(block.toolUse.input)).map((input) => ({ toolUse: { input } }));
  const { text, signature } = block.reasoningContent.reasoningText;
  return [
    ...pieces(text).map((piece) => ({ reasoningContent: { text: piece } })),
    ...(signature === undefined ? [] : [{ reasoningContent: { signature } }]),
  ];
}

function reasonOf(turn: SpokenTurn): string {
  return turn.calls === undefined ? 'end_turn' : 'tool_use';
}

function lastResults(messages: Body[]): string[] {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  return messages
    .slice(last + 1)
    .flatMap(({ content }) => content.flatMap((block: Body) => (block.toolResult === undefined ? [] : [textIn(block.toolResult.content)])));
}
