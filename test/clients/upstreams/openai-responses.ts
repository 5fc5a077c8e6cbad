import { idOf, signatureOf } from './scripted-state';
import { type Asked, type Body, type NumberedCall, pieces, type SpokenTurn, sse, textIn, USAGE, type Wire } from './turn';

/** @see https://platform.openai.com/docs/api-reference/responses */
export const openAiResponses: Wire = {
  name: 'openai-responses',
  path: /^\/v1\/responses$/,
  contentType: 'text/event-stream',
  callId: (number) => `call_${idOf(number, 24)}`,
  read: (body: Body): Asked => ({
    model: body.model,
    stream: body.stream === true,
    tools: [...(body.tools ?? []), ...addedTools(body.input)].flatMap(toolNames),
    results: lastResults(body.input),
    thinks: body.reasoning !== undefined && body.reasoning !== null && body.reasoning.effort !== 'none',
  }),
  whole: (turn) => response('completed', items(turn)),
  frames: (turn) => {
    const output = items(turn);
    const events = [
      event('response.created', { response: response('in_progress', []) }),
      event('response.in_progress', { response: response('in_progress', []) }),
      ...output.flatMap(itemEvents),
      event('response.completed', { response: response('completed', output) }),
    ];
    return events.map(({ type, fields }, number) => sse({ type, sequence_number: number, ...fields }, type));
  },
};

interface Event {
  readonly type: string;
  readonly fields: object;
}

function event(type: string, fields: object): Event {
  return { type, fields };
}

function itemEvents(item: Body, index: number): Event[] {
  const at = { item_id: item.id, output_index: index };
  const around = (opened: object, inner: Event[]): Event[] => [
    event('response.output_item.added', { output_index: index, item: { ...item, ...opened, status: 'in_progress' } }),
    ...inner,
    event('response.output_item.done', { output_index: index, item }),
  ];
  if (item.type === 'reasoning') {
    const text = item.summary[0].text;
    const part = { ...at, summary_index: 0 };
    return around({ summary: [] }, [
      event('response.reasoning_summary_part.added', { ...part, part: { type: 'summary_text', text: '' } }),
      ...pieces(text).map((delta) => event('response.reasoning_summary_text.delta', { ...part, delta })),
      event('response.reasoning_summary_text.done', { ...part, text }),
      event('response.reasoning_summary_part.done', { ...part, part: { type: 'summary_text', text } }),
    ]);
  }
  if (item.type === 'function_call') {
    return around({ arguments: '' }, [
      ...pieces(item.arguments).map((delta) => event('response.function_call_arguments.delta', { ...at, delta })),
      event('response.function_call_arguments.done', { ...at, name: item.name, arguments: item.arguments }),
    ]);
  }
  if (item.type === 'custom_tool_call') {
    return around({ input: '' }, [
      ...pieces(item.input).map((delta) => event('response.custom_tool_call_input.delta', { ...at, delta })),
      event('response.custom_tool_call_input.done', { ...at, input: item.input }),
    ]);
  }
  const { text } = item.content[0];
  const part = { ...at, content_index: 0 };
  return around({ content: [] }, [
    event('response.content_part.added', { ...part, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } }),
    ...pieces(text).map((delta) => event('response.output_text.delta', { ...part, delta, logprobs: [] })),
    event('response.output_text.done', { ...part, text, logprobs: [] }),
    event('response.content_part.done', { ...part, part: item.content[0] }),
  ]);
}

function items(turn: SpokenTurn): Body[] {
  return [
    ...(turn.thinking === undefined
      ? []
      : [
          {
            type: 'reasoning',
            id: itemId('rs', turn),
            summary: [{ type: 'summary_text', text: turn.thinking }],
            encrypted_content: signatureOf(turn.thinking),
          },
        ]),
    ...(turn.text === undefined
      ? []
      : [
          {
            type: 'message',
            id: itemId('msg', turn),
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text: turn.text, annotations: [], logprobs: [] }],
          },
        ]),
    ...(turn.calls ?? []).map(writeCall),
  ];
}

function itemId(kind: string, { number }: SpokenTurn): string {
  return `${kind}_${idOf(number, 48)}`;
}

function writeCall(call: NumberedCall): object {
  const { id, name, input, freeText } = call;
  if (freeText !== undefined) {
    const { text, ...named } = freeText;
    return { type: 'custom_tool_call', id: `ctc_${call.id.slice(5)}`, status: 'completed', call_id: id, ...named, input: text };
  }
  return { type: 'function_call', id: `fc_${call.id.slice(5)}`, status: 'completed', call_id: id, name, arguments: JSON.stringify(input) };
}

function response(status: string, output: readonly object[]): object {
  return {
    id: 'resp_scripted',
    object: 'response',
    created_at: 1_790_000_000,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    model: 'scripted-responses',
    output,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    metadata: {},
    temperature: 1,
    top_p: 1,
    usage:
      status === 'completed'
        ? {
            input_tokens: USAGE.input,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: USAGE.output,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: USAGE.input + USAGE.output,
          }
        : null,
  };
}

/** Members of a namespace by their qualified names. */
function toolNames(tool: Body): string[] {
  if (tool.type !== 'namespace') return [tool.name ?? tool.type];
  return tool.tools.map(({ name }: Body) => `${tool.name}__${name}`);
}

function addedTools(input: Body): Body[] {
  return Array.isArray(input) ? input.flatMap((item) => (item.type === 'additional_tools' ? item.tools : [])) : [];
}

function lastResults(input: Body): string[] {
  if (!Array.isArray(input)) return [];
  const own = new Set(['function_call', 'custom_tool_call', 'reasoning']);
  const last = input.findLastIndex((item) => own.has(item.type) || item.role === 'assistant');
  return input
    .slice(last + 1)
    .filter((item) => item.type === 'function_call_output' || item.type === 'custom_tool_call_output')
    .map((item) => textIn(item.output));
}
