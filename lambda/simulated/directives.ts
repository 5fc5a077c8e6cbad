/**
 * How one simulated answer behaves. Every field has a default, so an empty prompt gets a normal answer.
 *
 * A caller sets them in the text of its last message, which survives every dialect and SDK:
 *
 *     Tell me a story. [simulate tokens=200 speed=50 cut-after=20]
 */
export interface Behaviour {
  /** Milliseconds before the status line. */
  readonly latency: number;
  /** Milliseconds between the status line and the first token. */
  readonly firstToken: number;
  /** Tokens per second; 0 sends all of them at once. */
  readonly speed: number;
  /** Tokens of the answer; the caller's own cap still holds. */
  readonly tokens: number;
  /** Answer with this status and an error body instead of an answer; 0 for none. */
  readonly error: number;
  /** Whole seconds in the error's `Retry-After`; 0 for none. */
  readonly retryAfter: number;
  /** Share of calls, in percent, that answer 503. */
  readonly errorPercent: number;
  /** After this many tokens: an `error` event, a closed connection, a reset connection, silence, or one malformed event. -1 for never. */
  readonly errorAfter: number;
  readonly cutAfter: number;
  readonly resetAfter: number;
  readonly hangAfter: number;
  readonly malformedAfter: number;
  /** 0: report no usage even when asked. */
  readonly usage: number;
  /** 0: end the stream without `[DONE]`. */
  readonly done: number;
  /** 1: call the first tool that the request declares. */
  readonly tool: number;
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  latency: 0,
  firstToken: 40,
  speed: 80,
  tokens: 64,
  error: 0,
  retryAfter: 0,
  errorPercent: 0,
  errorAfter: -1,
  cutAfter: -1,
  resetAfter: -1,
  hangAfter: -1,
  malformedAfter: -1,
  usage: 1,
  done: 1,
  tool: 0,
};

/** Highest accepted value of any setting: an hour in milliseconds, a million tokens. */
const CEILING = 3_600_000;

const DIRECTIVE = /\[simulate((?:\s+[a-z-]{1,24}(?:=[0-9]{1,7})?){0,20})\s*\]/;

/** Reads `[simulate name=number ...]` from a message. A name without a value means 1; unknown names change nothing. */
export function readDirectives(text: string, defaults: Behaviour): Behaviour {
  const settings = DIRECTIVE.exec(text)?.[1];
  return settings === undefined ? defaults : withSettings(defaults, Object.fromEntries(settings.trim().split(/\s+/).map(splitSetting)));
}

/** Applies settings by their kebab-case or camelCase names, as the construct's props and the directives write them. */
export function withSettings(defaults: Behaviour, settings: Readonly<Record<string, string>>): Behaviour {
  const known: Record<string, number> = { ...defaults };
  for (const [name, value] of Object.entries(settings)) {
    const field = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const number = Number(value);
    if (Object.hasOwn(known, field) && Number.isFinite(number)) known[field] = Math.min(number, CEILING);
  }
  return known as unknown as Behaviour;
}

function splitSetting(setting: string): [string, string] {
  const [name = '', value = '1'] = setting.split('=');
  return [name, value];
}
