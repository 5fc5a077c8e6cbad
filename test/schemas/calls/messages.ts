import fc from 'fast-check';
import { BYTES, type Call, conversation, given, type Piece, seldom, type Turn } from './conversation';
import type { RandomCall } from './random-call';
import { metadata, outputCap, schema, share, stopWords, type Tool, tag, toolChoice, tools } from './settings';

/** Random calls of Messages, and of its token counts. */

const mark = (cached: boolean) => (cached ? { cache_control: { type: 'ephemeral' } } : {});

function block(piece: Piece): unknown {
  switch (piece.kind) {
    case 'text':
      return { type: 'text', text: piece.text, ...mark(piece.cached) };
    case 'image': {
      const source =
        piece.source === 'url'
          ? { type: 'url', url: `https://example.com/a.${piece.type}` }
          : { type: 'base64', media_type: `image/${piece.type}`, data: BYTES[piece.type] };
      return { type: 'image', source, ...mark(piece.cached) };
    }
    case 'document': {
      const source = {
        url: { type: 'url', url: 'https://example.com/a.pdf' },
        text: { type: 'text', media_type: 'text/plain', data: 'Hello' },
        pdf: { type: 'base64', media_type: 'application/pdf', data: BYTES.pdf },
      }[piece.source];
      return { type: 'document', source, ...given({ title: piece.name }), citations: { enabled: piece.cites }, ...mark(piece.cached) };
    }
    case 'audio':
      // The dialect has no place for sound.
      return {
        type: 'search_result',
        source: 'https://example.com',
        title: 'A page',
        content: [{ type: 'text', text: 'Found.' }],
      };
  }
}

function objectOf(text: string): unknown {
  try {
    const value = JSON.parse(text);
    return Array.isArray(value) ? {} : value;
  } catch {
    return {};
  }
}

function blocks(turn: Turn & { role: 'assistant' }): unknown[] {
  return [
    ...(turn.thought === undefined ? [] : [{ type: 'thinking', thinking: turn.thought, signature: 'EqQBCgIYAhIkc2ln' }]),
    ...turn.texts.map((text) => ({ type: 'text', text })),
    ...turn.calls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: objectOf(call.args) })),
  ];
}

function resultsOf(calls: readonly Call[]): unknown[] {
  return calls.flatMap((call) =>
    call.results.map(({ pieces, failed }, index) => ({
      type: 'tool_result',
      tool_use_id: call.id,
      ...(pieces.length === 0 ? {} : { content: pieces.length === 1 && pieces[0]?.kind === 'text' ? pieces[0].text : pieces.map(block) }),
      ...(failed ? { is_error: true } : {}),
      ...mark(index === 1),
    })),
  );
}

function messages(turns: readonly Turn[]): unknown[] {
  return turns.flatMap(messagesOf);
}

function messagesOf(turn: Turn): unknown[] {
  switch (turn.role) {
    case 'system':
      return [{ role: 'system', content: turn.cached ? [{ type: 'text', text: turn.text, ...mark(true) }] : turn.text }];
    case 'user': {
      const [first] = turn.pieces;
      const plain = turn.plain && turn.pieces.length === 1 && first?.kind === 'text';
      return [{ role: 'user', content: plain ? first.text : turn.pieces.map(block) }];
    }
    case 'assistant': {
      const said = blocks(turn);
      const results = resultsOf(turn.calls);
      const [text] = turn.texts;
      const content = said.length === 1 && turn.calls.length === 0 && turn.thought === undefined ? text : said;
      return [
        ...(said.length === 0 ? [] : [{ role: 'assistant', content }]),
        ...(results.length === 0 ? [] : [{ role: 'user', content: results }]),
      ];
    }
  }
}

function tool({ name, description, schema: input, strict, cached }: Tool): unknown {
  return given({ name, description, input_schema: { ...(input ?? {}), type: 'object' }, strict, ...mark(cached) });
}

function choice(kind: string | undefined, all: readonly Tool[], parallel: boolean | undefined): unknown {
  const [first] = all;
  if (first === undefined || kind === undefined) return undefined;
  if (kind === 'none') return { type: 'none' };
  const type = { auto: 'auto', required: 'any', named: 'tool', allowed: 'auto' }[kind];
  return given({ type, name: type === 'tool' ? first.name : undefined, disable_parallel_tool_use: parallel });
}

/** Older models take them; the types of the SDK know them no more. */
const sampling = fc.record({
  temperature: seldom(fc.constantFrom(0, 0.3, 1)),
  top_p: seldom(share),
  top_k: seldom(fc.constantFrom(1, 40), 8),
});

const settings = fc.record({
  stop_sequences: seldom(stopWords, 10),
  thinking: seldom(
    fc.constantFrom<{ readonly type: string; readonly budget_tokens?: number; readonly display?: string }>(
      { type: 'enabled', budget_tokens: 1_024 },
      { type: 'enabled', budget_tokens: 10_000, display: 'omitted' },
      { type: 'adaptive' },
      { type: 'adaptive', display: 'summarized' },
      { type: 'disabled' },
    ),
    3,
  ),
  service_tier: seldom(fc.constantFrom('auto', 'standard_only'), 8),
  metadata: seldom(
    fc.oneof(
      metadata.map(() => ({})),
      tag.map((id) => ({ user_id: id })),
    ),
    8,
  ),
  stream: seldom(fc.boolean(), 2),
});

const outputConfig = fc
  .record({
    effort: seldom(fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max'), 2),
    format: seldom(
      schema.map((one) => ({ type: 'json_schema', schema: one })),
      3,
    ),
  })
  .map(given);

export const messagesCall: fc.Arbitrary<RandomCall> = fc
  .record({
    turns: conversation,
    tools,
    choice: toolChoice,
    settings,
    sampling,
    parallel: seldom(fc.boolean(), 3),
    output_config: seldom(outputConfig, 3),
    max_tokens: outputCap,
    system: seldom(
      fc.constantFrom('Be brief.', [
        { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'text', text: 'Always.' },
      ]),
      2,
    ),
    betas: seldom(fc.constantFrom('interleaved-thinking-2025-05-14', 'context-1m-2025-08-07,files-api-2025-04-14'), 8),
  })
  .map(({ turns, tools: all, choice: chosen, settings: fields, sampling: older, parallel, output_config, max_tokens, system, betas }) => {
    const said = messages(turns);
    // Thinking counts into the cap.
    const thinking = (fields.thinking?.budget_tokens ?? 0) < max_tokens ? fields.thinking : undefined;
    const body = given({
      max_tokens,
      system,
      messages: said.length === 0 ? [{ role: 'user', content: 'Hi' }] : said,
      ...fields,
      thinking,
      output_config,
      tools: all?.map(tool),
      // Nobody is forced to use a tool while thinking.
      tool_choice: choice(thinking !== undefined && chosen !== 'auto' && chosen !== 'none' ? undefined : chosen, all ?? [], parallel),
    });
    return {
      path: '/v1/messages',
      body: { ...body, ...given(older) },
      typed: body,
      headers: given({ 'anthropic-beta': betas }) as Record<string, string>,
    };
  });

/** What counts tokens has no settings of the answer. */
export const countCall: fc.Arbitrary<RandomCall> = messagesCall.map(({ body }) => {
  const { messages: said, system, tools: all, tool_choice, thinking } = body;
  const counted = given({ messages: said, system, tools: all, tool_choice, thinking });
  return { path: '/v1/messages/count_tokens', body: counted, typed: counted, headers: {} };
});
