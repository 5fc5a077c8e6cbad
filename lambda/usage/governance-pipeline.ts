import { filterOnEventType } from 'aws-lambda-stream/filters/event';
import type { Rule, Step, UnitOfWork } from 'aws-lambda-stream/types';
import { faulty } from 'aws-lambda-stream/utils/faults';
import _ from 'highland';
import type { Item } from '../aws/dynamodb';
import { ALERT_PREFIX, readAlert, readAuditEntry } from '../aws/dynamodb';
import type { BusEvent, EventBus } from '../aws/events';
import type { PipelineRecord } from './records';
import { UnusableRecord } from './rollup-pipeline';

export interface GovernancePipeline {
  readonly bus: EventBus;
  /** Name of the gateway, in every event. */
  readonly gateway: string;
}

/** Changes and alerts in, events on the bus. A redelivery publishes again under the same `id`. */
export function governance({ bus, gateway }: GovernancePipeline): (rule: Rule) => Step {
  return (rule) => (stream) =>
    stream
      .filter((uow) => filterOnEventType(rule, uow))
      .map(faulty((uow) => toBusEvent(uow as unknown as UnitOfWork<PipelineRecord>, gateway)))
      .collect()
      .flatMap((events) => _(bus.publish(events)));
}

function toBusEvent({ record }: UnitOfWork<PipelineRecord>, gateway: string): BusEvent {
  const item = record.images.newItem as Item;
  try {
    return (record.dynamodb.Keys['pk']?.S ?? '').startsWith(ALERT_PREFIX) ? alertEvent(item, gateway) : auditEvent(item, gateway);
  } catch {
    throw new UnusableRecord('an audit entry or alert cannot be read');
  }
}

/** Who did what to which entry; what it was before and after stays in the audit log. */
function auditEvent(item: Item, gateway: string): BusEvent {
  const entry = readAuditEntry(item);
  if (entry.id === undefined || entry.at === undefined) throw new UnusableRecord('an audit entry lacks its id');
  const { id, at, actor, actorRole, resource, resourceId, teamId, action } = entry;
  return {
    type: `${resource}-${PAST[action] ?? action}`,
    at,
    detail: {
      id,
      gateway,
      at,
      actor: { key_id: actor, role: actorRole },
      resource,
      resource_id: resourceId,
      ...(teamId === undefined ? {} : { team_id: teamId }),
    },
  };
}

const PAST: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  rotate: 'rotated',
  block: 'blocked',
  unblock: 'unblocked',
  revoke: 'revoked',
  rerate: 'rerated',
};

function alertEvent(item: Item, gateway: string): BusEvent {
  const { id, type, at, detail } = readAlert(item);
  return { type, at, detail: { id, gateway, at, ...detail } };
}
