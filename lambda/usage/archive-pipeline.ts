import { filterOnEventType } from 'aws-lambda-stream/filters/event';
import type { Rule, Step, UnitOfWork } from 'aws-lambda-stream/types';
import { faulty } from 'aws-lambda-stream/utils/faults';
import _ from 'highland';
import { type EndUserDigests, requestLine, type TrailWriter } from '../archive';
import type { Item } from '../aws/dynamodb';
import { readRecord } from '../aws/dynamodb';
import { isGivenUp, type UsageRecord } from '../money/record';
import type { PipelineRecord } from './records';
import { UnusableRecord } from './rollup-pipeline';

export interface ArchivePipeline {
  /** The audit trail; undefined where nothing is archived. */
  readonly trail: TrailWriter | undefined;
  readonly endUserDigests: EndUserDigests;
}

/** Requests in, one segment of the audit trail a batch: how each stands now. */
export function archive({ trail, endUserDigests }: ArchivePipeline): (rule: Rule) => Step {
  return (rule) => (stream) =>
    stream
      .filter((uow) => trail !== undefined && filterOnEventType(rule, uow))
      .map(faulty((uow) => recordsOf(uow as unknown as UnitOfWork<PipelineRecord>)))
      .collect()
      .flatMap((records) => _(append(records.flat())));

  async function append(records: readonly WrittenRecord[]): Promise<void> {
    const lines = records.map(async ({ record, line }) => {
      return record.endUser === undefined ? line : requestLine(record, await endUserDigests(record.endUser));
    });
    await trail?.append([...new Set(await Promise.all(lines))]);
  }
}

interface WrittenRecord {
  readonly record: UsageRecord;
  /** Without whom its caller asked for. */
  readonly line: string;
}

function recordsOf({ record }: UnitOfWork<PipelineRecord>): readonly WrittenRecord[] {
  try {
    const kept = readRecord(record.images.newItem as Item);
    return isGivenUp(kept) ? [] : [{ record: kept, line: requestLine(kept) }];
  } catch {
    throw new UnusableRecord('the record of a request cannot be written into the audit trail');
  }
}
