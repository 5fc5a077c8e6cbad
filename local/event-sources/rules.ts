import { randomUUID } from 'node:crypto';
import type { PublishedEvent } from '../aws/events';
import { evaluate } from '../aws/iam';
import type { FunctionPool } from '../lambda/function-pool';
import type { Notes } from '../notes';
import type { StandIns } from '../stand-ins';
import type { LocalAccount } from '../template/account';
import { LocalRunError } from '../template/failure';
import { type InvokePermission, mayInvoke, readQueuePolicies } from '../template/policies';
import type { StackModel } from '../template/stack-model';
import { type RuleDefinition, type RuleTarget, readRule } from './rule-definition';

export interface RulesOptions {
  readonly model: StackModel;
  readonly standIns: Pick<StandIns, 'events' | 'queues'>;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, Pick<FunctionPool, 'definition' | 'invokeBuffered'>>;
  readonly permissions: readonly InvokePermission[];
  readonly account: LocalAccount;
  readonly notes: Pick<Notes, 'once'>;
}

const EVENTS_SERVICE = 'events.amazonaws.com';

/**
 * Carries out the template's EventBridge rules: those with `rate(...)`, and those whose event pattern the local run can read.
 * Their targets are the gateway's functions and the stack's queues.
 *
 * @returns how to stop
 */
export function startRules(options: RulesOptions): () => void {
  const stops = options.model.ofType('AWS::Events::Rule').flatMap((resource) => {
    try {
      const rule = readRule(resource);
      const targets = rule.enabled ? rule.targets.flatMap((target) => reachable(options, rule, target)) : [];
      return targets.length === 0 ? [] : [startRule(options, rule, targets)];
    } catch (error) {
      if (!(error instanceof LocalRunError)) throw error;
      options.notes.once(`a rule does nothing here: ${error.message}`);
      return [];
    }
  });
  return () => {
    for (const stop of stops) stop();
  };
}

/** Hands an event to a target. */
type Delivery = (event: object) => void;

function startRule({ standIns, account, notes }: RulesOptions, rule: RuleDefinition, targets: readonly Delivery[]): () => void {
  const pattern = rule.pattern();
  const send = (event: object): void => {
    for (const deliver of targets) deliver(event);
  };
  const stops: (() => void)[] = [];
  if (rule.everyMs !== undefined) {
    const timer = setInterval(() => send(scheduledEvent(rule.ruleArn, account, Date.now())), rule.everyMs);
    timer.unref();
    stops.push(() => clearInterval(timer));
  }
  if (pattern !== undefined) {
    stops.push(
      standIns.events.onEvent((published) => {
        const event = busEvent(published, account);
        if (published.bus === rule.bus && pattern(event)) send(event);
      }),
    );
  }
  if (rule.everyMs === undefined && pattern === undefined) {
    notes.once(`${rule.logicalId}: the local run carries out schedules with rate(...) only`);
  }
  return () => {
    for (const stop of stops) stop();
  };
}

/** How to reach a target; nothing for one that is not served here, or that the rule may not use. */
function reachable(
  { model, standIns, functions, permissions, notes }: RulesOptions,
  { logicalId, ruleArn }: RuleDefinition,
  target: RuleTarget,
): Delivery[] {
  const { arn, input } = target;
  const pool = functions.get(arn);
  if (pool !== undefined) {
    if (!mayInvoke(permissions, pool.definition, EVENTS_SERVICE, ruleArn)) {
      notes.once(`${logicalId} calls nothing: AWS::Lambda::Permission for ${EVENTS_SERVICE} is missing`);
      return [];
    }
    // A failure is reported by the pool; EventBridge goes on.
    return [(event) => void pool.invokeBuffered(Buffer.from(input ?? JSON.stringify(event)), '').catch(() => undefined)];
  }
  if (!model.ofType('AWS::SQS::Queue').some(({ physical }) => physical?.attributes.Arn === arn)) return [];
  const statements = readQueuePolicies(model, EVENTS_SERVICE);
  const context = { 'aws:SourceArn': [ruleArn], 'aws:SecureTransport': ['true'] };
  if (!evaluate(statements, 'sqs:SendMessage', arn, context).allowed) {
    notes.once(`${logicalId} sends nothing to ${arn}: its AWS::SQS::QueuePolicy does not allow ${EVENTS_SERVICE} to`);
    return [];
  }
  return [(event) => void standIns.queues.send(arn, input ?? JSON.stringify(event))];
}

/** The event of a scheduled rule. */
export function scheduledEvent(ruleArn: string, account: LocalAccount, epochMs: number): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: account.accountId,
    time: secondsOf(epochMs),
    region: account.region,
    resources: [ruleArn],
    detail: {},
  };
}

/** An event that a function put on a bus, as rules and targets see it. */
function busEvent({ id, source, detailType, detail }: PublishedEvent, account: LocalAccount): object {
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account: account.accountId,
    time: secondsOf(Date.now()),
    region: account.region,
    resources: [],
    detail,
  };
}

function secondsOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
