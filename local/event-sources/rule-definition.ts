import { type EventPattern, readEventPattern } from '../template/event-pattern';
import { isObject, list, object, text } from '../template/json';
import type { StackResource } from '../template/stack-model';

/** What a rule calls or writes to. */
export interface RuleTarget {
  readonly arn: string;
  /** Sent in place of the event. */
  readonly input?: string;
}

/** One `AWS::Events::Rule`: it fires at a rate, on events, or on both. */
export interface RuleDefinition {
  readonly logicalId: string;
  readonly enabled: boolean;
  readonly ruleArn: string;
  /** Name of the bus whose events it looks at. */
  readonly bus: string;
  /** Absent: the rule has no `rate(...)`. */
  readonly everyMs?: number;
  readonly targets: readonly RuleTarget[];
  /** Which events it looks at; undefined: none. @throws LocalRunError when it compares in a way that the local run does not have */
  pattern(): EventPattern | undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads a rule.
 *
 * @throws LocalRunError when it names something that the local run does not have
 */
export function readRule({ logicalId, properties, physical }: StackResource): RuleDefinition {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text(properties.ScheduleExpression) ?? '') ?? [];
  const bus = text(properties.EventBusName) ?? 'default';
  return {
    logicalId,
    enabled: text(properties.State) !== 'DISABLED',
    ruleArn: physical?.attributes.Arn ?? logicalId,
    bus: bus.slice(bus.lastIndexOf('/') + 1),
    ...(count === undefined ? {} : { everyMs: Number(count) * (UNITS_MS[unit] ?? 0) }),
    targets: list(properties.Targets)
      .map(object)
      .flatMap((target) => {
        const [arn, input] = [text(target.Arn), text(target.Input)];
        return arn === undefined ? [] : [{ arn, ...(input === undefined ? {} : { input }) }];
      }),
    pattern: () => (isObject(properties.EventPattern) ? readEventPattern(properties.EventPattern, logicalId) : undefined),
  };
}
