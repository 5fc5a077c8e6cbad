import { invalidRequest } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import type { Tool, ToolCallPart, ToolChoice, ToolResultPart } from '../../model/request';
import { argumentsOf, defined, textOf } from '../../protocols/lenient';
import {
  noteOthers,
  optionalChoice,
  optionalObject,
  optionalObjects,
  optionalText,
  requiredObject,
  requiredText,
} from '../../protocols/strict';
import { madeToolId } from '../../protocols/tool-ids';

/**
 * What tools replaced: `functions`, `function_call` and the role of that name, which some clients still speak. A call has no id there, so
 * that a result belongs to the last call of its name.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-functions
 */
export function speaksFunctions(body: JsonObject): boolean {
  return (body['functions'] ?? null) !== null;
}

const FIELDS = new Set(['name', 'description', 'parameters', 'strict']);

/** @throws GatewayError 400 where both are given */
export function readFunctions(body: JsonObject, dropped: string[]): Tool[] | undefined {
  const functions = optionalObjects(body['functions'], 'functions');
  if (functions !== undefined && (body['tools'] ?? null) !== null) {
    throw invalidRequest('functions', 'functions is the older name of tools; give tools only.');
  }
  return functions?.map((one, index) => {
    const path = `functions[${index}]`;
    noteOthers(one, FIELDS, path, dropped);
    return defined({
      name: requiredText(one['name'], `${path}.name`),
      description: optionalText(one['description'], `${path}.description`),
      parameters: optionalObject(one['parameters'], `${path}.parameters`),
    });
  });
}

export function readFunctionChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['function_call'] ?? null;
  if (choice === null) return undefined;
  if (typeof choice === 'string') return { type: optionalChoice(choice, 'function_call', ['auto', 'none'] as const) ?? 'auto' };
  return { type: 'tool', name: requiredText(requiredObject(choice, 'function_call')['name'], 'function_call.name') };
}

/** The calls of a history that have no ids: each has the one that its place gives it. */
export class CalledFunctions {
  readonly #ids = new Map<string, string>();

  /** @param at the place of its message */
  public readCall(message: JsonObject, at: number): ToolCallPart | undefined {
    if ((message['function_call'] ?? null) === null) return undefined;
    const path = `messages[${at}].function_call`;
    const call = requiredObject(message['function_call'], path);
    const name = requiredText(call['name'], `${path}.name`);
    const id = madeToolId('function', at, 0);
    this.#ids.set(name, id);
    return { type: 'tool-call', id, name, arguments: argumentsOf(call['arguments']) };
  }

  /** @throws GatewayError 400 where no such function was called before */
  public readResult(message: JsonObject, at: number): ToolResultPart {
    const path = `messages[${at}]`;
    const name = requiredText(message['name'], `${path}.name`);
    const toolCallId = this.#ids.get(name);
    if (toolCallId === undefined) throw invalidRequest(`${path}.name`, `${path} is the result of ${name}, which was not called before.`);
    return { type: 'tool-result', toolCallId, toolName: name, content: [{ type: 'text', text: textOf(message['content']) ?? '' }] };
  }
}
