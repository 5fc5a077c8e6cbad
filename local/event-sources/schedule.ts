import { randomUUID } from 'node:crypto';
import type { FunctionPool } from '../lambda/function-pool';
import type { LocalAccount } from '../template/account';
import { list, object, text } from '../template/json';
import type { StackModel } from '../template/stack-model';

/** A rule that calls functions. */
export interface ScheduleDefinition {
  readonly logicalId: string;
  readonly ruleArn: string;
  /** Absent: the rule has no `rate(...)`. */
  readonly everyMs?: number;
  readonly targets: readonly { readonly functionArn: string; readonly input?: string }[];
}

const UNITS_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Reads the enabled `AWS::Events::Rule`s. */
export function readSchedules(model: StackModel): ScheduleDefinition[] {
  return model
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => text(properties.State) !== 'DISABLED')
    .map(({ logicalId, properties, physical }) => {
      const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text(properties.ScheduleExpression) ?? '') ?? [];
      const targets = list(properties.Targets)
        .map(object)
        .flatMap((target) => {
          const functionArn = text(target.Arn);
          const input = text(target.Input);
          return functionArn === undefined ? [] : [{ functionArn, ...(input === undefined ? {} : { input }) }];
        });
      return {
        logicalId,
        ruleArn: physical?.attributes.Arn ?? logicalId,
        ...(count === undefined ? {} : { everyMs: Number(count) * (UNITS_MS[unit] ?? 0) }),
        targets,
      };
    });
}

/** The event of a scheduled rule. */
export function scheduledEvent(ruleArn: string, account: LocalAccount, epochMs: number): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: account.accountId,
    time: `${new Date(epochMs).toISOString().slice(0, 19)}Z`,
    region: account.region,
    resources: [ruleArn],
    detail: {},
  };
}

/** Calls a rule's targets at its rate. @returns how to stop */
export function startSchedule(
  definition: ScheduleDefinition,
  functions: ReadonlyMap<string, FunctionPool>,
  account: LocalAccount,
): () => void {
  const timer = setInterval(() => {
    for (const { functionArn, input } of definition.targets) {
      const event = input ?? JSON.stringify(scheduledEvent(definition.ruleArn, account, Date.now()));
      // A failure is reported by the pool; the next turn comes anyway.
      functions
        .get(functionArn)
        ?.invokeBuffered(Buffer.from(event), '')
        .catch(() => undefined);
    }
  }, definition.everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
