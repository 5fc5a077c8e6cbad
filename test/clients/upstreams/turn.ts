/** A call of a tool that the scripted model makes. */
export interface ScriptedToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** OpenAI Responses: a call of a free-text tool, in a namespace. */
  readonly freeText?: { readonly namespace: string; readonly name: string; readonly text: string };
}

/** What the scripted model says in one turn, whatever the wire format. */
export interface Turn {
  readonly thinking?: string;
  readonly text?: string;
  readonly calls?: readonly ScriptedToolCall[];
}

/** A call with the id that its vendor gave it. */
export interface NumberedCall extends ScriptedToolCall {
  readonly id: string;
}

/** A turn as a vendor says it. */
export interface SpokenTurn extends Turn {
  /** No two turns have the same. */
  readonly number: number;
  /** The model proves its thinking. */
  readonly signed: boolean;
  readonly calls?: readonly NumberedCall[];
}

/** Instead of a turn: an error answer, or a stream that stops in the middle. */
export type Script =
  | Turn
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** Half of the stream's frames, then a closed connection (`cut`) or silence (`hang`). */
  | { readonly half: Turn; readonly after: 'cut' | 'hang' };

/** What a caller asked for, read leniently from one wire format. */
export interface Asked {
  readonly model: string;
  readonly stream: boolean;
  /** Names of the tools on offer. */
  readonly tools: readonly string[];
  /** What tools answered since the model last spoke, as text. */
  readonly results: readonly string[];
  /** Whether the model thinks aloud: it was told to, or does so unless told not to. */
  readonly thinks: boolean;
}

/** One wire format: how its requests are read and its answers written, after the vendor's pages. */
export interface Wire {
  readonly name: string;
  /** The paths that it serves. */
  readonly path: RegExp;
  readonly contentType: string;
  /** Whether a model proves its thinking; absent: all do, as far as the wire format has a place for it. */
  signs?(model: string): boolean;
  /** An id of a call as the vendor makes them. */
  callId(number: number): string;
  read(body: Body, path: string): Asked;
  whole(turn: SpokenTurn): unknown;
  frames(turn: SpokenTurn): Buffer[];
}

/** A parsed body that nobody has checked. */
// biome-ignore lint/suspicious/noExplicitAny: a vendor's body, read leniently
export type Body = any;

/** Every scripted answer costs the same. */
export const USAGE = { input: 21, output: 9 } as const;

/** Text in pieces, so that streams have several deltas. */
export function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,7}/g) ?? [];
}

export function sse(data: unknown, event?: string): Buffer {
  return Buffer.from(
    `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
  );
}

/** The text of content that is a string or a list of parts. */
export function textIn(content: Body): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return content === undefined || content === null ? '' : JSON.stringify(content);
  return content.map((part) => part.text ?? JSON.stringify(part)).join('');
}
