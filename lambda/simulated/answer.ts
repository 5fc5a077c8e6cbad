import { isJsonObject, type JsonObject } from '../platform/json';
import { type Behaviour, readDirectives } from './directives';
import { sampleValue } from './sample';
import { hash, words } from './text';

/** What the simulated model says, before any timing or fault. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly behaviour: Behaviour;
  /** Pieces of text, one per token; empty for a tool call. */
  readonly tokens: readonly string[];
  readonly toolCall?: { readonly id: string; readonly name: string; readonly arguments: string };
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
  readonly usage: ReturnType<typeof usage>;
}

/** Works an answer out of an OpenAI Chat Completions request. Deterministic: the same request gets the same answer. */
export function answer(request: JsonObject, defaults: Behaviour): Answer {
  const prompt = promptText(request);
  const behaviour = readDirectives(lastUserText(request), defaults);
  const seed = hash(prompt).toString(16).padStart(8, '0');
  const model = typeof request.model === 'string' ? request.model : 'simulated';
  const promptTokens = Math.max(1, Math.ceil(prompt.length / 4));

  const tool = chosenTool(request, behaviour);
  if (tool !== undefined) {
    const text = JSON.stringify(sampleValue(tool.parameters));
    const completion = Math.ceil(text.length / 4);
    return {
      id: `chatcmpl-sim${seed}`,
      model,
      behaviour,
      tokens: [],
      toolCall: { id: `call_sim${seed}`, name: tool.name, arguments: text },
      finishReason: 'tool_calls',
      usage: usage(promptTokens, completion),
    };
  }

  const wanted = structured(request) ?? spoken(prompt, behaviour.tokens);
  const cap = outputCap(request);
  const tokens = wanted.slice(0, cap);
  return {
    id: `chatcmpl-sim${seed}`,
    model,
    behaviour,
    tokens,
    finishReason: wanted.length > cap ? 'length' : 'stop',
    usage: usage(promptTokens, tokens.length),
  };
}

function usage(prompt: number, completion: number) {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function spoken(prompt: string, count: number): string[] {
  const source = words(prompt);
  return Array.from({ length: count }, () => source.next().value);
}

/** JSON mode and JSON schema answers, cut into token-sized pieces. */
function structured(request: JsonObject): string[] | undefined {
  const format = isJsonObject(request.response_format) ? request.response_format : undefined;
  if (format?.type !== 'json_object' && format?.type !== 'json_schema') return undefined;
  const wrapper = isJsonObject(format.json_schema) ? format.json_schema : {};
  const schema = isJsonObject(wrapper.schema) ? wrapper.schema : { type: 'object' };
  return JSON.stringify(sampleValue(schema)).match(/.{1,4}/gs) ?? [];
}

function outputCap(request: JsonObject): number {
  const cap = request.max_completion_tokens ?? request.max_tokens;
  return typeof cap === 'number' && cap >= 0 ? Math.floor(cap) : Number.POSITIVE_INFINITY;
}

/** A tool is called when the request forces one, or when the caller directs it and the last turn is not already its result. */
function chosenTool(request: JsonObject, behaviour: Behaviour): { name: string; parameters: JsonObject } | undefined {
  const tools = (Array.isArray(request.tools) ? request.tools : [])
    .filter(isJsonObject)
    .map((tool) => (isJsonObject(tool.function) ? tool.function : {}));
  const messages = Array.isArray(request.messages) ? request.messages : [];
  const last = messages.at(-1);
  if (isJsonObject(last) && last.role === 'tool') return undefined;

  const choice = request.tool_choice;
  const named = isJsonObject(choice) && isJsonObject(choice.function) ? choice.function.name : undefined;
  if (named === undefined && choice !== 'required' && behaviour.tool === 0) return undefined;
  const tool = named === undefined ? tools[0] : tools.find((candidate) => candidate.name === named);
  if (tool === undefined || typeof tool.name !== 'string') return undefined;
  return { name: tool.name, parameters: isJsonObject(tool.parameters) ? tool.parameters : {} };
}

function promptText(request: JsonObject): string {
  const messages = Array.isArray(request.messages) ? request.messages : [];
  return messages.map((message) => (isJsonObject(message) ? messageText(message) : '')).join('\n');
}

function lastUserText(request: JsonObject): string {
  const messages = Array.isArray(request.messages) ? request.messages : [];
  const last = messages.filter((message) => isJsonObject(message) && message.role === 'user').at(-1);
  return isJsonObject(last) ? messageText(last) : '';
}

function messageText(message: JsonObject): string {
  if (typeof message.content === 'string') return message.content;
  if (!Array.isArray(message.content)) return '';
  return message.content.map((part) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : '')).join('');
}
