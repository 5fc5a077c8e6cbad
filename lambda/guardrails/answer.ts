import type { GatewayError } from '../platform/error';
import type { FinishReason, StreamEvent } from '../wire/model';
import { withoutFinds } from './beside';
import { type JsonPlace, placeAfter } from './json-text';
import type { Noted } from './noted';
import type { AppliedPolicies, AppliedRule, AppliedWay } from './policy';
import type { CheckedPiece, Finding, HeldText, LocalScanner, TextForm } from './scanner';

type Onward = (event: StreamEvent) => void;
type BlockEvent = Extract<StreamEvent, { readonly block: number }>;
type Citation = Extract<StreamEvent, { readonly type: 'citation' }>;
type Delta = Extract<StreamEvent, { readonly type: 'text-delta' | 'reasoning-delta' | 'tool-call-delta' | 'refusal-delta' }>;

/** The block that is open in one choice. */
interface OpenBlock {
  readonly number: number;
  readonly held: HeldText;
  readonly form: TextForm;
  readonly delta: Delta['type'];
  /** Where in its JSON what comes next is. */
  place: JsonPlace;
  /** Something of it was masked. */
  changed: boolean;
  /** Units of its text that came, and that went on. */
  came: number;
  left: number;
  /** Units of what an earlier block ended with that are still to be read again. */
  again: number;
  /** What of the text went on last, behind what was found in it. */
  last: string;
  /** What is said of texts that are still held, with the units before it. */
  readonly waiting: { readonly after: number; readonly event: Citation }[];
}

const DELTAS = {
  'text-start': 'text-delta',
  'reasoning-start': 'reasoning-delta',
  'refusal-start': 'refusal-delta',
  'tool-call-start': 'tool-call-delta',
} as const;

/** Of a block, what a finding may begin in that goes on in the next. */
const LONGEST_END = 256;

/** What was released of a block's own text, without what is read again. */
function behind(block: OpenBlock, { text, findings }: CheckedPiece): CheckedPiece {
  const units = Math.min(block.again, text.length);
  if (units === 0) return { text, findings };
  block.again -= units;
  const left = findings.filter(({ end }) => end > units);
  return {
    text: text.slice(units),
    findings: left.map((one) => ({ ...one, start: Math.max(0, one.start - units), end: one.end - units })),
  };
}

/** What is known of the call that is answered, and told of its answer. */
export interface AnsweredGuard {
  readonly applied: AppliedPolicies;
  checkedCharacters: number;
  ruleOf(finding: Finding): AppliedRule;
  note(noted: Noted): void;
  found(findings: readonly Finding[], direction: 'output'): void;
  masked(text: string, findings: readonly Finding[], direction: 'output', form: TextForm, place?: JsonPlace): string;
  hidden(text: string): string;
  told(error: GatewayError): GatewayError;
}

/** Where pictures alone are looked for. */
const FINDS_NOTHING: LocalScanner = {
  scan: () => [],
  open: () => ({ write: (text) => ({ text, findings: [] }), end: () => ({ text: '', findings: [] }) }),
};

/**
 * Looks through one answer, streamed or not, and lets go on what was looked through: of each block as much as no finding can reach into any
 * more. Where a rule blocks, what stands before its finding is the last that goes on.
 */
export class GuardedAnswer {
  readonly #guard: AnsweredGuard;
  readonly #scanner: LocalScanner;
  readonly #interferes: boolean;
  /** By choice. */
  readonly #open = new Map<number, OpenBlock>();
  /** What the blocks before ended with, by choice and kind: callers read texts without what stands between them. */
  readonly #ends = new Map<string, string>();
  #over = false;

  public constructor(guard: AnsweredGuard, { scanner, interferes }: AppliedWay) {
    this.#guard = guard;
    this.#scanner = scanner ?? FINDS_NOTHING;
    this.#interferes = interferes || guard.applied.refusesMedia !== undefined;
  }

  public take(event: StreamEvent, onward: Onward): void {
    if (this.#over) return;
    // Who only flags looks on.
    const on: Onward = this.#interferes ? (each) => this.#over || onward(each) : () => undefined;
    this.#step(event, on);
    if (!this.#interferes) onward(event);
  }

  #step(event: StreamEvent, on: Onward): void {
    switch (event.type) {
      case 'start':
        // A copy, so that nothing of a whole answer goes on as the bytes that it came in: they may hold what nobody has read.
        return on({ ...this.#beside(event) });
      case 'text-start':
      case 'reasoning-start':
      case 'refusal-start':
        this.#begin(event, DELTAS[event.type], 'text');
        return on(this.#beside(event));
      case 'tool-call-start': {
        const name = this.#whole(event.name, event.choice, on);
        if (name === undefined) return;
        this.#begin(event, 'tool-call-delta', event.custom === true ? 'text' : 'json');
        return on({ ...this.#beside(event), name });
      }
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'tool-call-delta': {
        const block = this.#open.get(event.choice);
        if (block === undefined) return on(event);
        block.came += event.text.length;
        this.#guard.checkedCharacters += event.text.length;
        return this.#release(block, block.held.write(event.text), event.choice, on);
      }
      case 'text-end':
      case 'reasoning-end':
      case 'refusal-end':
      case 'tool-call-end':
        return this.#end(event, on);
      case 'citation':
        return this.#cite(event, on);
      case 'image':
        return this.#image(event, on);
      case 'finish':
        return this.#finish(event, on);
      case 'error':
        this.#letGo(on);
        return on({ ...event, error: this.#interferes ? this.#guard.told(event.error) : event.error });
      default:
        on(this.#beside(event));
    }
  }

  #begin({ choice, block: number }: BlockEvent, delta: Delta['type'], form: TextForm): void {
    const held = this.#scanner.open(form);
    const before = this.#interferes && form === 'text' ? (this.#ends.get(`${choice} ${delta}`) ?? '') : '';
    const block: OpenBlock = {
      number,
      held,
      form,
      delta,
      place: 'between',
      changed: false,
      came: 0,
      left: 0,
      again: before.length,
      last: before,
      waiting: [],
    };
    this.#open.set(choice, block);
    if (before !== '') behind(block, held.write(before));
  }

  #end(event: BlockEvent, on: Onward): void {
    const block = this.#open.get(event.choice);
    if (block === undefined) return on(this.#beside(event));
    this.#open.delete(event.choice);
    this.#release(block, block.held.end(), event.choice, on);
    if (block.delta !== 'tool-call-delta') this.#ends.set(`${event.choice} ${block.delta}`, block.last);
    // A signature is of the text as it was.
    if (event.type === 'reasoning-end' && block.changed) return on({ type: event.type, choice: event.choice, block: event.block });
    on(this.#beside(event));
  }

  /** Hands on what may go on of a text. */
  #release(block: OpenBlock, released: CheckedPiece, choice: number, on: Onward): void {
    const piece = behind(block, released);
    const { findings } = piece;
    block.last = (block.last + piece.text).slice(-LONGEST_END);
    const found = findings.at(-1);
    if (found !== undefined) block.last = piece.text.slice(found.end).slice(-LONGEST_END);
    const blocking = this.#note(findings);
    const text = blocking === undefined ? piece.text : piece.text.slice(0, blocking.start);
    const masked = this.#guard.masked(
      text,
      blocking === undefined ? findings : findings.filter(({ start }) => start < blocking.start),
      'output',
      block.form,
      block.place,
    );
    if (block.form === 'json') block.place = placeAfter(piece.text, block.place);
    block.changed ||= masked !== text;
    block.left += piece.text.length;
    if (masked !== '') on({ type: block.delta, choice, block: block.number, text: masked });
    if (blocking !== undefined) return this.#cut(blocking, choice, on);
    while (block.waiting[0] !== undefined && block.waiting[0].after <= block.left)
      this.#tell(block.waiting.shift() as (typeof block.waiting)[0], block, on);
  }

  /** Counts findings. Returns the first of which nothing may follow. */
  #note(findings: readonly Finding[]): Finding | undefined {
    if (findings.length === 0) return undefined;
    const at = findings.findIndex((finding) => this.#guard.ruleOf(finding).rule.action === 'block');
    this.#guard.found(at < 0 ? findings : findings.slice(0, at + 1), 'output');
    return at < 0 ? undefined : findings[at];
  }

  /** A text that comes at once; undefined where the answer ends at it. */
  #whole(text: string, choice: number, on: Onward, form: TextForm = 'text'): string | undefined {
    const findings = this.#scanner.scan(text, form);
    this.#guard.checkedCharacters += text.length;
    const blocking = this.#note(findings);
    if (blocking === undefined) return this.#guard.masked(text, findings, 'output', form);
    this.#cut(blocking, choice, on);
    return undefined;
  }

  /** Sources are told behind the text that they belong to. */
  #cite(event: Citation, on: Onward): void {
    const block = this.#open.get(event.choice);
    if (block === undefined) return on(event);
    const one = { after: block.came, event };
    if (block.left < block.came) block.waiting.push(one);
    else this.#tell(one, block, on);
  }

  #tell({ event }: OpenBlock['waiting'][0], block: OpenBlock, on: Onward): void {
    const told = JSON.stringify(event.citation);
    const checked = this.#whole(told, event.choice, on, 'json');
    if (checked === undefined) return;
    const citation = checked === told ? event.citation : (JSON.parse(checked) as Citation['citation']);
    if (!block.changed) return on(checked === told ? event : { ...event, citation });
    // Places in a text that was changed are those of another.
    const { start: _start, end: _end, ...rest } = citation;
    on({ ...event, citation: rest });
  }

  #image(event: Extract<StreamEvent, { readonly type: 'image' }>, on: Onward): void {
    const policy = this.#guard.applied.refusesMedia;
    if (policy === undefined) return on(event);
    const { id, version } = policy;
    this.#guard.note({ policy: id, version, rule: 'media', direction: 'output', verdict: 'block', types: ['media'], findings: 1 });
    this.#stop(id, event.choice, on);
  }

  #finish(told: Extract<StreamEvent, { readonly type: 'finish' }>, on: Onward): void {
    const event = this.#beside(told);
    const { explanation } = event.reason;
    if (explanation === undefined) return on(event);
    const checked = this.#whole(explanation, event.choice, on);
    if (checked !== undefined) on(checked === explanation ? event : { ...event, reason: { ...event.reason, explanation: checked } });
  }

  /** An event without what is found in what it holds beside words of the model. */
  #beside<E extends StreamEvent>(event: E): E {
    return this.#interferes ? withoutFinds(event, (text) => this.#guard.hidden(text)) : event;
  }

  #cut(finding: Finding, choice: number, on: Onward): void {
    this.#stop(this.#guard.ruleOf(finding).policy.id, choice, on);
  }

  /** The answer ends as one that a model would not give. */
  #stop(policy: string, choice: number, on: Onward): void {
    const reason: FinishReason = { unified: 'content-filter', explanation: `The guardrail policy '${policy}' ended this answer.` };
    on({ type: 'finish', choice, reason });
    on({ type: 'end' });
    this.#over = this.#interferes;
  }

  /** An answer that broke off: what came of it is looked through like the rest. */
  #letGo(on: Onward): void {
    for (const [choice, block] of this.#open) this.#release(block, block.held.end(), choice, on);
    this.#open.clear();
  }
}
