import { createHash } from 'node:crypto';
import db from 'dynalite/db';
import { sameItem } from './equality';
import type { Change } from './store';
import type { DynaliteTable, Item, StreamRecord, StreamViewType, UserIdentity } from './types';

/** Sequence numbers start from the clock, so that they also grow from one run to the next. */
const NUMBERS_PER_MILLISECOND = 10n ** 11n;

/** Makes the records of the tables' streams. */
export class StreamRecorder {
  readonly #region: string;
  readonly #now: () => number;
  #sequence: bigint;

  /** @param last the highest number of earlier runs, should the clock have been set back */
  constructor(region: string, now: () => number, last = 0n) {
    this.#region = region;
    this.#now = now;
    const first = BigInt(Math.floor(now())) * NUMBERS_PER_MILLISECOND;
    this.#sequence = first > last ? first : last;
  }

  /** The sequence number given out last. */
  get lastNumber(): string {
    return this.#sequence.toString();
  }

  /** The record of a change; undefined when nothing changed, for which DynamoDB writes none either. */
  record(table: DynaliteTable, streamArn: string, view: StreamViewType, change: Change, by?: UserIdentity): StreamRecord | undefined {
    const { before, after } = change;
    if (sameItem(before, after)) return undefined;
    this.#sequence += 1n;
    const number = this.#sequence.toString();
    const keys = keysOf(table, (after ?? before) as Item);
    const images = {
      ...(after !== undefined && (view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES') ? { NewImage: structuredClone(after) } : {}),
      ...(before !== undefined && (view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES') ? { OldImage: structuredClone(before) } : {}),
    };
    return {
      eventID: createHash('md5').update(`${streamArn}/${number}`).digest('hex'),
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      eventSourceARN: streamArn,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.#now() / 1_000),
        Keys: keys,
        ...images,
        SequenceNumber: number,
        SizeBytes: [keys, images.NewImage, images.OldImage].reduce((sum, image) => sum + (image === undefined ? 0 : db.itemSize(image)), 0),
        StreamViewType: view,
      },
      ...(by === undefined ? {} : { userIdentity: by }),
    };
  }
}

export function keysOf(table: DynaliteTable, item: Item): Item {
  return structuredClone(Object.fromEntries(table.KeySchema.map(({ AttributeName: name }) => [name, item[name]]))) as Item;
}
