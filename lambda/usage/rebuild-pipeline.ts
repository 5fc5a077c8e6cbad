import { filterOnEventType } from 'aws-lambda-stream/filters/event';
import type { Rule, Step, UnitOfWork } from 'aws-lambda-stream/types';
import { faulty } from 'aws-lambda-stream/utils/faults';
import _ from 'highland';
import { type RebuildRequest, readRebuild } from '../aws/dynamodb';
import type { PipelineRecord } from './records';
import { UnusableRecord } from './rollup-pipeline';

export interface RebuildPipeline {
  /** Makes the rollups of UTC days anew, or goes on with it. */
  rebuildDays(requests: readonly RebuildRequest[]): Promise<void>;
}

/** Asked-for rebuilds in, rollups of whole days made anew. */
export function rebuild({ rebuildDays }: RebuildPipeline): (rule: Rule) => Step {
  return (rule) => (stream) =>
    stream
      .filter((uow) => filterOnEventType(rule, uow))
      .map(faulty((uow) => requestOf(uow as unknown as UnitOfWork<PipelineRecord>)))
      .collect()
      .flatMap((requests) => _(rebuildDays(oncePerDay(requests))));
}

function requestOf({ record }: UnitOfWork<PipelineRecord>): RebuildRequest {
  const request = readRebuild(record.images.newItem ?? {});
  if (request === undefined) throw new UnusableRecord('a rebuild names no day');
  return request;
}

/** Several that ask for the same at once are answered by one. */
function oncePerDay(requests: readonly RebuildRequest[]): readonly RebuildRequest[] {
  return [...new Map(requests.map((request) => [`${request.day} ${JSON.stringify(request.progress)}`, request])).values()];
}
