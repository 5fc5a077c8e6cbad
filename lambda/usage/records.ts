import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { AUDIT_PREFIX } from '../../lib/private/contract';
import type { Item } from '../aws/dynamodb';
import { ALERT_PREFIX, REBUILD_PREFIX, REFUSED_PREFIX, REQUEST_PREFIX } from '../aws/dynamodb';

/** A record as the pipelines get it: what routes it apart from what it holds, so that no content can reach a fault or a log. */
export interface PipelineRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly awsRegion: string | undefined;
  readonly dynamodb: {
    readonly Keys: Record<string, AttributeValue>;
    readonly ApproximateCreationDateTime: number;
    readonly SequenceNumber: string | undefined;
    /** The kind of record alone. */
    readonly NewImage?: { readonly discriminator: { readonly S: string } };
    readonly OldImage?: { readonly discriminator: { readonly S: string } };
  };
  readonly images: { readonly newItem: Item | undefined; readonly oldItem: Item | undefined };
}

/** Kinds of record that some pipeline reads; the rest (rollups, their marks, claims) are our own writing. */
const KINDS: readonly (readonly [prefix: string, kind: string])[] = [
  [REQUEST_PREFIX, 'request'],
  [REFUSED_PREFIX, 'refused'],
  [AUDIT_PREFIX, 'audit'],
  [ALERT_PREFIX, 'alert'],
  [REBUILD_PREFIX, 'rebuild'],
];

export interface Sifted {
  readonly records: readonly PipelineRecord[];
  /** Records that are not of the stream's own form. */
  readonly malformed: readonly DynamoDBRecord[];
}

/** Keeps what the pipelines read, in the form in which they read it. */
export function sift(records: readonly DynamoDBRecord[]): Sifted {
  const kept: PipelineRecord[] = [];
  const malformed: DynamoDBRecord[] = [];
  for (const record of records) {
    const key = record.dynamodb?.Keys?.['pk']?.S;
    const { NewImage: newImage, OldImage: oldImage } = record.dynamodb ?? {};
    if (key === undefined || record.eventName === undefined || (newImage === undefined && oldImage === undefined)) {
      malformed.push(record);
      continue;
    }
    const kind = KINDS.find(([prefix]) => key.startsWith(prefix))?.[1];
    if (kind === undefined) continue;
    const image = { discriminator: { S: kind } };
    kept.push({
      eventID: record.eventID ?? record.dynamodb?.SequenceNumber ?? key,
      eventName: record.eventName,
      awsRegion: record.awsRegion,
      dynamodb: {
        Keys: record.dynamodb?.Keys as Record<string, AttributeValue>,
        ApproximateCreationDateTime: record.dynamodb?.ApproximateCreationDateTime ?? 0,
        SequenceNumber: record.dynamodb?.SequenceNumber,
        ...(newImage === undefined ? {} : { NewImage: image }),
        ...(oldImage === undefined ? {} : { OldImage: image }),
      },
      images: { newItem: newImage as Item | undefined, oldItem: oldImage as Item | undefined },
    });
  }
  return { records: kept, malformed };
}
