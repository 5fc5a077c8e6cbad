import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { Opaque } from '../../model/request';
import type { StreamEvent } from '../../model/response';
import { nonEmptyText, objectOf, textOf } from '../../protocols/lenient';
import { madeToolId } from '../../protocols/tool-ids';
import { readReasoning } from './reasoning';

export interface Named {
  readonly name: string;
}

interface Call {
  readonly id: string;
  name: string;
  readonly custom: boolean;
  /** All arguments so far. */
  text: string;
  /** All that came is an empty object: some servers begin every call with one, and its arguments follow. */
  isEmptyObject: boolean;
  signature: Opaque | undefined;
  /** Number of its block, once it is open. */
  block: number | undefined;
  /** Its block is closed: what comes for it still has no place. */
  ended: boolean;
}

const EMPTY_OBJECT = '{}';

/**
 * Tool calls of one choice. Servers send them one after the other, or by turns under their `index`; blocks may not overlap, so
 * a call waits while an earlier one is not complete JSON. Names may come in pieces, or again and again, so that a call also waits until
 * its name is that of a tool or its arguments begin.
 */
export class StreamedToolCalls {
  /** A call was made. */
  public any = false;

  readonly #choice: number;
  readonly #answerId: string | undefined;
  readonly #tools: readonly Named[];
  readonly #nextBlock: () => number;
  /** Calls not closed yet, in their order; only the first is open. */
  #queue: Call[] = [];
  #byIndex = new Map<number, Call>();
  #latest: Call | undefined;
  #made = 0;

  public constructor(choice: number, answerId: string | undefined, tools: readonly Named[], nextBlock: () => number) {
    this.#choice = choice;
    this.#answerId = answerId;
    this.#tools = tools;
    this.#nextBlock = nextBlock;
  }

  /** Takes one entry of `tool_calls`. */
  public read(entry: JsonObject, index: number | undefined, events: StreamEvent[]): void {
    const custom = objectOf(entry['custom']);
    const called = custom ?? objectOf(entry['function']) ?? {};
    const call = this.#find(entry, called, index) ?? this.#begin(entry, called, index, custom !== undefined);
    const signature = readReasoning({ tool_calls: [entry] }).signatures.get(0);
    if (signature !== undefined) call.signature = signature;
    const given = custom === undefined ? called['arguments'] : called['input'];
    const text = typeof given === 'object' && given !== null ? JSON.stringify(given) : (textOf(given) ?? '');
    const said = sayable(call, text);
    if (call.block !== undefined && !call.ended && said !== '')
      events.push({ type: 'tool-call-delta', choice: this.#choice, block: call.block, text: said });
    this.#advance(events);
  }

  /** Closes all calls: other content follows, or the choice is finished. */
  public close(events: StreamEvent[]): void {
    for (const call of this.#queue) {
      if (call.block === undefined) this.#open(call, events);
      this.#end(call, events);
    }
    this.#queue = [];
    this.#byIndex.clear();
    this.#latest = undefined;
  }

  /** The call that an entry goes on with. A new id under a used index is a new call: some servers number every call 0. */
  #find(entry: JsonObject, called: JsonObject, index: number | undefined): Call | undefined {
    const call = index === undefined ? this.#latest : this.#byIndex.get(index);
    if (call === undefined) return undefined;
    const id = nonEmptyText(entry['id']);
    const name = nonEmptyText(called['name']);
    if (id !== undefined && id !== call.id && name !== undefined) return undefined;
    if (index === undefined && id === undefined && name !== undefined && call.name !== '' && !this.#goesOn(call, name)) return undefined;
    if (call.block === undefined && name !== undefined) call.name = this.#joined(call.name, name);
    return call;
  }

  /** Whether a name that comes without any number is about the call before. */
  #goesOn(call: Call, name: string): boolean {
    if (name === call.name) return call.text !== '' && !isComplete(call);
    return call.block === undefined && this.#begins(this.#joined(call.name, name));
  }

  #joined(name: string, piece: string): string {
    const both = name + piece;
    if (name === piece) return this.#isTool(both) && !this.#isTool(name) ? both : name;
    return piece.startsWith(name) ? piece : both;
  }

  #isTool(name: string): boolean {
    return this.#tools.some((tool) => tool.name === name);
  }

  #begins(name: string): boolean {
    return this.#tools.some((tool) => tool.name.startsWith(name));
  }

  /** Nothing more is to come of the name. */
  #isNamed({ name, text }: Call): boolean {
    if (name === '') return false;
    const longer = this.#tools.some((tool) => tool.name.length > name.length && tool.name.startsWith(name));
    return this.#isTool(name) ? !longer || text !== '' : !longer && text !== '';
  }

  #begin(entry: JsonObject, called: JsonObject, index: number | undefined, custom: boolean): Call {
    const id = nonEmptyText(entry['id']) ?? madeToolId(this.#answerId, this.#choice, this.#made);
    const call: Call = {
      id,
      name: textOf(called['name']) ?? '',
      custom,
      text: '',
      isEmptyObject: false,
      signature: undefined,
      block: undefined,
      ended: false,
    };
    this.any = true;
    this.#made += 1;
    this.#queue.push(call);
    this.#latest = call;
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }

  /** Opens the first call of the queue, after closing those that are complete and have another waiting. */
  #advance(events: StreamEvent[]): void {
    for (;;) {
      const [first, second] = this.#queue;
      if (first === undefined) return;
      if (first.block === undefined && !this.#isNamed(first)) return;
      if (first.block === undefined) this.#open(first, events);
      if (second === undefined || !isComplete(first)) return;
      this.#end(first, events);
      this.#queue.shift();
    }
  }

  #open(call: Call, events: StreamEvent[]): void {
    call.block = this.#nextBlock();
    const { block } = call;
    events.push({
      type: 'tool-call-start',
      choice: this.#choice,
      block,
      id: call.id,
      name: call.name,
      ...(call.custom ? { custom: true } : {}),
      ...(call.signature === undefined ? {} : { signature: call.signature }),
    });
    if (call.text !== '' && !call.isEmptyObject) events.push({ type: 'tool-call-delta', choice: this.#choice, block, text: call.text });
  }

  /** A call without arguments is one with an empty object. */
  #end(call: Call, events: StreamEvent[]): void {
    const block = call.block ?? 0;
    call.ended = true;
    if ((call.text === '' || call.isEmptyObject) && !call.custom)
      events.push({ type: 'tool-call-delta', choice: this.#choice, block, text: '{}' });
    events.push({
      type: 'tool-call-end',
      choice: this.#choice,
      block,
      ...(call.signature === undefined ? {} : { signature: call.signature }),
    });
  }
}

/** Takes a piece of a call's arguments; what may be told of them now is given back. */
function sayable(call: Call, piece: string): string {
  if (piece === '') return '';
  const held = call.isEmptyObject;
  call.isEmptyObject = call.text === '' && piece === EMPTY_OBJECT && !call.custom;
  call.text = held && piece.startsWith('{') ? piece : call.text + piece;
  if (call.isEmptyObject) return '';
  return held ? call.text : piece;
}

function isComplete(call: Call): boolean {
  return call.custom || (call.text !== '' && parseJson(call.text) !== undefined);
}
