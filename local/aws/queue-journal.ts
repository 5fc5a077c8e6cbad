import { join } from 'node:path';
import { LineFile } from '../dynamodb/line-file';
import type { MessageAttribute } from './queue';

const FILE = 'queues.jsonl';

/** A message that is kept. */
export interface KeptMessage {
  readonly queue: string;
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

type Line = { readonly sent: KeptMessage } | { readonly deleted: string };

/** The messages of all queues, as a file. How often a message was received is not kept. */
export class QueueJournal {
  readonly #file: LineFile<Line>;
  /** Messages of earlier runs, oldest first. */
  readonly kept: readonly KeptMessage[];

  private constructor(file: LineFile<Line>, kept: readonly KeptMessage[]) {
    this.#file = file;
    this.kept = kept;
  }

  /** @throws Error when the file is damaged */
  static open(directory: string): QueueJournal {
    let first: Map<string, KeptMessage> | undefined;
    const file = new LineFile<Line>({
      path: join(directory, FILE),
      replay: () => {
        const messages = new Map<string, KeptMessage>();
        first ??= messages;
        return {
          take: (line) => void ('sent' in line ? messages.set(line.sent.id, line.sent) : messages.delete(line.deleted)),
          needed: () => [...messages.values()].map((sent) => ({ sent })),
        };
      },
    });
    return new QueueJournal(file, [...(first?.values() ?? [])]);
  }

  sent(message: KeptMessage): void {
    this.#file.append({ sent: message });
  }

  deleted(id: string): void {
    this.#file.append({ deleted: id });
  }

  close(): void {
    this.#file.close();
  }
}
