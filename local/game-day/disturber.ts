import type { Disturb, DisturbableCall, Disturbance } from '../aws/disturbance';
import { AwsError } from '../aws/service';
import { functionKind } from '../template/functions';
import type { DisturbanceRule, DisturbanceRules } from './disturbance-rules';
import { matches } from './glob';

/** What each service says to a caller that is too fast, and its status. */
const THROTTLES: Readonly<Record<string, readonly [string, number]>> = {
  dynamodb: ['ProvisionedThroughputExceededException', 400],
  secretsmanager: ['ThrottlingException', 400],
  sqs: ['RequestThrottled', 403],
  events: ['ThrottlingException', 400],
  sns: ['Throttled', 429],
  s3: ['SlowDown', 503],
  bedrock: ['ThrottlingException', 429],
};

interface ActiveRule {
  readonly rule: DisturbanceRule;
  readonly chance: () => number;
  /** Calls that fitted, and those of them that went wrong. */
  fitting: number;
  disturbed: number;
}

/**
 * Makes rules into what the local AWS asks before each call. Of several rules that apply the first one in the file does.
 *
 * @param nowMs monotonic ms; windows are counted from the first reading of it, which is now
 */
export function createDisturber({ seed, rules }: DisturbanceRules, nowMs: () => number): Disturb {
  const begunMs = nowMs();
  const active = rules.map((rule, index): ActiveRule => ({ rule, chance: random(seed + index), fitting: 0, disturbed: 0 }));
  return (call) => {
    const seconds = (nowMs() - begunMs) / 1_000;
    // Every rule counts the calls that fit it, whichever of them acts.
    const acting = active.filter((one) => applies(one, call, seconds))[0];
    if (acting === undefined) return undefined;
    acting.disturbed += 1;
    return disturbanceOf(acting.rule, call);
  };
}

function applies(active: ActiveRule, call: DisturbableCall, seconds: number): boolean {
  const { rule } = active;
  const { from_seconds: from = 0, for_seconds: length = Number.POSITIVE_INFINITY } = rule;
  if (seconds < from || seconds >= from + length || !fits(rule, call)) return false;
  active.fitting += 1;
  const { nth = active.fitting, every = 1, probability = 1, times = Number.POSITIVE_INFINITY } = rule;
  const lucky = probability < 1 && active.chance() >= probability;
  return active.fitting === nth && active.fitting % every === 0 && !lucky && active.disturbed < times;
}

function fits(rule: DisturbanceRule, { service, action, principal, accesses }: DisturbableCall): boolean {
  const actions = [action, ...accesses.map((access) => access.action.slice(access.action.indexOf(':') + 1))];
  return (
    matches(rule.function, [principal, functionKind(principal) ?? principal]) &&
    matches(rule.service, [service]) &&
    matches(rule.action, actions) &&
    matches(
      rule.resource,
      accesses.map(({ resource }) => resourceName(resource)),
    )
  );
}

function disturbanceOf({ effect, delay_ms: delayMs, manner }: DisturbanceRule, { service }: DisturbableCall): Disturbance {
  const shared = { ...(delayMs === undefined ? {} : { delayMs }), ...(manner === undefined ? {} : { manner }) };
  switch (effect) {
    case 'slow':
      return shared;
    case 'throttled': {
      const [code, status] = THROTTLES[service] ?? ['ThrottlingException', 400];
      return { ...shared, error: new AwsError(code, 'Rate exceeded: a rule of --disturb says so.', status) };
    }
    default:
      return { ...shared, lost: effect === 'lost-after' ? 'after' : 'before' };
  }
}

/** The name in an ARN: of a table without its indexes, of a secret without its random end, of an object with its bucket. */
export function resourceName(arn: string): string {
  const [, , service, , , ...rest] = arn.split(':');
  if (rest.length === 0) return arn;
  const resource = rest.join(':');
  switch (service) {
    case 'dynamodb':
      return resource.split('/')[1] ?? resource;
    case 'secretsmanager':
      return resource.replace(/^secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '');
    case 's3':
      return resource;
    default:
      return resource.slice(resource.indexOf('/') + 1);
  }
}

/** Mulberry32: small, seeded, the same everywhere. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
