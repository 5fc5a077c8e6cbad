import type { Any } from '../rules/written';

/** What left, whichever wire format it is in: for checks that hold for all of them. */
export interface Left {
  readonly format: 'chat' | 'responses' | 'messages' | 'converse' | 'gemini' | 'cohere';
  readonly system: readonly string[];
  readonly turns: readonly LeftTurn[];
  readonly tools: readonly { readonly name: string; readonly schema: Any; readonly strict: boolean }[];
  readonly forced: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly marks: number;
}

export interface LeftTurn {
  readonly role: string;
  readonly texts: readonly string[];
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: Any }[];
  readonly results: readonly { readonly id: string; readonly text: string }[];
  readonly documents: number;
}

export function readLeft(path: string, body: Any): Left {
  const marks = JSON.stringify(body).match(/"cache_control":\{|"cachePoint":/g)?.length ?? 0;
  if (/\/converse(-stream)?$/.test(path)) return { ...converse(body), marks };
  if (/enerateContent/.test(path)) return { ...gemini(body), marks };
  if (path.endsWith('/v2/chat')) return { ...cohere(body), marks };
  if (path.endsWith('/responses')) return { ...responses(body), marks };
  if (path.endsWith('/messages') || /awPredict$/.test(path)) return { ...messages(body), marks };
  return { ...chat(body), marks };
}

type Read = Omit<Left, 'marks'>;

function textsOf(content: Any): string[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return [content];
  return content.flatMap((part: Any) => (typeof part.text === 'string' ? [part.text] : typeof part.thinking === 'string' ? [] : []));
}

function parsed(text: Any): Any {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const isDocument = ({ type }: Any): boolean => ['file', 'input_file', 'document', 'document_url'].includes(type);

function chat(body: Any): Read {
  const system: string[] = [];
  const turns: LeftTurn[] = body.messages.flatMap((message: Any) => {
    const { role, content, tool_calls: calls = [], tool_call_id: id } = message;
    const texts = textsOf(content);
    if (role === 'system' || role === 'developer') system.push(...texts);
    return [
      {
        role,
        texts: role === 'tool' ? [] : texts,
        calls: calls.map((call: Any) => ({ id: call.id, name: call.function?.name, input: parsed(call.function?.arguments) })),
        results: role === 'tool' ? [{ id, text: texts.join('') }] : [],
        documents: Array.isArray(content) ? content.filter(isDocument).length : 0,
      },
    ];
  });
  const { tool_choice: choice, temperature, top_p, top_k, stop, reasoning_effort, thinking, response_format } = body;
  return {
    format: 'chat',
    system,
    turns,
    tools: (body.tools ?? []).map((tool: Any) => ({
      name: tool.function?.name,
      schema: tool.function?.parameters,
      strict: tool.function?.strict === true,
    })),
    forced: choice === 'required' || choice === 'any' || typeof choice === 'object',
    settings: {
      temperature,
      topP: top_p,
      topK: top_k,
      stop,
      effort: reasoning_effort,
      thinking,
      answer: response_format,
      cap: body.max_completion_tokens ?? body.max_tokens,
    },
  };
}

function responses(body: Any): Read {
  const items = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input;
  const system: string[] = body.instructions === undefined || body.instructions === null ? [] : [body.instructions];
  const turns: LeftTurn[] = items.map((item: Any) => {
    const texts = item.role === undefined ? [] : textsOf(item.content);
    if (item.role === 'system' || item.role === 'developer') system.push(...texts);
    return {
      role: item.role ?? (item.type === 'function_call' ? 'assistant' : item.type === 'function_call_output' ? 'tool' : item.type),
      texts,
      calls: item.type === 'function_call' ? [{ id: item.call_id, name: item.name, input: parsed(item.arguments) }] : [],
      results: item.type === 'function_call_output' ? [{ id: item.call_id, text: textsOf(item.output).join('') }] : [],
      documents: Array.isArray(item.content) ? item.content.filter(isDocument).length : 0,
    };
  });
  const { tool_choice: choice, temperature, top_p, text, reasoning } = body;
  return {
    format: 'responses',
    system,
    turns,
    tools: (body.tools ?? []).map((tool: Any) => ({ name: tool.name, schema: tool.parameters, strict: tool.strict === true })),
    forced: choice === 'required' || (typeof choice === 'object' && choice.type !== 'allowed_tools'),
    settings: {
      temperature,
      topP: top_p,
      topK: body.top_k,
      stop: body.stop,
      effort: reasoning?.effort,
      answer: text?.format,
      cap: body.max_output_tokens,
    },
  };
}

function messages(body: Any): Read {
  const turns: LeftTurn[] = body.messages.map(({ role, content }: Any) => {
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    return {
      role,
      texts: blocks.flatMap(({ type, text }: Any) => (type === 'text' ? [text] : [])),
      calls: blocks.filter(({ type }: Any) => type === 'tool_use').map(({ id, name, input }: Any) => ({ id, name, input })),
      results: blocks
        .filter(({ type }: Any) => type === 'tool_result')
        .map((block: Any) => ({ id: block.tool_use_id, text: textsOf(block.content).join('') })),
      documents: blocks.filter(isDocument).length,
    };
  });
  const { temperature, top_p, top_k, stop_sequences: stop, output_config, thinking, max_tokens: cap, tool_choice: choice } = body;
  return {
    format: 'messages',
    system: textsOf(body.system),
    turns,
    tools: (body.tools ?? []).map((tool: Any) => ({ name: tool.name, schema: tool.input_schema, strict: tool.strict === true })),
    forced: choice?.type === 'any' || choice?.type === 'tool',
    settings: { temperature, topP: top_p, topK: top_k, stop, effort: output_config?.effort, thinking, answer: output_config?.format, cap },
  };
}

function converse(body: Any): Read {
  const turns: LeftTurn[] = body.messages.map(({ role, content }: Any) => ({
    role,
    texts: content.flatMap(({ text }: Any) => (text === undefined ? [] : [text])),
    calls: content.flatMap(({ toolUse }: Any) =>
      toolUse === undefined ? [] : [{ id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input }],
    ),
    results: content.flatMap(({ toolResult }: Any) =>
      toolResult === undefined ? [] : [{ id: toolResult.toolUseId, text: toolResult.content.map((one: Any) => one.text ?? '').join('') }],
    ),
    documents: content.filter(({ document }: Any) => document !== undefined).length,
  }));
  const { inferenceConfig = {}, additionalModelRequestFields: model = {}, toolConfig } = body;
  return {
    format: 'converse',
    system: (body.system ?? []).flatMap(({ text }: Any) => (text === undefined ? [] : [text])),
    turns,
    tools: (toolConfig?.tools ?? []).flatMap(({ toolSpec }: Any) =>
      toolSpec === undefined ? [] : [{ name: toolSpec.name, schema: toolSpec.inputSchema.json, strict: toolSpec.strict === true }],
    ),
    forced: toolConfig?.toolChoice?.any !== undefined || toolConfig?.toolChoice?.tool !== undefined,
    settings: {
      temperature: inferenceConfig.temperature,
      topP: inferenceConfig.topP,
      topK: model.top_k ?? model.inferenceConfig?.topK,
      stop: inferenceConfig.stopSequences,
      effort:
        model.output_config?.effort ?? body.outputConfig?.effort ?? model.reasoning_effort ?? model.reasoningConfig?.maxReasoningEffort,
      thinking: model.thinking ?? model.reasoningConfig,
      answer: body.outputConfig?.textFormat,
      cap: inferenceConfig.maxTokens,
    },
  };
}

function gemini(body: Any): Read {
  const turns: LeftTurn[] = body.contents.map(({ role, parts }: Any) => ({
    role: role === 'model' ? 'assistant' : role,
    texts: parts.flatMap(({ text, thought }: Any) => (text === undefined || thought === true ? [] : [text])),
    calls: parts.flatMap(({ functionCall: call }: Any) => (call === undefined ? [] : [{ id: call.id, name: call.name, input: call.args }])),
    results: parts.flatMap(({ functionResponse: result }: Any) =>
      result === undefined ? [] : [{ id: result.id, text: JSON.stringify(result.response) }],
    ),
    documents: parts.filter(({ inlineData }: Any) => inlineData?.mimeType === 'application/pdf').length,
  }));
  const { generationConfig: config = {} } = body;
  const mode = body.toolConfig?.functionCallingConfig?.mode;
  return {
    format: 'gemini',
    system: (body.systemInstruction?.parts ?? []).map(({ text }: Any) => text),
    turns,
    tools: (body.tools ?? []).flatMap(({ functionDeclarations = [] }: Any) =>
      functionDeclarations.map((one: Any) => ({ name: one.name, schema: one.parametersJsonSchema ?? one.parameters, strict: false })),
    ),
    forced: mode === 'ANY',
    settings: {
      temperature: config.temperature,
      topP: config.topP,
      topK: config.topK,
      stop: config.stopSequences,
      effort: config.thinkingConfig?.thinkingLevel,
      thinking: config.thinkingConfig,
      answer: config.responseMimeType ?? config.responseJsonSchema ?? config.responseSchema,
      cap: config.maxOutputTokens,
    },
  };
}

function cohere(body: Any): Read {
  const read = chat({ ...body, tool_choice: undefined });
  const { temperature, p, k, stop_sequences: stop, thinking, response_format: answer, max_tokens: cap, tool_choice: choice } = body;
  return {
    ...read,
    format: 'cohere',
    forced: choice === 'REQUIRED',
    settings: { temperature, topP: p, topK: k, stop, thinking, answer, cap },
  };
}
