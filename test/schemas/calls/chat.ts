import fc from 'fast-check';
import { BYTES, type Call, conversation, given, type Piece, seldom, type Turn } from './conversation';
import type { RandomCall } from './random-call';
import { efforts, metadata, outputCap, schema, share, stopWords, type Tool, tag, toolChoice, tools } from './settings';

/** Random calls of Chat Completions, and the fields of compatible servers that the gateway documents. */

function part(piece: Piece, more: boolean): unknown {
  switch (piece.kind) {
    case 'text':
      return { type: 'text', text: piece.text, ...(piece.cached && more ? { cache_control: { type: 'ephemeral' } } : {}) };
    case 'image': {
      const url = piece.source === 'url' ? `https://example.com/a.${piece.type}` : `data:image/${piece.type};base64,${BYTES[piece.type]}`;
      return { type: 'image_url', image_url: given({ url, detail: piece.detail }) };
    }
    case 'document': {
      const type = piece.source === 'text' ? 'text/plain' : 'application/pdf';
      return {
        type: 'file',
        file: given({ filename: piece.name, file_data: `data:${type};base64,${piece.source === 'text' ? 'SGVsbG8=' : BYTES.pdf}` }),
      };
    }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: BYTES.wav, format: piece.format } };
  }
}

function texts(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
}

function toolCall(call: Call): unknown {
  if (call.free) return { id: call.id, type: 'custom', custom: { name: call.name, input: call.args } };
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.args } };
}

function turn(turn: Turn, more: boolean): unknown[] {
  switch (turn.role) {
    case 'system': {
      const content = turn.cached ? [part({ kind: 'text', text: turn.text, cached: true }, more)] : turn.text;
      return [{ role: turn.developer ? 'developer' : 'system', content }];
    }
    case 'user': {
      const plain = turn.plain && turn.pieces.every(({ kind }) => kind === 'text');
      return [
        given({ role: 'user', content: plain ? texts(turn.pieces) : turn.pieces.map((piece) => part(piece, more)), name: turn.name }),
      ];
    }
    case 'assistant': {
      const content =
        turn.texts.length === 0 ? null : turn.texts.length === 1 ? turn.texts[0] : turn.texts.map((text) => ({ type: 'text', text }));
      const message = given({
        role: 'assistant',
        // Nothing said and nothing called is not an answer.
        content: content === null && turn.calls.length === 0 && turn.refusal === undefined ? '' : content,
        refusal: turn.refusal,
        tool_calls: turn.calls.length === 0 ? undefined : turn.calls.map(toolCall),
        reasoning_content: more ? turn.thought : undefined,
      });
      const results = turn.calls.flatMap((call) =>
        call.results.map(({ pieces }) => {
          const said = pieces.filter(({ kind }) => kind === 'text' || more);
          const plain = said.length < 2 && said.every(({ kind }) => kind === 'text');
          return { role: 'tool', tool_call_id: call.id, content: plain ? texts(said) : said.map((piece) => part(piece, more)) };
        }),
      );
      return [message, ...results];
    }
  }
}

function tool(tool: Tool, more: boolean): unknown {
  const { name, description, strict } = tool;
  if (tool.free) {
    const format = tool.grammar ? { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } } : undefined;
    return { type: 'custom', custom: given({ name, description, format }) };
  }
  const cache = tool.cached && more ? { cache_control: { type: 'ephemeral' } } : {};
  return { type: 'function', function: given({ name, description, parameters: tool.schema, strict }), ...cache };
}

function choice(kind: string | undefined, all: readonly Tool[]): unknown {
  const [first] = all;
  if (first === undefined || kind === undefined) return undefined;
  const named = first.free ? { type: 'custom', custom: { name: first.name } } : { type: 'function', function: { name: first.name } };
  if (kind === 'named') return named;
  if (kind === 'allowed') return { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named] } };
  return kind;
}

const format = fc.oneof(
  fc.constant({ type: 'text' }),
  fc.constant({ type: 'json_object' }),
  fc
    .record({ schema, strict: seldom(fc.boolean(), 2), description: seldom(fc.constant('The answer'), 3) })
    .map((fields) => ({ type: 'json_schema', json_schema: { name: 'answer', ...given(fields) } })),
);

const settings = fc.record({
  max_tokens: seldom(outputCap),
  max_completion_tokens: seldom(outputCap, 4),
  temperature: seldom(fc.constantFrom(0, 0.3, 1, 1.5, 2)),
  top_p: seldom(share),
  stop: seldom(
    fc.oneof(
      fc.constant('END'),
      stopWords.map((all) => all.slice(0, 4)),
    ),
    10,
  ),
  seed: seldom(fc.integer({ min: 0, max: 2 ** 31 - 1 }), 10),
  frequency_penalty: seldom(fc.constantFrom(0, 0.5, -2, 2), 12),
  presence_penalty: seldom(fc.constantFrom(0, 0.5), 12),
  logit_bias: seldom(fc.constantFrom({ '50256': -100 }, {}), 25),
  n: seldom(fc.constantFrom(1, 1, 2), 12),
  logprobs: seldom(fc.boolean(), 20),
  response_format: seldom(format, 5),
  reasoning_effort: seldom(efforts, 4),
  verbosity: seldom(fc.constantFrom('low', 'high'), 12),
  service_tier: seldom(fc.constantFrom('auto', 'default', 'flex', 'priority'), 8),
  metadata: seldom(metadata, 10),
  user: seldom(tag, 10),
  safety_identifier: seldom(tag, 10),
  prompt_cache_key: seldom(tag, 10),
  parallel_tool_calls: seldom(fc.boolean(), 6),
  modalities: seldom(fc.constantFrom<string[]>(['text'], ['text', 'audio']), 25),
  store: seldom(fc.boolean(), 15),
  stream: seldom(fc.boolean(), 2),
});

interface Asked {
  readonly [field: string]: unknown;
  readonly budget_tokens?: number;
  readonly max_tokens?: number;
}

/** Of compatible servers, and what the gateway takes for other providers. */
const others = fc.record({
  top_k: seldom(fc.constantFrom(-1, 1, 40), 8),
  thinking: seldom(
    fc.constantFrom<Asked>({ type: 'enabled', budget_tokens: 2_048 }, { type: 'enabled' }, { type: 'disabled' }, { type: 'adaptive' }),
    10,
  ),
  reasoning: seldom(fc.constantFrom<Asked>({ effort: 'high' }, { max_tokens: 4_000 }, { enabled: false }), 12),
});

export const chatCall: fc.Arbitrary<RandomCall> = fc
  .record({ turns: conversation, tools, choice: toolChoice, settings, others, more: fc.boolean() })
  .map(({ turns, tools: all, choice: chosen, settings: fields, others: extra, more }) => {
    const cap = fields.max_completion_tokens ?? fields.max_tokens ?? Number.POSITIVE_INFINITY;
    const budget = extra.thinking?.budget_tokens ?? extra.reasoning?.max_tokens ?? 0;
    // Thinking counts into the cap.
    const asked = budget < cap ? extra : { ...extra, thinking: undefined, reasoning: undefined };
    const body = (withMore: boolean) => ({
      ...given({
        messages: turns.flatMap((one) => turn(one, withMore)),
        ...fields,
        top_logprobs: fields.logprobs === true ? 2 : undefined,
        audio: fields.modalities?.includes('audio') === true ? { voice: 'alloy', format: 'wav' } : undefined,
        tools: all?.map((one) => tool(one, withMore)),
        tool_choice: choice(chosen, all ?? []),
      }),
      ...(withMore ? given(asked) : {}),
    });
    return { path: '/v1/chat/completions', body: body(more), typed: body(false), headers: {} };
  });
