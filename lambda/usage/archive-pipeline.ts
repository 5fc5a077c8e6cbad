import { filterOnEventType } from 'aws-lambda-stream/filters/event';
import type { Rule, Step, UnitOfWork } from 'aws-lambda-stream/types';
import { faulty } from 'aws-lambda-stream/utils/faults';
import _ from 'highland';
import { requestLine, type TrailWriter } from '../archive';
import type { Item } from '../aws/dynamodb';
import { readRecord } from '../aws/dynamodb';
import { isGivenUp } from '../money/record';
import type { PipelineRecord } from './records';
import { UnusableRecord } from './rollup-pipeline';

export interface ArchivePipeline {
  /** The audit trail; undefined where nothing is archived. */
  readonly trail: TrailWriter | undefined;
}

/** Requests in, one segment of the audit trail a batch: how each stands now. */
export function archive({ trail }: ArchivePipeline): (rule: Rule) => Step {
  return (rule) => (stream) =>
    stream
      .filter((uow) => trail !== undefined && filterOnEventType(rule, uow))
      .map(faulty((uow) => linesOf(uow as unknown as UnitOfWork<PipelineRecord>)))
      .collect()
      .flatMap((lines) => _(trail?.append([...new Set(lines.flat())]) ?? Promise.resolve()));
}

function linesOf({ record }: UnitOfWork<PipelineRecord>): string[] {
  try {
    const kept = readRecord(record.images.newItem as Item);
    return isGivenUp(kept) ? [] : [requestLine(kept)];
  } catch {
    throw new UnusableRecord('the record of a request cannot be written into the audit trail');
  }
}
