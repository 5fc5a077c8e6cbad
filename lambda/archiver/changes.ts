import { type TrailWriter, unreadableLine } from '../archive';
import { fromItem, type Item } from '../aws/dynamodb';

/** The parts of the stream's records that are read. */
export interface StreamEvent {
  readonly Records: readonly { readonly dynamodb?: { readonly Keys?: Item; readonly NewImage?: Item } }[];
}

/** Adds what administrators changed to the trail, one segment a batch. Rejects so that Lambda delivers the batch again. */
export async function archiveChanges(trail: TrailWriter, { Records: records }: StreamEvent): Promise<void> {
  await trail.append(records.map(({ dynamodb = {} }) => lineOf(dynamodb.Keys ?? {}, dynamodb.NewImage)));
}

/** Whatever cannot be read is noted all the same: a change must not be missing for its form. */
function lineOf({ pk, sk }: Item, image: Item | undefined): string {
  const keys = { pk: pk?.S, sk: sk?.S };
  if (image === undefined) return unreadableLine(keys);
  try {
    const { pk: _pk, sk: _sk, ...entry } = fromItem(image);
    return JSON.stringify(entry);
  } catch {
    return unreadableLine(keys);
  }
}
