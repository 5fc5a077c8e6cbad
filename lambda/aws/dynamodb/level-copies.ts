import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { GATEWAY_ID, type LevelKind } from '../../money/ledger';
import type { RowMarks } from '../../money/ports';
import { levelKey } from './level-item';

/**
 * What nearly every call asks of the gateway, a team, a project or a user, its generation, stands in so many items, each with all of it: one item gives
 * 3,000 consistent reads a second. They are written in the transaction that changes the row, so none of them is ever behind it.
 */
export const COPIES = 4;

/** Rows that have copies: those that many keys share, but for tags, whose changes stand in the gateway's. */
export function hasCopies(kind: LevelKind): boolean {
  return kind !== 'key' && kind !== 'tag';
}

export function copyKey(kind: LevelKind, id: string, copy: number): string {
  return `copy#${levelKey(kind, id)}#${copy}`;
}

const GATEWAY = ['gateway', GATEWAY_ID] as const;
const MARK_ATTRIBUTES: Readonly<Record<keyof RowMarks, string>> = { overrides: 'overrides_mark', tags: 'tags_mark' };

/** Sets the generation in all copies of a row; undefined: there is no such row any more. */
export function writeCopies(table: string, kind: LevelKind, id: string, generation: number | undefined): TransactWriteItem[] {
  return forCopies(kind, id, (Key) => ({
    Update: {
      TableName: table,
      Key,
      UpdateExpression: generation === undefined ? 'REMOVE #generation' : 'SET #generation = :generation',
      ExpressionAttributeNames: { '#generation': 'generation' },
      ...(generation === undefined ? {} : { ExpressionAttributeValues: { ':generation': { N: String(generation) } } }),
    },
  }));
}

/** Says in all copies of the gateway's row that something changed of what the mark stands for. */
export function raiseMark(table: string, mark: keyof RowMarks): TransactWriteItem[] {
  return forCopies(...GATEWAY, (Key) => ({
    Update: {
      TableName: table,
      Key,
      UpdateExpression: 'ADD #mark :one',
      ExpressionAttributeNames: { '#mark': MARK_ATTRIBUTES[mark] },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  }));
}

/** What an item has to say of a row and of the marks. */
export const STATE_PROJECTION = {
  ProjectionExpression: 'pk, #generation, #overrides, #tags',
  ExpressionAttributeNames: { '#generation': 'generation', '#overrides': MARK_ATTRIBUTES.overrides, '#tags': MARK_ATTRIBUTES.tags },
} as const;

export function readMarks(item: { readonly [name: string]: { readonly N?: string | undefined } } | undefined): RowMarks {
  return {
    overrides: Number(item?.[MARK_ATTRIBUTES.overrides]?.N ?? 0),
    tags: Number(item?.[MARK_ATTRIBUTES.tags]?.N ?? 0),
  };
}

function forCopies(kind: LevelKind, id: string, write: (key: { pk: { S: string } }) => TransactWriteItem): TransactWriteItem[] {
  return Array.from({ length: COPIES }, (_unused, copy) => write({ pk: { S: copyKey(kind, id, copy) } }));
}
