import fc from 'fast-check';
import { BYTES, type Call, conversation, given, type Piece, seldom, type Turn } from './conversation';
import type { RandomCall } from './random-call';
import { efforts, metadata, outputCap, schema, share, type Tool, tag, toolChoice, tools } from './settings';

/** Random calls of Responses. */

function part(piece: Piece): unknown {
  switch (piece.kind) {
    case 'text':
      return { type: 'input_text', text: piece.text, ...(piece.cached ? { prompt_cache_breakpoint: { mode: 'explicit' } } : {}) };
    case 'image': {
      const url = piece.source === 'url' ? `https://example.com/a.${piece.type}` : `data:image/${piece.type};base64,${BYTES[piece.type]}`;
      return { type: 'input_image', image_url: url, detail: piece.detail ?? 'auto' };
    }
    case 'document': {
      if (piece.source === 'url') return { type: 'input_file', file_url: 'https://example.com/a.pdf' };
      const type = piece.source === 'text' ? 'text/plain' : 'application/pdf';
      return given({
        type: 'input_file',
        filename: piece.name,
        file_data: `data:${type};base64,${piece.source === 'text' ? 'SGVsbG8=' : BYTES.pdf}`,
      });
    }
    case 'audio':
      // The types have no place for sound in a message.
      return { type: 'input_text', text: 'sound' };
  }
}

function callItems(call: Call): unknown[] {
  const item = call.free
    ? { type: 'custom_tool_call', call_id: call.id, name: call.name, input: call.args }
    : { type: 'function_call', call_id: call.id, name: call.name, arguments: call.args };
  const outputs = call.results.map(({ pieces }) => ({
    type: call.free ? 'custom_tool_call_output' : 'function_call_output',
    call_id: call.id,
    output: pieces.length === 1 && pieces[0]?.kind === 'text' ? pieces[0].text : pieces.map(part),
  }));
  return [item, ...outputs];
}

function items(turn: Turn, index: number): unknown[] {
  switch (turn.role) {
    case 'system':
      return [
        { role: turn.developer ? 'developer' : 'system', content: turn.cached ? [{ type: 'input_text', text: turn.text }] : turn.text },
      ];
    case 'user': {
      const [first] = turn.pieces;
      const plain = turn.plain && turn.pieces.length === 1 && first?.kind === 'text';
      return [{ ...(turn.plain ? { type: 'message' } : {}), role: 'user', content: plain ? first.text : turn.pieces.map(part) }];
    }
    case 'assistant': {
      const thought =
        turn.thought === undefined
          ? []
          : [
              {
                type: 'reasoning',
                id: `rs_${index}`,
                summary: [{ type: 'summary_text', text: turn.thought }],
                encrypted_content: 'gAAAAA',
              },
            ];
      const content = [
        ...turn.texts.map((text) => ({ type: 'output_text', text, annotations: [], logprobs: [] })),
        ...(turn.refusal === undefined ? [] : [{ type: 'refusal', refusal: turn.refusal }]),
      ];
      const said = content.length === 0 ? [] : [{ type: 'message', id: `msg_${index}`, status: 'completed', role: 'assistant', content }];
      const easy = content.length === 1 && turn.thought === undefined && turn.refusal === undefined;
      const short = easy ? [{ role: 'assistant', content: turn.texts[0] }] : said;
      return [...thought, ...short, ...turn.calls.flatMap(callItems)];
    }
  }
}

function tool(tool: Tool, index: number): unknown {
  const { name, description } = tool;
  if (tool.free) {
    const format = tool.grammar ? { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } : undefined;
    return given({ type: 'custom', name, description, format });
  }
  const plain = { type: 'function', name, ...given({ description }), parameters: tool.schema ?? null, strict: tool.strict ?? null };
  return tool.cached ? { type: 'namespace', name: `space${index}`, description: 'Tools', tools: [plain] } : plain;
}

function choice(kind: string | undefined, all: readonly Tool[]): unknown {
  const first = all.find(({ free, cached }) => !free && !cached);
  if (first === undefined || kind === undefined) return kind === 'auto' ? kind : undefined;
  const named = { type: 'function', name: first.name };
  if (kind === 'named') return named;
  return kind === 'allowed' ? { type: 'allowed_tools', mode: 'auto', tools: [named] } : kind;
}

const format = fc.oneof(
  fc.constant({ type: 'text' }),
  fc.constant({ type: 'json_object' }),
  fc
    .record({ schema, strict: seldom(fc.boolean(), 2), description: seldom(fc.constant('The answer'), 3) })
    .map((fields) => ({ type: 'json_schema', name: 'answer', ...given(fields) })),
);

const settings = fc.record({
  instructions: seldom(fc.constantFrom('Be brief.', ''), 3),
  max_output_tokens: seldom(outputCap, 4),
  temperature: seldom(fc.constantFrom(0, 0.3, 1, 1.5, 2)),
  top_p: seldom(share),
  top_logprobs: seldom(fc.constantFrom(0, 2), 20),
  text: seldom(fc.record({ format: seldom(format, 2), verbosity: seldom(fc.constantFrom('low', 'high'), 4) }).map(given), 4),
  reasoning: seldom(fc.record({ effort: seldom(efforts, 2), summary: seldom(fc.constantFrom('auto', 'detailed'), 3) }).map(given), 3),
  include: seldom(fc.constantFrom(['reasoning.encrypted_content'], ['message.output_text.logprobs']), 10),
  service_tier: seldom(fc.constantFrom('auto', 'default', 'flex', 'priority'), 8),
  metadata: seldom(metadata, 10),
  user: seldom(tag, 10),
  safety_identifier: seldom(tag, 10),
  prompt_cache_key: seldom(tag, 10),
  parallel_tool_calls: seldom(fc.boolean(), 6),
  truncation: seldom(fc.constantFrom('auto', 'disabled'), 12),
  store: seldom(fc.boolean(), 10),
  stream: seldom(fc.boolean(), 2),
});

export const responsesCall: fc.Arbitrary<RandomCall> = fc
  .record({ turns: conversation, tools, choice: toolChoice, settings, text: fc.constantFrom(false, false, false, true) })
  .map(({ turns, tools: all, choice: chosen, settings: fields, text }) => {
    const input = text ? 'Hi' : turns.flatMap(items);
    const body = given({
      input: input.length === 0 ? 'Hi' : input,
      ...fields,
      tools: all?.map(tool),
      tool_choice: choice(chosen, all ?? []),
    });
    return { path: '/v1/responses', body, typed: body, headers: {} };
  });
