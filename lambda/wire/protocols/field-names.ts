import { GatewayError } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';

/**
 * What a dialect calls the fields that the common model has, where it has other words: each by its candidates. The first that stands in
 * the caller's body is meant, else the last.
 */
export type FieldNames = Readonly<Record<string, readonly string[]>>;

/** The caller's own names for what encoders and rules of fitting refuse or leave out. */
export interface OwnNames {
  /** @param common a path as encoders name it: `response_format.minItems`, `messages[2].content[0]` */
  name(common: string): string;
  /** The same refusal, by the caller's own name. Anything else as it is. */
  refusal(thrown: unknown): unknown;
}

/**
 * @param body the caller's
 * @param turns how many the decoded call has: instructions that stand beside the caller's turns are one more
 */
export function ownNames(names: FieldNames, body: JsonObject, turns: number): OwnNames {
  const own = (common: string): string => named(inTurnsOf(common, body, turns), names, body);
  return {
    name: own,
    refusal(thrown) {
      if (!(thrown instanceof GatewayError) || thrown.param === undefined) return thrown;
      const { code, message, param } = thrown;
      const name = own(param);
      if (name === param) return thrown;
      return new GatewayError({ code, param: name, message: message.startsWith(param) ? name + message.slice(param.length) : message });
    },
  };
}

function named(path: string, names: FieldNames, body: JsonObject): string {
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))) {
    const candidates = names[path.slice(0, end)];
    if (candidates === undefined) continue;
    const own = candidates.find((name) => isIn(name, body)) ?? candidates.at(-1) ?? path;
    // Numbers of another list say nothing of the caller's.
    return path[end] === '[' ? own : own + path.slice(end);
  }
  return path;
}

function isIn(path: string, body: JsonObject): boolean {
  let value: JsonValue | undefined = body;
  for (const name of path.split('.')) {
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
    if (value === undefined || value === null) return false;
  }
  return true;
}

const TURN = /^messages\[(\d+)\]/;

function inTurnsOf(path: string, body: JsonObject, turns: number): string {
  const turn = TURN.exec(path);
  const own = body['messages'];
  if (turn === null || !Array.isArray(own)) return path;
  const index = Number(turn[1]) - Math.max(0, turns - own.length);
  return index < 0 ? 'system' : `messages[${index}]${path.slice(turn[0].length)}`;
}
