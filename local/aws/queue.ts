import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** How a message carries a named value. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  /** Default: 30 seconds. */
  readonly visibilityTimeoutMs?: number;
  /** Default: none. */
  readonly delayMs?: number;
  /** A message received this often without being deleted moves to `to`. */
  readonly redrive?: { readonly to: string; readonly maxReceiveCount: number };
}

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
  readonly receiptHandle: string;
}

export interface ReceiveOptions {
  /** Default: 1. */
  readonly most?: number;
  /** How long to wait for a first message. Default: not at all. */
  readonly waitMs?: number;
  /** Default: the queue's own. */
  readonly visibilityTimeoutMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

interface Stored {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  receiptHandle: string | undefined;
}

/** What a queue tells of its messages. */
export interface QueueEvents {
  sent(message: Pick<Message, 'id' | 'body' | 'attributes' | 'sentAt'>): void;
  deleted(id: string): void;
  /** A message was received too often: it belongs into another queue. */
  exhausted(queue: string, message: Pick<Message, 'body' | 'attributes'>): void;
}

/** A standard SQS queue in memory. */
export class Queue {
  readonly settings: QueueSettings;
  readonly #now: () => number;
  readonly #events: QueueEvents;
  readonly #messages = new Map<string, Stored>();
  #arrived = new AbortController();

  constructor(settings: QueueSettings, now: () => number, events: QueueEvents) {
    this.settings = settings;
    this.#now = now;
    this.#events = events;
  }

  /** Messages that wait or are in flight. */
  get size(): number {
    return this.#messages.size;
  }

  /** @returns the message's id */
  send(body: string, attributes: Readonly<Record<string, MessageAttribute>> = {}, delayMs = this.settings.delayMs ?? 0): string {
    const sentAt = this.#now();
    const id = randomUUID();
    this.#events.sent({ id, body, attributes, sentAt });
    this.restore({ id, body, attributes, sentAt }, sentAt + delayMs);
    return id;
  }

  /** Puts back a message of an earlier run. */
  restore({ id, body, attributes, sentAt }: Pick<Message, 'id' | 'body' | 'attributes' | 'sentAt'>, visibleAt = sentAt): void {
    this.#messages.set(id, { id, body, attributes, sentAt, visibleAt, receiveCount: 0, firstReceivedAt: 0, receiptHandle: undefined });
    this.#wake();
  }

  async receive(options: ReceiveOptions = {}): Promise<Message[]> {
    const deadline = this.#now() + (options.waitMs ?? 0);
    for (;;) {
      const messages = this.#take(options);
      const left = deadline - this.#now();
      if (messages.length > 0 || left <= 0 || options.signal?.aborted) return messages;
      await this.#change(Math.min(left, this.#nextVisible() - this.#now()), options.signal);
    }
  }

  /** Does nothing for a receipt that a later receive replaced. */
  delete(receiptHandle: string): void {
    const stored = this.#byReceipt(receiptHandle);
    if (stored !== undefined) this.#remove(stored.id);
  }

  /** @param visibilityTimeoutMs from now; 0 gives the message back at once */
  changeVisibility(receiptHandle: string, visibilityTimeoutMs: number): void {
    const stored = this.#byReceipt(receiptHandle);
    if (stored === undefined) return;
    stored.visibleAt = this.#now() + visibilityTimeoutMs;
    this.#wake();
  }

  #take({ most = 1, visibilityTimeoutMs = this.settings.visibilityTimeoutMs ?? 30_000 }: ReceiveOptions): Message[] {
    const now = this.#now();
    const taken: Message[] = [];
    for (const stored of this.#messages.values()) {
      if (taken.length >= most) break;
      if (stored.visibleAt > now) continue;
      const { redrive } = this.settings;
      if (redrive !== undefined && stored.receiveCount >= redrive.maxReceiveCount) {
        this.#events.exhausted(redrive.to, stored);
        this.#remove(stored.id);
        continue;
      }
      stored.visibleAt = now + visibilityTimeoutMs;
      stored.receiveCount += 1;
      stored.firstReceivedAt ||= now;
      stored.receiptHandle = randomUUID();
      taken.push({ ...stored, receiptHandle: stored.receiptHandle });
    }
    return taken;
  }

  #remove(id: string): void {
    this.#events.deleted(id);
    this.#messages.delete(id);
  }

  #byReceipt(receiptHandle: string): Stored | undefined {
    return [...this.#messages.values()].find((stored) => stored.receiptHandle === receiptHandle);
  }

  #nextVisible(): number {
    return Math.min(...[...this.#messages.values()].map(({ visibleAt }) => visibleAt));
  }

  /** Waits until something may have become visible. */
  async #change(mostMs: number, signal: AbortSignal | undefined): Promise<void> {
    const stop = AbortSignal.any([this.#arrived.signal, ...(signal === undefined ? [] : [signal])]);
    await delay(Math.max(1, mostMs), undefined, { signal: stop, ref: false }).catch(() => undefined);
  }

  #wake(): void {
    this.#arrived.abort();
    this.#arrived = new AbortController();
  }
}

/** MD5 of the body, in hex, as the SDK checks it. */
export function md5OfBody(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/**
 * MD5 of the attributes, in hex.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string {
  const md5 = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    md5.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType, StringValue, BinaryValue } = attributes[name] as MessageAttribute;
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    md5.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
    add(BinaryValue === undefined ? Buffer.from(StringValue ?? '') : Buffer.from(BinaryValue, 'base64'));
  }
  return md5.digest('hex');
}
