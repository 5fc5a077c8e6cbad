import { filterOnEventType } from 'aws-lambda-stream/filters/event';
import type { Rule, Step, UnitOfWork } from 'aws-lambda-stream/types';
import { faulty } from 'aws-lambda-stream/utils/faults';
import _ from 'highland';
import type { Item } from '../aws/dynamodb';
import { REFUSED_PREFIX, readRecord, readRefusals } from '../aws/dynamodb';
import { type Contribution, contributionOf, contributionOfRefusals, isNothing, merged, NOTHING, subtract } from '../money/rollup';
import type { PipelineRecord } from './records';
import type { RollupWriter } from './rollup-writer';

export interface RollupPipeline {
  readonly rollups: Pick<RollupWriter, 'apply'>;
  /** Tells of what the spend of these has come to, once it is added up. */
  raiseAlerts(contributions: readonly Contribution[]): Promise<void>;
}

/** A request whose record cannot be added up. Says nothing of what is in it. */
export class UnusableRecord extends Error {
  public constructor(reason: string) {
    super(reason);
    this.name = 'UnusableRecord';
  }
}

interface Counted {
  readonly uow: UnitOfWork<PipelineRecord>;
  readonly contribution: Contribution;
}

/** Requests in, rollups changed and alerts raised, batch by batch. */
export function rollup({ rollups, raiseAlerts }: RollupPipeline): (rule: Rule) => Step {
  return (rule) => (stream) =>
    stream
      .filter((uow) => filterOnEventType(rule, uow))
      .map(faulty(count))
      .filter((counted) => counted !== undefined)
      .collect()
      .flatMap((batch) => _(apply(batch as readonly Counted[])))
      .flatMap((refused) => _(refused))
      .map(faulty(refuse));

  async function apply(batch: readonly Counted[]): Promise<UnitOfWork[]> {
    const refused = await rollups.apply(batch.map(({ contribution }) => contribution));
    await raiseAlerts(batch.map(({ contribution }) => contribution));
    return batch.filter(({ contribution }) => refused.has(contribution.requestId)).map(({ uow }) => uow as unknown as UnitOfWork);
  }
}

function refuse(_uow: UnitOfWork): never {
  throw new UnusableRecord('the table refuses what this request adds to the rollups');
}

/** What a record's change adds; undefined when its sums are as before. */
function count(unit: UnitOfWork): Counted | undefined {
  const uow = unit as unknown as UnitOfWork<PipelineRecord>;
  const { newItem, oldItem } = uow.record.images;
  if (newItem === undefined) return undefined;
  const contribution = read(newItem);
  if (contribution === undefined) return undefined;
  const before = oldItem === undefined ? undefined : read(oldItem);
  if (before !== undefined && sameSums(before, contribution)) return undefined;
  return { uow, contribution };
}

function read(item: Item): Contribution | undefined {
  let contribution: Contribution | undefined;
  try {
    const isRefused = item['pk']?.S?.startsWith(REFUSED_PREFIX) === true;
    contribution = isRefused ? contributionOfRefusals(readRefusals(item)) : contributionOf(readRecord(item));
  } catch {
    throw new UnusableRecord('the record of a request cannot be read');
  }
  if (contribution === undefined) return undefined;
  if (typeof contribution.requestId !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(contribution.day)) {
    throw new UnusableRecord('the record of a request lacks its id or its day');
  }
  return contribution;
}

function sameSums(left: Contribution, right: Contribution): boolean {
  const taken = left.rows.map((row) => ({ ...row, sums: subtract(NOTHING, row.sums) }));
  return left.final === right.final && merged([...right.rows, ...taken]).every(({ sums }) => isNothing(sums));
}
