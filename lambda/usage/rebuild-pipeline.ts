import { filterOnEventType } from 'aws-lambda-stream/filters/event';
import type { Rule, Step, UnitOfWork } from 'aws-lambda-stream/types';
import { faulty } from 'aws-lambda-stream/utils/faults';
import _ from 'highland';
import type { PipelineRecord } from './records';
import { UnusableRecord } from './rollup-pipeline';

export interface RebuildPipeline {
  /** Makes the rollups of one UTC day anew. */
  rebuildDay(day: string): Promise<void>;
}

/** Asked-for rebuilds in, rollups of whole days made anew. */
export function rebuild({ rebuildDay }: RebuildPipeline): (rule: Rule) => Step {
  return (rule) => (stream) =>
    stream
      .filter((uow) => filterOnEventType(rule, uow))
      .map(faulty((uow) => dayOfRequest(uow as unknown as UnitOfWork<PipelineRecord>)))
      .collect()
      .flatMap((days) => _(rebuildAll([...new Set(days)])));

  async function rebuildAll(days: readonly string[]): Promise<void> {
    for (const day of days) await rebuildDay(day);
  }
}

function dayOfRequest({ record }: UnitOfWork<PipelineRecord>): string {
  const day = record.images.newItem?.['day']?.S ?? '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) throw new UnusableRecord('a rebuild names no day');
  return day;
}
